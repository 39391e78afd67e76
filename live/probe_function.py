"""Functions of a run, in Python, each with a role of its own."""

import io
import json
import zipfile

from botocore.exceptions import ClientError

from .errors import tolerated


def create(context, what, code, *statements, timeout=3, **settings):
    """The ARN of the function. `statements` are what its role allows besides writing its log."""
    names, iam = context.names, context.client("iam")
    name, group = names.of(what), names.log_of(what)
    with tolerated("EntityAlreadyExists"):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust("lambda.amazonaws.com"))
    with tolerated("ResourceAlreadyExistsException"):
        context.client("logs").create_log_group(logGroupName=group)
    logs = context.arn("logs", f"log-group:{group}:*")
    write = {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": logs}
    iam.put_role_policy(RoleName=name, PolicyName="probe", PolicyDocument=policy(write, *statements))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr("index.py", code)

    def made():
        try:
            with tolerated("ResourceConflictException"):
                context.client("lambda").create_function(
                    FunctionName=name,
                    Runtime="python3.12",
                    Handler="index.handler",
                    Role=f"arn:{context.partition}:iam::{context.account}:role/{name}",
                    Timeout=timeout,
                    Code={"ZipFile": archive.getvalue()},
                    **settings,
                )
        except ClientError as error:
            # A new role is not effective everywhere at once.
            if error.response["Error"]["Code"] != "InvalidParameterValueException":
                raise
            return False
        return True

    context.wait("the function's role", made, 60)
    context.client("lambda").get_waiter("function_active_v2").wait(FunctionName=name)
    return context.arn("lambda", f"function:{name}")


def printed(context, what, since, key):
    """The values that the function has printed since then as JSON objects with this key."""
    pages = context.client("logs").get_paginator("filter_log_events").paginate(
        logGroupName=context.names.log_of(what), startTime=int(since * 1000), filterPattern=f'"{key}"'
    )  # fmt: skip
    return [json.loads(event["message"])[key] for page in pages for event in page["events"]]


def trust(service):
    return policy({"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"})


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": statements})

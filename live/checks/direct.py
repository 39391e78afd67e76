"""The payload of a lifecycle hook whose target is a function."""

import io
import json
import zipfile

from botocore.exceptions import ClientError

from .. import cluster
from ..finding import CONFIRMED, NOT_SEEN, REFUTED, Check, Finding

CODE = "import json\n\n\ndef handler(event, context):\n    print(json.dumps({'direct': event}))\n"
# Sources differ on which principal Auto Scaling uses, so both are permitted.
CALLERS = {
    "service": "autoscaling.amazonaws.com",
    "role": "arn:{partition}:iam::{account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
}


def run(context):
    cluster.settle(context, 2)
    arn = create_function(context)
    permitted = permit(context)
    since = context.now()
    try:
        put_hook(context, arn)
    except ClientError as error:
        return refused(error, permitted)
    ec2, _ = cluster.busiest(context)
    cluster.leave(context, ec2)
    # The temporary hook times out after its heartbeat; that of the stack ends once the instance is empty.
    context.wait(f"{ec2} released", lambda: cluster.is_released(context, ec2), 600)
    context.sleep(30)  # logs are late
    payloads = received(context, since)
    context.client("autoscaling").delete_lifecycle_hook(
        AutoScalingGroupName=context.names.group, LifecycleHookName=context.names.direct
    )
    return judge(payloads, ec2, permitted)


def create_function(context):
    names, iam = context.names, context.client("iam")
    logs = f"arn:{context.partition}:logs:{context.region}:{context.account}:log-group:{names.direct_logs}:*"
    role = iam.create_role(RoleName=names.direct, AssumeRolePolicyDocument=trust("lambda.amazonaws.com"))["Role"]["Arn"]
    context.client("logs").create_log_group(logGroupName=names.direct_logs)
    write = {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": logs}
    iam.put_role_policy(RoleName=names.direct, PolicyName="log", PolicyDocument=policy(write))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr("index.py", CODE)

    def create():
        try:
            return context.client("lambda").create_function(
                FunctionName=names.direct,
                Runtime="python3.12",
                Handler="index.handler",
                Role=role,
                Code={"ZipFile": archive.getvalue()},
            )["FunctionArn"]
        except ClientError as error:
            # A new role is not effective everywhere at once.
            if error.response["Error"]["Code"] != "InvalidParameterValueException":
                raise

    arn = context.wait("the function's role", create, 60)
    context.client("lambda").get_waiter("function_active_v2").wait(FunctionName=names.direct)
    return arn


def trust(service):
    return policy({"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"})


def policy(statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def permit(context):
    """The principals that the policy of the function accepted, and the errors for the others."""
    answers = {}
    for name, principal in CALLERS.items():
        try:
            context.client("lambda").add_permission(
                FunctionName=context.names.direct,
                StatementId=name,
                Action="lambda:InvokeFunction",
                Principal=principal.format(partition=context.partition, account=context.account),
            )
            answers[name] = "permitted"
        except ClientError as error:
            answers[name] = str(error)
    return answers


def put_hook(context, target):
    context.client("autoscaling").put_lifecycle_hook(
        AutoScalingGroupName=context.names.group,
        LifecycleHookName=context.names.direct,
        LifecycleTransition="autoscaling:EC2_INSTANCE_TERMINATING",
        NotificationTargetARN=target,
        HeartbeatTimeout=30,
        DefaultResult="CONTINUE",
    )


def received(context, since):
    pages = context.client("logs").get_paginator("filter_log_events").paginate(
        logGroupName=context.names.direct_logs, startTime=int(since * 1000), filterPattern='"direct"'
    )  # fmt: skip
    return [json.loads(event["message"])["direct"] for page in pages for event in page["events"]]


def refused(error, permitted):
    answer = error.response["Error"]
    if answer["Code"] != "ValidationError":
        raise error
    return Finding(
        REFUTED, f"a function is refused as a target: {answer['Message']}", {"answer": answer, "permissions": permitted}
    )


def shape(payload):
    """The shape that auto-drain would read: bare, eventbridge, sns, or unknown."""
    if "LifecycleActionToken" in payload:
        return "bare"
    if "LifecycleActionToken" in payload.get("detail", {}):
        return "eventbridge"
    if any("Sns" in record for record in payload.get("Records", [])):
        return "sns"
    return "unknown"


def judge(payloads, ec2, permitted):
    evidence = {"payloads": payloads, "permissions": permitted}
    ours = [payload for payload in payloads if ec2 in json.dumps(payload)]
    if not ours:
        return Finding(NOT_SEEN, f"accepted as a target; {len(payloads)} payloads, none of the instance", evidence)
    found = shape(ours[0])
    if found == "unknown":
        return Finding(REFUTED, "the payload has none of the three shapes", evidence)
    return Finding(CONFIRMED, f"the payload is {found}, with the keys {', '.join(sorted(ours[0]))}", evidence)


CHECK = Check(
    "a function as the hook's target",
    "A lifecycle hook accepts a function as its target, and sends a payload that auto-drain reads: bare, EventBridge or SNS.",
    run,
)

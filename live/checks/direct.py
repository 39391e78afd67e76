"""The payload of a lifecycle hook whose target is a function."""

import json

from botocore.exceptions import ClientError

from .. import cluster, probe_function
from ..finding import AGREES, DIFFERS, NOT_SHOWN, Finding, check

CODE = "import json\n\n\ndef handler(event, context):\n    print(json.dumps({'direct': event}))\n"
# Sources differ on which principal Auto Scaling uses, so both are permitted.
CALLERS = {
    "service": "autoscaling.amazonaws.com",
    "role": "arn:{partition}:iam::{account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
}


@check(
    "a function as the hook's target",
    "A lifecycle hook accepts a function as its target, and sends a payload that auto-drain reads: bare, EventBridge or SNS.",
)
def function_as_target(context):
    """AWS documents a function as a target and not its payload
    (https://docs.aws.amazon.com/autoscaling/ec2/userguide/prepare-for-lifecycle-notifications.html).
    `crates/envelope/src` reads three shapes."""
    cluster.settle(context, 2)
    arn = probe_function.create(context, "direct", CODE)
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
    payloads = probe_function.printed(context, "direct", since, "direct")
    context.client("autoscaling").delete_lifecycle_hook(
        AutoScalingGroupName=context.names.group, LifecycleHookName=context.names.direct
    )
    return judge(payloads, ec2, permitted)


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


def refused(error, permitted):
    answer = error.response["Error"]
    if answer["Code"] != "ValidationError":
        raise error
    return Finding(
        DIFFERS, f"a function is refused as a target: {answer['Message']}", {"answer": answer, "permissions": permitted}
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
        return Finding(NOT_SHOWN, f"accepted as a target; {len(payloads)} payloads, none of the instance", evidence)
    found = shape(ours[0])
    if found == "unknown":
        return Finding(DIFFERS, "the payload has none of the three shapes", evidence)
    return Finding(AGREES, f"the payload is {found}, with the keys {', '.join(sorted(ours[0]))}", evidence)

"""Tasks of an instance that EC2 terminates, which no hook can hold."""

from .. import capture, cluster
from ..finding import AGREES, DIFFERS, NOT_SHOWN, Finding, check

CODE = "TerminationNotice"
FORCED = "UserInitiated"
REASON = "Host EC2 (instance {}) terminated."


@check(
    "tasks of a terminated instance", f'Their last event has stopCode {CODE} and stoppedReason "{REASON.format("ID")}".'
)
def terminated(context):
    """AWS documents the code and the form of the reason
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html), without an event.
    `crates/region-services/src/ecs/machines.rs` stops such tasks."""
    cluster.settle(context, 2)
    ec2, arn = cluster.busiest(context)
    earlier = list(capture.events(context))
    context.client("ec2").terminate_instances(InstanceIds=[ec2])

    def last():
        return [event["detail"] for event in capture.later(context, earlier) if is_last(event, arn)]

    try:
        context.wait("the last events of its tasks", last, 600, every=15)
        return judge(last(), ec2)
    finally:
        cluster.settle(context, 2)


@check("tasks of a deregistered instance", f"Their last event has stopCode {FORCED}.")
def deregistered(context):
    """AWS documents that tasks of an instance that is deregistered by force are orphaned
    (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterContainerInstance.html).
    `crates/region-services/src/ecs/machines.rs` stops them."""
    cluster.settle(context, 2)
    ec2, arn = cluster.busiest(context)
    earlier = list(capture.events(context))
    context.client("ecs").deregister_container_instance(
        cluster=context.names.cluster, containerInstance=arn, force=True
    )
    try:
        context.sleep(60)
        details = [event["detail"] for event in capture.later(context, earlier) if is_last(event, arn)]
        return judge_forced(details)
    finally:
        # The machine cannot join again by itself.
        context.client("ec2").terminate_instances(InstanceIds=[ec2])
        context.wait(f"{ec2} gone", lambda: cluster.lifecycle_state(context, ec2) != "InService", 300, every=10)
        cluster.settle(context, 2)


def judge_forced(details):
    codes = sorted({str(detail.get("stopCode")) for detail in details})
    evidence = [{"stopCode": code, "stoppedReason": reason} for code, reason in map(stop, details)]
    if not details:
        return Finding(NOT_SHOWN, "no task had an event within a minute", evidence)
    return Finding(AGREES if codes == [FORCED] else DIFFERS, f"stopCode {', '.join(codes)}", evidence)


def is_last(event, arn):
    detail = event["detail"]
    return detail.get("containerInstanceArn") == arn and detail.get("lastStatus") == "STOPPED"


def judge(details, ec2):
    keys = ("stopCode", "stoppedReason", "stoppingAt", "stoppedAt", "executionStoppedAt", "containers")
    evidence = [{key: detail[key] for key in keys if key in detail} for detail in details]
    if not details:
        return Finding(NOT_SHOWN, "no task of the instance had an event", evidence)
    wanted = (CODE, REASON.format(ec2))
    other = [found for found in map(stop, details) if found != wanted]
    if other:
        return Finding(DIFFERS, f"stopCode {other[0][0]}, stoppedReason {other[0][1]!r}", evidence)
    return Finding(AGREES, f"{len(details)} tasks with stopCode {CODE} and {wanted[1]!r}", evidence)


def stop(detail):
    return detail.get("stopCode"), detail.get("stoppedReason")

"""A custom attribute survives DRAINING, ACTIVE and a disconnected agent."""

from .. import cluster
from ..context import TimedOut
from ..finding import AGREES, DIFFERS, NOT_SHOWN, Finding, check

NAME, VALUE = "tide-live", "kept/2026-01-01T00:00:00Z"


@check(
    "attributes survive",
    "A custom attribute of a container instance survives DRAINING, a reboot that disconnects the agent, and ACTIVE.",
)
def survive(context):
    """AWS documents custom attributes, and not how long they stay
    (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutAttributes.html).
    The drain record is one, and must survive the drain: `crates/drain/src/drain_record.rs`."""
    cluster.settle(context, 2)
    ec2, arn = cluster.busiest(context)
    target = {"name": NAME, "targetType": "container-instance", "targetId": arn}
    ecs, name = context.client("ecs"), context.names.cluster
    ecs.put_attributes(cluster=name, attributes=[target | {"value": VALUE}])
    values = {}
    try:
        cluster.set_state(context, arn, "DRAINING")
        context.wait("the instance drained", lambda: cluster.described(context, arn)["runningTasksCount"] == 0, 420)
        values["draining"] = cluster.attribute(context, arn, NAME)
        # Containers of the tasks still stop. A reboot would kill them.
        context.sleep(90)
        away = reconnect(context, ec2, arn)
        values["after the reboot"] = cluster.attribute(context, arn, NAME)
    finally:
        cluster.set_state(context, arn, "ACTIVE")
    values["active again"] = cluster.attribute(context, arn, NAME)
    ecs.delete_attributes(cluster=name, attributes=[target])
    return judge(values, away)


def reconnect(context, ec2, arn):
    """Reboot the empty instance. Returns whether its agent was seen disconnected and connected again."""
    context.client("ec2").reboot_instances(InstanceIds=[ec2])
    try:
        context.wait(
            "the agent disconnected", lambda: not cluster.described(context, arn)["agentConnected"], 240, every=2
        )
    except TimedOut:
        return False
    context.wait("the agent connected again", lambda: cluster.described(context, arn)["agentConnected"], 420)
    return True


def judge(values, away):
    evidence = {"attribute": values, "the agent was seen disconnected and connected again": away}
    lost = [when for when, found in values.items() if found != VALUE]
    if lost:
        return Finding(DIFFERS, f"the attribute was gone or changed: {', '.join(lost)}", evidence)
    if not away:
        return Finding(NOT_SHOWN, "kept in DRAINING and ACTIVE; the reboot did not show a disconnected agent", evidence)
    return Finding(AGREES, "kept while draining, after the reboot, and when active again", evidence)

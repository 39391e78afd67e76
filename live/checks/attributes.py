"""A custom attribute survives DRAINING, ACTIVE and a disconnected agent."""

from .. import cluster
from ..context import TimedOut
from ..finding import CONFIRMED, NOT_SEEN, REFUTED, Check, Finding

NAME, VALUE = "tide-live", "kept/2026-01-01T00:00:00Z"


def run(context):
    cluster.settle(context, 2)
    ec2, arn = cluster.busiest(context)
    target = {"name": NAME, "targetType": "container-instance", "targetId": arn}
    ecs, name = context.client("ecs"), context.names.cluster
    ecs.put_attributes(cluster=name, attributes=[target | {"value": VALUE}])
    values = {}
    try:
        cluster.set_state(context, arn, "DRAINING")
        context.wait("the instance drained", lambda: describe(context, arn)["runningTasksCount"] == 0, 420)
        values["draining"] = value(context, arn)
        # Containers of the tasks still stop. A reboot would kill them.
        context.sleep(90)
        away = reconnect(context, ec2, arn)
        values["after the reboot"] = value(context, arn)
    finally:
        cluster.set_state(context, arn, "ACTIVE")
    values["active again"] = value(context, arn)
    ecs.delete_attributes(cluster=name, attributes=[target])
    return judge(values, away)


def describe(context, arn):
    ecs = context.client("ecs")
    return ecs.describe_container_instances(cluster=context.names.cluster, containerInstances=[arn])[
        "containerInstances"
    ][0]


def value(context, arn):
    found = {attribute["name"]: attribute.get("value") for attribute in describe(context, arn)["attributes"]}
    return found.get(NAME)


def reconnect(context, ec2, arn):
    """Reboot the empty instance. Returns whether its agent was seen disconnected and connected again."""
    context.client("ec2").reboot_instances(InstanceIds=[ec2])
    try:
        context.wait("the agent disconnected", lambda: not describe(context, arn)["agentConnected"], 240, every=2)
    except TimedOut:
        return False
    context.wait("the agent connected again", lambda: describe(context, arn)["agentConnected"], 420)
    return True


def judge(values, away):
    evidence = {"attribute": values, "the agent was seen disconnected and connected again": away}
    lost = [when for when, found in values.items() if found != VALUE]
    if lost:
        return Finding(REFUTED, f"the attribute was gone or changed: {', '.join(lost)}", evidence)
    if not away:
        return Finding(NOT_SEEN, "kept in DRAINING and ACTIVE; the reboot did not show a disconnected agent", evidence)
    return Finding(CONFIRMED, "kept while draining, after the reboot, and when active again", evidence)


CHECK = Check(
    "attributes survive",
    "A custom attribute of a container instance survives DRAINING, a reboot that disconnects the agent, and ACTIVE.",
    run,
)

"""The order in which tasks stop on a draining instance."""

from .. import capture, cluster
from ..finding import AGREES, DIFFERS, NOT_SHOWN, Finding, check

SECONDS = 600


@check("daemon tasks of a draining instance", "On an instance that an operator drains, the daemon's task stops last.")
def stop_last(context):
    """AWS documents the order for managed draining alone
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instance-draining.html).
    `crates/region-services/src/ecs/daemon.rs` keeps it in every drain."""
    cluster.settle(context, 2)
    ecs, names = context.client("ecs"), context.names
    ecs.create_service(
        cluster=names.cluster,
        serviceName=names.daemon,
        taskDefinition=cluster.service(context)["taskDefinition"],
        schedulingStrategy="DAEMON",
    )
    try:
        context.wait("a daemon task on each instance", lambda: cluster.count(context, names.daemon) == 2, 300)
        _, arn = cluster.busiest(context)
        earlier = list(capture.events(context))
        cluster.set_state(context, arn, "DRAINING")
        try:
            context.wait("no task on the instance", lambda: not cluster.tasks_on(context, arn), SECONDS, every=10)
            context.sleep(20)
        finally:
            cluster.set_state(context, arn, "ACTIVE")
    finally:
        ecs.delete_service(cluster=names.cluster, service=names.daemon, force=True)
    return judge(stops(capture.later(context, earlier), arn), f"service:{names.daemon}")


def stops(events, arn):
    """When the tasks of the instance stopped, with the group of each, in order."""
    details = [event["detail"] for event in events if event["detail"].get("containerInstanceArn") == arn]
    last = {detail["taskArn"]: detail for detail in details if "taskArn" in detail and "stoppedAt" in detail}
    return sorted((detail["stoppedAt"], detail["group"]) for detail in last.values())


def judge(stopped, daemon):
    evidence = [{"stoppedAt": at, "group": group} for at, group in stopped]
    groups = [group for _, group in stopped]
    if daemon not in groups or len(set(groups)) == 1:
        return Finding(NOT_SHOWN, "the events do not show a stop of the daemon and one of the service", evidence)
    if groups[-1] == daemon:
        return Finding(AGREES, f"the daemon's task stopped as the last of {len(groups)}", evidence)
    return Finding(
        DIFFERS, f"the daemon's task stopped before {len(groups) - 1 - groups.index(daemon)} others", evidence
    )

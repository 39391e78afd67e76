"""Container instance events have the counts that the rule of drains filters on."""

from .. import capture
from ..finding import AGREES, DIFFERS, NOT_SHOWN, Finding, check

COUNTS = ("runningTasksCount", "pendingTasksCount")


@check(
    "counts in container instance events",
    "Events of a draining instance have runningTasksCount and pendingTasksCount as numbers, and one event has both 0.",
)
def counted(context):
    """AWS documents the event with an example that lacks the counts
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_container_instance_events.html).
    The rule of `template.yaml` for instances that have become empty filters on them."""
    return judge(capture.events(context))


def judge(events):
    draining = [
        event
        for event in events
        if event["detail-type"] == "ECS Container Instance State Change" and event["detail"].get("status") == "DRAINING"
    ]
    if not draining:
        return Finding(NOT_SHOWN, f"no event of a draining instance among {len(events)}", events[:2])
    bare = [event for event in draining if not all(type(event["detail"].get(count)) is int for count in COUNTS)]
    if bare:
        return Finding(DIFFERS, f"{len(bare)} of {len(draining)} events lack a count that is a number", bare[:2])
    empty = [event for event in draining if all(event["detail"][count] == 0 for count in COUNTS)]
    if not empty:
        return Finding(NOT_SHOWN, f"{len(draining)} events with counts, none with both 0", draining[:2])
    return Finding(AGREES, f"{len(draining)} events with both counts, {len(empty)} of them with both 0", empty[:1])

"""Container instance events have the counts that the rule of drains filters on."""

from .. import capture
from ..finding import CONFIRMED, NOT_SEEN, REFUTED, Check, Finding

COUNTS = ("runningTasksCount", "pendingTasksCount")


def run(context):
    return judge(capture.events(context))


def judge(events):
    draining = [
        event
        for event in events
        if event["detail-type"] == "ECS Container Instance State Change" and event["detail"].get("status") == "DRAINING"
    ]
    if not draining:
        return Finding(NOT_SEEN, f"no event of a draining instance among {len(events)}", events[:2])
    bare = [event for event in draining if not all(type(event["detail"].get(count)) is int for count in COUNTS)]
    if bare:
        return Finding(REFUTED, f"{len(bare)} of {len(draining)} events lack a count that is a number", bare[:2])
    empty = [event for event in draining if all(event["detail"][count] == 0 for count in COUNTS)]
    if not empty:
        return Finding(NOT_SEEN, f"{len(draining)} events with counts, none with both 0", draining[:2])
    return Finding(CONFIRMED, f"{len(draining)} events with both counts, {len(empty)} of them with both 0", empty[:1])


CHECK = Check(
    "counts in container instance events",
    "Events of a draining instance have runningTasksCount and pendingTasksCount as numbers, and one event has both 0.",
    run,
)

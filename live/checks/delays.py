"""The delays of ECS and EventBridge, which AWS does not guarantee."""

from datetime import datetime
from statistics import median

from .. import capture
from ..finding import AGREES, DIFFERS, NOT_SHOWN, Finding, check

# Seconds of the simulated region. Ten times as much is another order of magnitude. The time of an event has
# no fraction, so that of the delivery is a second too long at most.
DELIVERY, DEPROVISIONING = 1.5, 1.0
SAMPLES = 5


@check(
    "delays of events and of stopping tasks",
    f"The medians have the order of {DELIVERY} s from an event to its queue, and {DEPROVISIONING} s from the end of the "
    "containers to STOPPED.",
)
def measured(context):
    """AWS documents no delay (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-what-is.html).
    `event_delay` in `crates/region-messaging/src/settings.rs` and `deprovisioning_seconds` in
    `crates/region-services/src/settings.rs` are guesses."""
    return judge(*delays(capture.events(context)))


def seconds(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def delays(events):
    """From each event to its message, and from the end of the containers to STOPPED."""
    sent = [int(event["SentTimestamp"]) / 1000 - seconds(event["time"]) for event in events if "SentTimestamp" in event]
    stopped = {
        detail["taskArn"]: seconds(detail["stoppedAt"]) - seconds(detail["executionStoppedAt"])
        for detail in (event["detail"] for event in events)
        if "stoppedAt" in detail and "executionStoppedAt" in detail
    }
    return sent, list(stopped.values())


def judge(sent, stopped):
    if len(sent) < SAMPLES or not stopped:
        return Finding(NOT_SHOWN, f"{len(sent)} events and {len(stopped)} stops", {"sent": sent, "stopped": stopped})
    found = {"event to queue": median(sent), "containers' end to STOPPED": median(stopped)}
    evidence = {
        "medians": {what: round(value, 2) for what, value in found.items()},
        "longest": {"event to queue": round(max(sent), 2), "containers' end to STOPPED": round(max(stopped), 2)},
        "samples": [len(sent), len(stopped)],
    }
    seen = ", ".join(f"{what}: {value:.1f} s" for what, value in found.items())
    near = median(sent) <= 10 * DELIVERY and median(stopped) <= 10 * DEPROVISIONING
    return Finding(AGREES if near else DIFFERS, seen, evidence)

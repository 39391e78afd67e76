"""When a new schedule fires for the first time."""

from .. import capture
from ..finding import AGREES, DIFFERS, NOT_SHOWN, Finding, check

PERIOD = 60
TOLERANCE = 15


def begin(context):
    began = context.now()
    capture.into_queue(context, "schedule", ScheduleExpression="rate(1 minute)")
    return began


@check(
    "the first event of a schedule",
    "A rule of rate(1 minute) fires for the first time one minute after it was made.",
    begin,
)
def first(context, began):
    """AWS documents the rate, and not its first event
    (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html).
    `crates/region-messaging/src/eventbridge.rs` waits for one period."""
    context.sleep(max(0, began + 4 * PERIOD - context.now()))
    sent = sorted(int(event["SentTimestamp"]) / 1000 for event in capture.received(context, "schedule"))
    return judge([round(at - began, 1) for at in sent])


def judge(seconds):
    evidence = {"seconds since the rule was made": seconds[:5]}
    if not seconds:
        return Finding(NOT_SHOWN, "the rule has not fired in 4 minutes", evidence)
    verdict = AGREES if abs(seconds[0] - PERIOD) <= TOLERANCE else DIFFERS
    return Finding(verdict, f"the first event came after {seconds[0]:.0f} s", evidence)

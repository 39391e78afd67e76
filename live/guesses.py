"""What the simulated region guesses, with the check that asks AWS, or the reason why none can.

`guess` is text of the section "What is a guess" of the crate's README, or of a row of its tables whose source is
"guess". A test compares both ways.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Guess:
    crate: str
    guess: str
    checks: tuple[str, ...] = ()
    why: str = ""


THROTTLING = "calls above the limit would disturb everything else in the account"
INTERNAL = "a property of the simulation, not of AWS"
FAULTS = "AWS fails such items at no one's wish"

GUESSES = [
    Guess("region-core", "The throttling code of SNS", why=THROTTLING),
    Guess("region-core", "The message `Rate exceeded`", why=THROTTLING),
    Guess("region", "half of a call's time passes before the region acts", why=INTERNAL),
    Guess("region", "The reason of items that an injected fault fails", why=FAULTS),
    Guess("region-services", "All delays in `settings`", ("delays of events and of stopping tasks",)),
    Guess("region-services", "The token bucket of Auto Scaling", why=THROTTLING),
    Guess("region-services", "At the threshold, a policy with a step on either side", ("the step at the threshold",)),
    Guess("region-services", "The status `Cancelled`", ("scaling activities of a retained instance",)),
    Guess(
        "region-services",
        "Scale-in takes the oldest instance of the fullest zone; daemon tasks stop last",
        ("the instance that a scale-in takes", "daemon tasks of a draining instance"),
    ),
    Guess("region-cloudwatch", "The evaluation range is N + 2 periods", ("the evaluation range",)),
    Guess("region-cloudwatch", "Delays of metrics and alarms", ("the delay of alarms",)),
    Guess("region-cloudwatch", "late ones are alike", why=INTERNAL),
    Guess("region-cloudwatch", "Throttling rates", why=THROTTLING),
    Guess(
        "region-messaging",
        "All delays and the probability of duplicates",
        ("delays of events and of stopping tasks",),
    ),
    Guess("region-messaging", "A mapping without maximum concurrency runs five batches", ("batches at once",)),
    Guess(
        "region-messaging",
        "FIFO order is kept for the whole subscription",
        why="order between groups is not promised, so no run could show it to hold",
    ),
    Guess("region-messaging", "Content-based deduplication uses another hash", why=INTERNAL),
    Guess(
        "region-messaging", "a throttled batch stays hidden for its whole visibility timeout", ("a throttled batch",)
    ),
    Guess("region-wiring", "Ranges and defaults of properties are AWS's", why="the template sets what it relies on"),
    Guess("region-wiring", "The stack is always named `ecs-tide`", why=INTERNAL),
]

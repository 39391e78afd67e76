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
UNUSED = "ecs-tide does not depend on it"
MOMENT = "it lasts for moments, and reads of AWS are not exact enough to show it"
AGENT = "an agent that loses its connection cannot be made at will"
LAUNCHES = "ecs-tide has no launch hook"
IMAGE = "the image of the demo handles its stop signal"
CLIENT = "the client refuses such a call itself, or it is only wording"
LOOPS = "ecs-tide allows recursive loops, and the loop of the check runs through queues without a destination"
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
    Guess(
        "region-messaging", "a throttled batch stays hidden for its whole visibility timeout", ("a throttled batch",)
    ),
    Guess("region-wiring", "Ranges and defaults of properties are AWS's", why="the template sets what it relies on"),
    Guess("region-wiring", "The stack is always named `ecs-tide`", why=INTERNAL),
    Guess("region-messaging", "an empty message or a bad subject fails its entry", ("a batch with an empty message",)),
    Guess("region-messaging", "The words for a malformed group or deduplication id", ("the codes of refused calls",)),
    Guess("region-messaging", "The condition `", why=LOOPS),
    Guess("region-messaging", "a retry and a message that returns to its queue", why=LOOPS),
    Guess("region-messaging", "of a batch whose messages have several lineages", why=LOOPS),
    Guess("region-messaging", "that nothing is sent is a guess", why=LOOPS),
    Guess(
        "region-messaging",
        "The attributes of a dead letter whose function never ran",
        ("the dead letter of a function that never ran",),
    ),
    Guess(
        "region-messaging",
        "In a dead-letter queue with a redrive policy of its own",
        ("a dead-letter queue with a dead-letter queue",),
    ),
    Guess("region-messaging", "a duplicate on a FIFO queue", ("a duplicate in a FIFO queue",)),
    Guess("region-messaging", "a throttled batch stays hidden until", ("a throttled batch",)),
    Guess("region-messaging", "the first event of a schedule", ("the first event of a schedule",)),
    Guess("region-services", "An abandoned launch runs the terminating hooks", why=LAUNCHES),
    Guess("region-services", "The exit code of a container", why=IMAGE),
    Guess(
        "region-services",
        "A task that stops when its instance ends keeps the stop code it had",
        ("tasks of a terminated instance", "tasks of a deregistered instance"),
    ),
    Guess("region-services", "The words for: a `startedBy` beside other filters", ("the codes of refused calls",)),
    Guess("region-services", "`!in`: guess", why=UNUSED),
    Guess("region-services", "a task deregistered by force", ("tasks of a deregistered instance",)),
    Guess("region-services", "given back when a task is STOPPED", why=MOMENT),
    Guess("region-services", "that it stops last: guess", ("daemon tasks of a draining instance",)),
    Guess("region-services", "ECS sees no change, and stop orders wait", why=AGENT),
    Guess("region-services", "may show an older state", why=MOMENT),
    Guess("region-services", "Auto Scaling: guess", why=THROTTLING),
    Guess("region-services", "all tags or none", why=UNUSED),
    Guess("region-services", "a released machine shuts down", why=MOMENT),
    Guess("region-wiring", "Both ends of a connection are in one template", why=INTERNAL),
    Guess("region-wiring", "That Lambda refuses operators", why=UNUSED),
    Guess("region-wiring", "That SNS refuses operators", why=UNUSED),
    Guess("region-wiring", "`$or` makes at most 1,000 combinations", ("limits of event patterns",)),
    Guess("region-wiring", "The limit of 10 on wildcard prefixes", ("limits of event patterns",)),
    Guess("region-wiring", "Of a filter policy with several faults", why=UNUSED),
    Guess("region-wiring", "The numbers of an IPv4 address", ("limits of event patterns",)),
    Guess("region-wiring", "`anything-but` with an operator on an empty list", ("limits of event patterns",)),
    Guess("region-wiring", "names: without a name property", why=INTERNAL),
    Guess("region-wiring", "both ends exist", why=INTERNAL),
    Guess("region-wiring", "`Rule is too complex`", ("limits of event patterns",)),
    Guess("region-wiring", "filters of mappings have no `wildcard`", why=UNUSED),
    Guess("region-cloudwatch", "The rows above that say so", ("the texts of alarms",)),
    Guess("region-cloudwatch", "several data points, and some missing ones", ("the texts of alarms",)),
    Guess("region-cloudwatch", "from five data points on", ("the texts of alarms",)),
    Guess("region-cloudwatch", "missing data alone as the reason for OK", ("the texts of alarms",)),
    Guess("region-cloudwatch", "guess for several, for lengths", ("the codes of refused calls of CloudWatch",)),
    Guess("region-cloudwatch", "names and a prefix together", ("the codes of refused calls of CloudWatch",)),
    Guess("region-cloudwatch", "the label of an expression is its id", why=UNUSED),
    Guess(
        "region-cloudwatch", "wording for ids, units, sizes and times", ("the codes of refused calls of CloudWatch",)
    ),
    Guess("region-cloudwatch", "at most 1,000 data", ("the codes of refused calls of CloudWatch",)),
    Guess("region-cloudwatch", "what is missing is named by its place", why=CLIENT),
    Guess("region-cloudwatch", "a request is recorded whole or not at all", why=UNUSED),
    Guess("region-cloudwatch", "fields are those of PutMetricAlarm", why=CLIENT),
    Guess("region-cloudwatch", "periods times N are a day at most", why=CLIENT),
    Guess("region-cloudwatch", "minutes begin with the first load", ("the delay of alarms",)),
    Guess(
        "region-cloudwatch", "each query must come to one time series", ("the codes of refused calls of CloudWatch",)
    ),
    Guess("region-cloudwatch", "`Trigger` has an empty `TreatMissingData`", why=UNUSED),
    Guess("region-cloudwatch", "composite alarms of composite alarms", why=UNUSED),
]

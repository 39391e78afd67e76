"""What the simulated region guesses, with the check that asks AWS, or the reason why none can.

`section` is a section of docs/simulated-region.md. `guess` is text of its list "Guesses", or of a row of its tables whose
source is a guess. A test compares both ways.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Guess:
    section: str
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
    Guess("Calls and protocols", "The throttling code of SNS", why=THROTTLING),
    Guess("Calls and protocols", "a number or truth value that is none", why=CLIENT),
    Guess("Calls and protocols", "the shapes of unknown operations, malformed bodies", why=CLIENT),
    Guess("Calls and protocols", "malformed requests are refused", why=CLIENT),
    Guess("Calls and protocols", "half of a call's time passes before the region acts", why=INTERNAL),
    Guess("Calls and protocols", "The reason of items that an injected fault fails", why=FAULTS),
    Guess("ECS and Auto Scaling", "All delays in `settings`", ("delays of events and of stopping tasks",)),
    Guess("ECS and Auto Scaling", "The token bucket of Auto Scaling", why=THROTTLING),
    Guess(
        "ECS and Auto Scaling", "At the threshold, a policy with a step on either side", ("the step at the threshold",)
    ),
    Guess("ECS and Auto Scaling", "The status `Cancelled`", ("scaling activities of a retained instance",)),
    Guess(
        "ECS and Auto Scaling",
        "Scale-in takes the oldest instance of the fullest zone; daemon tasks stop last",
        ("the instance that a scale-in takes", "daemon tasks of a draining instance"),
    ),
    Guess(
        "ECS and Auto Scaling",
        "A change of a hook leaves the lifecycle actions under way",
        why="hook-keeper changes no hook of ours while an instance is held",
    ),
    Guess("ECS and Auto Scaling", "ends what the hook holds: CONTINUE for terminations", why=CLIENT),
    Guess(
        "ECS and Auto Scaling",
        "by key; with a value, only if the tag has it",
        why="hook-keeper deletes no tag that it has not read",
    ),
    Guess(
        "ECS and Auto Scaling",
        "`Delete in progress` until its last instance is gone",
        why="hook-keeper leaves a group that is being deleted alone",
    ),
    Guess("CloudWatch", "The evaluation range is N + 2 periods", ("the evaluation range",)),
    Guess("CloudWatch", "Delays of metrics and alarms", ("the delay of alarms",)),
    Guess("CloudWatch", "late ones are alike", why=INTERNAL),
    Guess("CloudWatch", "Throttling rates", why=THROTTLING),
    Guess("CloudWatch", "an alarm that does not exist: `ResourceNotFoundException`", why=CLIENT),
    Guess("CloudWatch", "at most 50 tags, keys up to 128 characters", why=CLIENT),
    Guess("Systems Manager", "1 to 10 names", why=CLIENT),
    Guess("Systems Manager", "40 calls a second of an account", why=THROTTLING),
    Guess("Systems Manager", "a name of letters, digits and `_ . - /`", why=CLIENT),
    Guess(
        "SNS, SQS, EventBridge and Lambda",
        "All delays and the probability of duplicates",
        ("delays of events and of stopping tasks",),
    ),
    Guess(
        "SNS, SQS, EventBridge and Lambda",
        "A mapping without maximum concurrency runs five batches",
        ("batches at once",),
    ),
    Guess(
        "SNS, SQS, EventBridge and Lambda",
        "FIFO order is kept for the whole subscription",
        why="order between groups is not promised, so no run could show it to hold",
    ),
    Guess(
        "SNS, SQS, EventBridge and Lambda",
        "a throttled batch stays hidden for its whole visibility timeout",
        ("a throttled batch",),
    ),
    Guess(
        "Templates, event patterns and filters",
        "Ranges and defaults of properties are AWS's",
        why="the template sets what it relies on",
    ),
    Guess("Templates, event patterns and filters", "The stack is always named `ecs-tide`", why=INTERNAL),
    Guess(
        "SNS, SQS, EventBridge and Lambda",
        "an empty message or a bad subject fails its entry",
        ("a batch with an empty message",),
    ),
    Guess(
        "SNS, SQS, EventBridge and Lambda",
        "The words for a malformed group or deduplication id",
        ("the codes of refused calls",),
    ),
    Guess("SNS, SQS, EventBridge and Lambda", "The condition `", why=LOOPS),
    Guess("SNS, SQS, EventBridge and Lambda", "a retry and a message that returns to its queue", why=LOOPS),
    Guess("SNS, SQS, EventBridge and Lambda", "of a batch whose messages have several lineages", why=LOOPS),
    Guess("SNS, SQS, EventBridge and Lambda", "that nothing is sent is a guess", why=LOOPS),
    Guess(
        "SNS, SQS, EventBridge and Lambda",
        "The attributes of a dead letter whose function never ran",
        ("the dead letter of a function that never ran",),
    ),
    Guess(
        "SNS, SQS, EventBridge and Lambda",
        "In a dead-letter queue with a redrive policy of its own",
        ("a dead-letter queue with a dead-letter queue",),
    ),
    Guess("SNS, SQS, EventBridge and Lambda", "a duplicate on a FIFO queue", ("a duplicate in a FIFO queue",)),
    Guess("SNS, SQS, EventBridge and Lambda", "a throttled batch stays hidden until", ("a throttled batch",)),
    Guess("SNS, SQS, EventBridge and Lambda", "the first event of a schedule", ("the first event of a schedule",)),
    Guess("ECS and Auto Scaling", "An abandoned launch runs the terminating hooks", why=LAUNCHES),
    Guess("ECS and Auto Scaling", "The exit code of a container", why=IMAGE),
    Guess(
        "ECS and Auto Scaling",
        "A task that stops when its instance ends keeps the stop code it had",
        ("tasks of a terminated instance", "tasks of a deregistered instance"),
    ),
    Guess("ECS and Auto Scaling", "The words for: a `startedBy` beside other filters", ("the codes of refused calls",)),
    Guess("ECS and Auto Scaling", "`!in`: guess", why=UNUSED),
    Guess("ECS and Auto Scaling", "a task deregistered by force", ("tasks of a deregistered instance",)),
    Guess("ECS and Auto Scaling", "given back when a task is STOPPED", why=MOMENT),
    Guess("ECS and Auto Scaling", "that it stops last: guess", ("daemon tasks of a draining instance",)),
    Guess("ECS and Auto Scaling", "ECS sees no change, and stop orders wait", why=AGENT),
    Guess("ECS and Auto Scaling", "may show an older state", why=MOMENT),
    Guess("ECS and Auto Scaling", "Auto Scaling: guess", why=THROTTLING),
    Guess("ECS and Auto Scaling", "all tags or none", why=UNUSED),
    Guess("ECS and Auto Scaling", "a released machine shuts down", why=MOMENT),
    Guess("ECS and Auto Scaling", "A target tracking policy acts on the newest value", why=UNUSED),
    Guess("ECS and Auto Scaling", "A target tracking policy scales in to the capacity", why=UNUSED),
    Guess("ECS and Auto Scaling", "A target tracking policy that only scales out", why=UNUSED),
    Guess("ECS and Auto Scaling", "At high resolution, as many periods of 20 s", why=UNUSED),
    Guess("ECS and Auto Scaling", "the running tasks; the newest value of the alarm", why=UNUSED),
    Guess("ECS and Auto Scaling", "AlarmHigh: 3 of 3 periods of 20 s", why=UNUSED),
    Guess("ECS and Auto Scaling", "AWS documents CapacityProviderReservation with empty instances", why=UNUSED),
    Guess("ECS and Auto Scaling", "A group with a capacity provider does not scale in", why=UNUSED),
    Guess("ECS and Auto Scaling", "tasks of a service with a capacity provider that find no place", why=UNUSED),
    Guess("Templates, event patterns and filters", "Both ends of a connection are in one template", why=INTERNAL),
    Guess("Templates, event patterns and filters", "That Lambda refuses operators", why=UNUSED),
    Guess("Templates, event patterns and filters", "That SNS refuses operators", why=UNUSED),
    Guess(
        "Templates, event patterns and filters", "`$or` makes at most 1,000 combinations", ("limits of event patterns",)
    ),
    Guess(
        "Templates, event patterns and filters", "The limit of 10 on wildcard prefixes", ("limits of event patterns",)
    ),
    Guess("Templates, event patterns and filters", "Of a filter policy with several faults", why=UNUSED),
    Guess("Templates, event patterns and filters", "The numbers of an IPv4 address", ("limits of event patterns",)),
    Guess(
        "Templates, event patterns and filters",
        "`anything-but` with an operator on an empty list",
        ("limits of event patterns",),
    ),
    Guess("Templates, event patterns and filters", "names: without a name property", why=INTERNAL),
    Guess("Templates, event patterns and filters", "both ends exist", why=INTERNAL),
    Guess("Templates, event patterns and filters", "`Rule is too complex`", ("limits of event patterns",)),
    Guess("Templates, event patterns and filters", "filters of mappings have no `wildcard`", why=UNUSED),
    Guess("CloudWatch", "The rows above that say so", ("the texts of alarms",)),
    Guess("CloudWatch", "several data points, and some missing ones", ("the texts of alarms",)),
    Guess("CloudWatch", "from five data points on", ("the texts of alarms",)),
    Guess("CloudWatch", "missing data alone as the reason for OK", ("the texts of alarms",)),
    Guess("CloudWatch", "guess for several, for lengths", ("the codes of refused calls of CloudWatch",)),
    Guess("CloudWatch", "names and a prefix together", ("the codes of refused calls of CloudWatch",)),
    Guess("CloudWatch", "the label of an expression is its id", why=UNUSED),
    Guess("CloudWatch", "wording for ids, units, sizes and times", ("the codes of refused calls of CloudWatch",)),
    Guess("CloudWatch", "at most 1,000 data", ("the codes of refused calls of CloudWatch",)),
    Guess("CloudWatch", "what is missing is named by its place", why=CLIENT),
    Guess("CloudWatch", "a request is recorded whole or not at all", why=UNUSED),
    Guess("CloudWatch", "fields are those of PutMetricAlarm", why=CLIENT),
    Guess("CloudWatch", "periods times N are a day at most", why=CLIENT),
    Guess("CloudWatch", "minutes begin with the first load", ("the delay of alarms",)),
    Guess("CloudWatch", "each query must come to one time series", ("the codes of refused calls of CloudWatch",)),
    Guess("CloudWatch", "`Trigger` has an empty `TreatMissingData`", why=UNUSED),
    Guess("CloudWatch", "composite alarms of composite alarms", why=UNUSED),
]

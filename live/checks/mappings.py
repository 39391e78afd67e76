"""How Lambda polls a queue: how many batches run at once, and when a throttled batch is tried again."""

from datetime import UTC, datetime

from .. import probe_function
from ..errors import tolerated
from ..finding import AGREES, DIFFERS, NOT_SHOWN, Finding, check

WORK_SECONDS = 20
CODE = f"""import json, time


def handler(event, context):
    record = event["Records"][0]
    count = int(record["attributes"]["ApproximateReceiveCount"])
    print(json.dumps({{"run": {{"message": record["body"], "began": time.time(), "receives": count}}}}))
    time.sleep({WORK_SECONDS})
"""
MESSAGES = 40
# A mapping without maximum concurrency begins with five batches at once.
POLLERS = 5
VISIBILITY = 90


def begin_pollers(context):
    return begin(context, "pollers", MESSAGES)


def begin_throttled(context):
    return begin(context, "throttled", 2, reserved=1)


def begin(context, what, messages, reserved=None):
    """A queue of messages, and a function that takes them one by one. Returns when they were sent."""
    sqs, names = context.client("sqs"), context.names
    queue = context.arn("sqs", names.of(what))
    url = sqs.create_queue(QueueName=names.of(what), Attributes={"VisibilityTimeout": str(VISIBILITY)})["QueueUrl"]
    receive = {
        "Effect": "Allow",
        "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
        "Resource": queue,
    }
    function = probe_function.create(context, what, CODE, receive, timeout=WORK_SECONDS + 10)
    if reserved:
        context.client("lambda").put_function_concurrency(
            FunctionName=names.of(what), ReservedConcurrentExecutions=reserved
        )
    for number in range(messages):
        sqs.send_message(QueueUrl=url, MessageBody=str(number))
    with tolerated("ResourceConflictException"):
        context.client("lambda").create_event_source_mapping(EventSourceArn=queue, FunctionName=function, BatchSize=1)
    return context.now()


def runs(context, what, began):
    """The runs of the function, in order, at least 5 minutes after the messages were sent."""
    context.sleep(max(0, began + 300 - context.now()))
    return sorted(probe_function.printed(context, what, began - 60, "run"), key=lambda run: run["began"])


@check("batches at once", "A mapping without maximum concurrency begins with five batches at once.", begin_pollers)
def pollers(context, began):
    """AWS documents five concurrent batches at the beginning
    (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html).
    `mapping_concurrency` in `crates/region-messaging/src/settings.rs` stays at five."""
    return judge_pollers(runs(context, "pollers", began))


def judge_pollers(found):
    if len(found) < MESSAGES // 2:
        return Finding(NOT_SHOWN, f"only {len(found)} of {MESSAGES} messages have run", found)
    first = [run for run in found if run["began"] < found[0]["began"] + WORK_SECONDS]
    evidence = {"runs that began before the first one ended": len(first), "began": clock(found)}
    verdict = AGREES if len(first) == POLLERS else DIFFERS
    return Finding(verdict, f"{len(first)} batches at once", evidence)


@check(
    "a throttled batch",
    "Its message stays hidden until the visibility timeout ends, and the receive counts.",
    begin_throttled,
)
def throttled(context, began):
    """AWS documents that a throttled batch is tried again until its visibility timeout, and not how often it shows
    (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html).
    `crates/region-messaging/src/mapping.rs` hides it for the whole timeout."""
    return judge_throttled(runs(context, "throttled", began))


def judge_throttled(found):
    evidence = {"runs": found}
    if len(found) < 2:
        return Finding(NOT_SHOWN, f"{len(found)} of 2 messages have run", evidence)
    wait, receives = found[1]["began"] - found[0]["began"], found[1]["receives"]
    seen = f"it ran {wait:.0f} s after the other, at receive {receives}"
    if receives == 1:
        return Finding(NOT_SHOWN, f"{seen}: it was never throttled", evidence)
    return Finding(AGREES if wait >= VISIBILITY - 10 else DIFFERS, seen, evidence)


def clock(found):
    return [f"{datetime.fromtimestamp(run['began'], UTC):%H:%M:%S}" for run in found]

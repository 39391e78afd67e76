"""What a message in a dead-letter queue has: of a function that never ran, and of a queue behind a queue."""

from .. import probe_function
from ..finding import AGREES, DIFFERS, NOT_SHOWN, Finding, check

CODE = "def handler(event, context):\n    return None\n"
SECONDS = 300
CHAIN = ("chain-1", "chain-2", "chain-3")


def begin_unrun(context):
    """An asynchronous invocation of a function that has no concurrency."""
    sqs, functions, names = context.client("sqs"), context.client("lambda"), context.names
    sqs.create_queue(QueueName=names.of("unrun"))
    queue = context.arn("sqs", names.of("unrun"))
    send = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": queue}
    probe_function.create(context, "unrun", CODE, send, DeadLetterConfig={"TargetArn": queue})
    functions.put_function_concurrency(FunctionName=names.of("unrun"), ReservedConcurrentExecutions=0)
    functions.invoke(FunctionName=names.of("unrun"), InvocationType="Event", Payload=b"{}")


@check(
    "the dead letter of a function that never ran",
    "Without concurrency, the event is a dead letter at once, with RequestID and ErrorMessage, and without ErrorCode.",
    begin_unrun,
)
def unrun(context, _):
    """AWS documents the attributes of a failed run, and that an event is dropped at a concurrency of 0
    (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html).
    `crates/region-messaging/src` leaves ErrorCode out."""
    message = context.wait("the dead letter", lambda: receive(context, "unrun"), SECONDS)
    return judge_unrun(message.get("MessageAttributes", {}))


def judge_unrun(attributes):
    found = {name: attribute["StringValue"] for name, attribute in attributes.items()}
    verdict = AGREES if set(found) == {"RequestID", "ErrorMessage"} else DIFFERS
    return Finding(verdict, f"with {', '.join(sorted(found)) or 'no attribute'}", found)


def begin_chain(context):
    """Three queues, each the dead-letter queue of the one before, and a message that is received often."""
    sqs, names = context.client("sqs"), context.names
    urls, target = [], {}
    for what in reversed(CHAIN):
        url = sqs.create_queue(QueueName=names.of(what), Attributes={"VisibilityTimeout": "0"} | target)["QueueUrl"]
        arn = context.arn("sqs", names.of(what))
        target = {"RedrivePolicy": f'{{"deadLetterTargetArn": "{arn}", "maxReceiveCount": 2}}'}
        urls.insert(0, url)
    sqs.send_message(QueueUrl=urls[0], MessageBody="m")


@check(
    "a dead-letter queue with a dead-letter queue",
    "The receives in the first queue count in the second: after two of them, its first receive moves the message on.",
    begin_chain,
)
def chain(context, _):
    """AWS documents ApproximateReceiveCount and maxReceiveCount, and not whether a move resets the count
    (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html).
    `crates/region-messaging/src/sqs.rs` goes on counting."""
    counts = {what: [] for what in CHAIN}
    ends = context.now() + SECONDS
    while not counts[CHAIN[-1]] and context.now() < ends:
        for what in CHAIN:
            message = receive(context, what)
            if message:
                counts[what].append(int(message["Attributes"]["ApproximateReceiveCount"]))
        context.sleep(2)
    return judge_chain(counts)


def judge_chain(counts):
    if not counts[CHAIN[-1]]:
        return Finding(NOT_SHOWN, "the message did not reach the last queue", counts)
    between = counts[CHAIN[1]]
    return Finding(DIFFERS if between else AGREES, f"received {len(between)} times from the second queue", counts)


def receive(context, what):
    sqs = context.client("sqs")
    answer = sqs.receive_message(
        QueueUrl=sqs.get_queue_url(QueueName=context.names.of(what))["QueueUrl"],
        MessageAttributeNames=["All"],
        MessageSystemAttributeNames=["ApproximateReceiveCount"],
        WaitTimeSeconds=2,
    )
    return next(iter(answer.get("Messages", [])), None)

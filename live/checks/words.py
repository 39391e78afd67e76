"""How SNS, SQS, ECS and CloudWatch refuse calls, where neither a document nor a recording has it. The words are evidence."""

from datetime import UTC, datetime, timedelta

from botocore.exceptions import ClientError

from ..errors import refusal
from ..finding import AGREES, DIFFERS, Finding, check


def begin(context):
    """A queue and a topic of both kinds."""
    sqs, sns, names = context.client("sqs"), context.client("sns"), context.names
    fifo = {"FifoQueue": "true"}
    return {
        "queue": sqs.create_queue(QueueName=names.of("words"))["QueueUrl"],
        "fifo queue": sqs.create_queue(QueueName=names.of("words.fifo"), Attributes=fifo)["QueueUrl"],
        "topic": sns.create_topic(Name=names.of("words"))["TopicArn"],
        "fifo topic": sns.create_topic(Name=names.of("words.fifo"), Attributes={"FifoTopic": "true"})["TopicArn"],
    }


def calls(context, made):
    """Each call by a name, with the code of its refusal."""
    sqs, sns, ecs = context.client("sqs"), context.client("sns"), context.client("ecs")
    cluster, many = context.names.cluster, [f"service-{number}" for number in range(11)]
    return {
        "a delay above 900 s": (
            "InvalidParameterValue",
            lambda: sqs.send_message(QueueUrl=made["queue"], MessageBody="late", DelaySeconds=901),
        ),
        "an empty batch": (
            "EmptyBatchRequest",
            lambda: sns.publish_batch(TopicArn=made["topic"], PublishBatchRequestEntries=[]),
        ),
        "a message group with a space": (
            "InvalidParameter",
            lambda: sns.publish(
                TopicArn=made["fifo topic"], Message="m", MessageGroupId="a b", MessageDeduplicationId="d"
            ),
        ),
        "a deduplication id with a space": (
            "InvalidParameter",
            lambda: sns.publish(
                TopicArn=made["fifo topic"], Message="m", MessageGroupId="g", MessageDeduplicationId="a b"
            ),
        ),
        "startedBy beside desiredStatus": (
            "InvalidParameterException",
            lambda: ecs.list_tasks(cluster=cluster, startedBy="live", desiredStatus="STOPPED"),
        ),
        "eleven services": (
            "InvalidParameterException",
            lambda: ecs.describe_services(cluster=cluster, services=many),
        ),
        "101 tasks": (
            "InvalidParameterException",
            lambda: ecs.describe_tasks(cluster=cluster, tasks=[f"{number:032x}" for number in range(101)]),
        ),
    }


@check("the codes of refused calls", "Each call is refused with the code of the simulated region.", begin)
def refusals(context, made):
    """AWS documents the codes, and rarely which input has which
    (https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html).
    `crates/region-messaging/src` and `crates/region-services/src/ecs` have codes and words as guesses."""
    return asked(calls(context, made))


def calls_of_cloudwatch(context):
    cloudwatch, names = context.client("cloudwatch"), context.names
    alarm, now = names.probes + "none", datetime.fromtimestamp(context.now(), UTC)
    unknown = [{"Id": "e", "Expression": "m + 1"}]
    both = {"MetricName": "m", "Value": 1.0, "Values": [1.0]}
    return {
        "two bad values": (
            "ValidationError",
            lambda: cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="INVALID", StateReason="x" * 1100),
        ),
        "names and a prefix": (
            "InvalidParameterCombination",
            lambda: cloudwatch.describe_alarms(AlarmNames=[alarm], AlarmNamePrefix=names.probes),
        ),
        "a value and values": (
            "InvalidParameterCombination",
            lambda: cloudwatch.put_metric_data(Namespace=names.namespace, MetricData=[both]),
        ),
        "an unknown id": (
            "ValidationError",
            lambda: cloudwatch.get_metric_data(
                MetricDataQueries=unknown, StartTime=now - timedelta(minutes=5), EndTime=now
            ),
        ),
        "an end before the start": (
            "ValidationError",
            lambda: cloudwatch.get_metric_data(
                MetricDataQueries=unknown, StartTime=now, EndTime=now - timedelta(minutes=5)
            ),
        ),
    }


@check("the codes of refused calls of CloudWatch", "Each call is refused with the code of the simulated region.")
def refusals_of_cloudwatch(context):
    """AWS documents the codes of each operation, and no wording
    (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CommonErrors.html).
    `crates/region-cloudwatch/src` has the wording as guesses."""
    return asked(calls_of_cloudwatch(context))


def asked(calls):
    found, other = {}, []
    for what, (code, call) in calls.items():
        try:
            call()
            found[what] = "accepted"
        except ClientError as error:
            found[what] = refusal(error)
        if found[what] == "accepted" or found[what]["Code"].rpartition(".")[2] != code:
            other.append(what)
    if other:
        return Finding(DIFFERS, "; ".join(f"{what}: {found[what]}" for what in other), found)
    return Finding(AGREES, f"{len(found)} codes as expected", found)


@check("a batch with an empty message", "SNS publishes the other message, and the empty one fails alone.", begin)
def part_of_a_batch(context, made):
    """AWS documents results for each entry (https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html).
    `crates/region-messaging/src/publish.rs` fails an empty message alone."""
    entries = [{"Id": "full", "Message": "m"}, {"Id": "empty", "Message": ""}]
    try:
        answer = context.client("sns").publish_batch(TopicArn=made["topic"], PublishBatchRequestEntries=entries)
    except ClientError as error:
        return Finding(DIFFERS, f"the batch is refused as a whole: {error}", refusal(error))
    failed = [{key: entry.get(key) for key in ("Id", "Code", "Message")} for entry in answer["Failed"]]
    verdict = AGREES if [entry["Id"] for entry in failed] == ["empty"] else DIFFERS
    return Finding(verdict, f"failed: {failed}", failed)


@check("a duplicate in a FIFO queue", "SQS answers a duplicate with the id of the first message.", begin)
def duplicate(context, made):
    """AWS documents that a duplicate is accepted and not delivered
    (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html).
    `crates/region-messaging/src/deduplication.rs` remembers the first one."""
    message = {"MessageBody": "m", "MessageGroupId": "g", "MessageDeduplicationId": "d"}
    ids = [context.client("sqs").send_message(QueueUrl=made["fifo queue"], **message)["MessageId"] for _ in range(2)]
    same = ids[0] == ids[1]
    return Finding(AGREES if same else DIFFERS, "the same id" if same else "another id", ids)

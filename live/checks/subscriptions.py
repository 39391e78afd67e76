"""Filters of new and of changed subscriptions: before and after they take effect."""

import json

from ..finding import AGREES, DIFFERS, NOT_SHOWN, Finding, check

# The filter of a subscription takes effect within 15 minutes.
EFFECTIVE_SECONDS = 900
POLICY = {"wanted": ["yes"]}
QUEUES = ("filtered", "refiltered")


def begin(context):
    """Two queues: one is subscribed with a filter, the other gets its filter later. Messages are sent at once."""
    sns, sqs, names = context.client("sns"), context.client("sqs"), context.names
    topic = sns.create_topic(Name=names.of("filters"))["TopicArn"]
    for what in QUEUES:
        url = sqs.create_queue(QueueName=names.of(what))["QueueUrl"]
        arn = context.arn("sqs", names.of(what))
        allow = {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
        }
        policy = {"Version": "2012-10-17", "Statement": [allow]}
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
        attributes = {"RawMessageDelivery": "true"}
        given = {"FilterPolicy": json.dumps(POLICY)} if what == "filtered" else {}
        subscription = sns.subscribe(
            TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes=attributes | given, ReturnSubscriptionArn=True
        )["SubscriptionArn"]
        if not given:
            sns.set_subscription_attributes(
                SubscriptionArn=subscription, AttributeName="FilterPolicy", AttributeValue=json.dumps(POLICY)
            )
    began = context.now()
    for number in range(4):
        publish(sns, topic, f"early-{number}")
        context.sleep(5)
    return began


def publish(sns, topic, when):
    for answer in ("yes", "no"):
        sns.publish(
            TopicArn=topic,
            Message=f"{when} {answer}",
            MessageAttributes={"wanted": {"DataType": "String", "StringValue": answer}},
        )


@check(
    "filters after 15 minutes",
    "Wanted messages always arrive. Others arrive at most before the filter takes effect, within 15 minutes.",
    begin,
)
def filters(context, began):
    """AWS documents that additions and changes take up to 15 minutes
    (https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html), and not what arrives until then.
    `crates/reinvoke/src` acknowledges what is misrouted, and `filters_after` in
    `crates/region-messaging/src/settings.rs` delivers every message until then."""
    context.sleep(max(0, began + EFFECTIVE_SECONDS - context.now()))
    names = context.names
    publish(context.client("sns"), context.arn("sns", names.of("filters")), "late")
    context.sleep(10)
    return judge({what: received(context, what) for what in QUEUES})


def received(context, what):
    sqs = context.client("sqs")
    url = sqs.get_queue_url(QueueName=context.names.of(what))["QueueUrl"]
    found = []
    while True:
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=5).get("Messages", [])
        if not messages:
            return sorted(set(found))
        found += [message["Body"] for message in messages]


def judge(found):
    wanted = {f"early-{number} yes" for number in range(4)} | {"late yes"}
    early = {what: sum(body.startswith("early") and body.endswith("no") for body in found[what]) for what in QUEUES}
    if any(not wanted <= set(found[what]) for what in QUEUES):
        return Finding(NOT_SHOWN, "a wanted message did not arrive", found)
    if any("late no" in found[what] for what in QUEUES):
        return Finding(DIFFERS, "an unwanted message still arrived after 15 minutes", found)
    seen = (
        f"unwanted messages of the first 20 s: {early['filtered']} of 4 to the new filter, {early['refiltered']} of 4 "
    )
    return Finding(AGREES, f"{seen}to the changed one; none after 15 minutes", found)

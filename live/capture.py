"""Events that rules of a run send into its queues. The events of ECS are captured during the whole run."""

import json


def start(context):
    cluster = context.arn("ecs", f"cluster/{context.names.cluster}")
    pattern = {
        "source": ["aws.ecs"],
        "detail-type": ["ECS Container Instance State Change", "ECS Task State Change"],
        "detail": {"clusterArn": [cluster]},
    }
    into_queue(context, "capture", EventPattern=json.dumps(pattern))
    context.captures = True


def into_queue(context, what, **rule):
    """A rule of that name with a queue of that name as its target."""
    name, queue = context.names.of(what), context.arn("sqs", context.names.of(what))
    sqs, events = context.client("sqs"), context.client("events")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    source = events.put_rule(Name=name, **rule)["RuleArn"]
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "events.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": queue,
                "Condition": {"ArnEquals": {"aws:SourceArn": source}},
            }
        ],
    }
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
    target = events.put_targets(Rule=name, Targets=[{"Id": what, "Arn": queue}])
    if target["FailedEntryCount"]:
        raise RuntimeError(f"the rule {what} has no target: {target['FailedEntries']}")


def received(context, what):
    """The events in a queue, each with the SentTimestamp of its message. They are deleted from the queue."""
    sqs, found = context.client("sqs"), []
    url = sqs.get_queue_url(QueueName=context.names.of(what))["QueueUrl"]
    while True:
        answer = sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=2, MessageSystemAttributeNames=["SentTimestamp"]
        )
        messages = answer.get("Messages", [])
        if not messages:
            return found
        found += [json.loads(message["Body"]) | message["Attributes"] for message in messages]
        entries = [{"Id": str(at), "ReceiptHandle": message["ReceiptHandle"]} for at, message in enumerate(messages)]
        sqs.delete_message_batch(QueueUrl=url, Entries=entries)


def events(context):
    """All events of ECS since the start, oldest first."""
    context.events += received(context, "capture")
    unique = {event["id"]: event for event in context.events}
    context.events = sorted(unique.values(), key=lambda event: event["time"])
    return context.events


def later(context, earlier):
    """The events that are not among those that were captured earlier."""
    known = {event["id"] for event in earlier}
    return [event for event in events(context) if event["id"] not in known]

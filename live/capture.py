"""Captures the ECS events of the cluster, with a rule and a queue of this run."""

import json


def start(context):
    names = context.names
    sqs, events = context.client("sqs"), context.client("events")
    context.queue = sqs.create_queue(QueueName=names.capture)["QueueUrl"]
    queue_arn = sqs.get_queue_attributes(QueueUrl=context.queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    cluster = f"arn:{context.partition}:ecs:{context.region}:{context.account}:cluster/{names.cluster}"
    pattern = {
        "source": ["aws.ecs"],
        "detail-type": ["ECS Container Instance State Change", "ECS Task State Change"],
        "detail": {"clusterArn": [cluster]},
    }
    rule = events.put_rule(Name=names.capture, EventPattern=json.dumps(pattern))["RuleArn"]
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "events.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": queue_arn,
                "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
            }
        ],
    }
    sqs.set_queue_attributes(QueueUrl=context.queue, Attributes={"Policy": json.dumps(policy)})
    target = events.put_targets(Rule=names.capture, Targets=[{"Id": "capture", "Arn": queue_arn}])
    if target["FailedEntryCount"]:
        raise RuntimeError(f"the capture rule has no target: {target['FailedEntries']}")


def events(context):
    """All events since the start, oldest first."""
    sqs = context.client("sqs")
    while True:
        answer = sqs.receive_message(QueueUrl=context.queue, MaxNumberOfMessages=10, WaitTimeSeconds=2)
        messages = answer.get("Messages", [])
        if not messages:
            break
        context.events += [json.loads(message["Body"]) for message in messages]
        entries = [{"Id": str(at), "ReceiptHandle": message["ReceiptHandle"]} for at, message in enumerate(messages)]
        sqs.delete_message_batch(QueueUrl=context.queue, Entries=entries)
    unique = {event["id"]: event for event in context.events}
    context.events = sorted(unique.values(), key=lambda event: event["time"])
    return context.events

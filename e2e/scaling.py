"""Checks of the integrations of alarm-scaling.

ministack provides the alarms, the service, the group and everything that alarm-scaling calls. The
alarms of the service and its document are those of its stack. ministack's CloudFormation creates no
alarms on metric math, which those of a group are. So this run creates document and alarms for the
group.
"""

import json
import time
from typing import Any

from e2e.checks import DEAD_LETTER_SECONDS, expect, rings
from e2e.clients import REGION
from e2e.processes import eventually
from e2e.region import CLUSTER, GROUP
from e2e.run import Run
from e2e.stack import GROUP_EMPTY, GROUP_FULL, GROUP_TARGET, SERVICE
from e2e.transcript import say

SERVICE_KEY = f"service/{CLUSTER}/{SERVICE}"
TAG = "ecs-tide:last-scaling"

CPU = {
    "MetricName": "CPUUtilization",
    "Dimensions": [{"Name": "ClusterName", "Value": CLUSTER}, {"Name": "ServiceName", "Value": SERVICE}],
}
RESERVED = {"MetricName": "CPUReservation", "Dimensions": [{"Name": "ClusterName", "Value": CLUSTER}]}


def alarms_alone_are_admitted_to_the_scaling_topic(run: Run) -> None:
    """Only alarms can publish to the topic. ministack stores the policy and does not enforce it."""
    topic = run.stack.outputs["ScalingTopicArn"]
    policy = run.client("sns").get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"]
    statements = json.loads(policy)["Statement"]
    expect([one["Principal"] for one in statements] == [{"Service": "cloudwatch.amazonaws.com"}], policy)
    (statement,) = statements
    source = f"arn:aws:cloudwatch:{REGION}:{run.account.id}:alarm:*"
    expect(
        statement["Condition"]
        == {"StringEquals": {"aws:SourceAccount": run.account.id}, "ArnLike": {"aws:SourceArn": source}},
        policy,
    )
    say("only alarms can publish to the topic of scaling alarms")


def _reconciles(run: Run, serialization_key: str, since: float) -> list[dict[str, Any]]:
    records = run.stack.records("alarm-scaling", since)
    return [
        record for record in records if record.get("serialization_key") == serialization_key and "outcomes" in record
    ]


def a_minute_requeue_is_a_work_item_once(run: Run) -> None:
    """A requeue message waits only in the queue of its delay class. reinvoke makes it a work item."""
    sqs = run.client("sqs")
    queue = run.stack.physical("MinuteQueue")
    got = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["DelaySeconds"])
    expect(got["Attributes"]["DelaySeconds"] == "65", f"MinuteQueue: {got['Attributes']}")
    # Shorter than a minute, to save time.
    delay = 8
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"DelaySeconds": str(delay)})
    since = run.stack.now()
    requeue = {"requeue": {"serialization_key": SERVICE_KEY, "delay_class": "minute", "bucket": 1}}
    for _ in range(2):
        run.client("sns").publish(
            TopicArn=run.stack.outputs["ReinvokeTopicArn"],
            Message=json.dumps(requeue),
            MessageAttributes={"delay_class": {"DataType": "String", "StringValue": "minute"}},
            MessageGroupId="e2e-minute",
            MessageDeduplicationId="e2e-minute",
        )
    eventually("a reconcile of the serialization key", lambda: _reconciles(run, SERVICE_KEY, since), delay + 15)
    took = run.stack.now() - since
    expect(took > delay - 1, f"the serialization key was reconciled after {took:.1f} s, not {delay}")
    time.sleep(2)
    reconciles = len(_reconciles(run, SERVICE_KEY, since))
    expect(reconciles == 1, f"a requeue message was reconciled {reconciles} times")
    say(f"a minute requeue message that was published twice became one work item, after {took:.1f} s")


def _measure(run: Run, metric: dict[str, Any], value: float, samples: int = 1) -> None:
    """Publish a metric as ECS would, at the start of minutes that are over. The oldest of them ended
    long enough ago to be complete, and shows that the newer ones are complete too."""
    minute = int(time.time()) // 60
    data = [
        metric | {"Timestamp": (minute - ago) * 60, "Values": [value], "Counts": [samples], "Unit": "Percent"}
        for ago in range(1, 5)
    ]
    run.client("cloudwatch").put_metric_data(Namespace="AWS/ECS", MetricData=data)


def _goes_off(run: Run, alarm: str, metric: dict[str, Any], value: float, samples: int = 1) -> None:
    """Publish a metric until its alarm is in ALARM: ministack evaluates every value, over a moving
    window."""

    def in_alarm() -> bool:
        _measure(run, metric, value, samples)
        (seen,) = run.client("cloudwatch").describe_alarms(AlarmNames=[alarm])["MetricAlarms"]
        return seen["StateValue"] == "ALARM"

    eventually(f"{alarm} is in ALARM", in_alarm, 10)


def _service(run: Run) -> dict[str, Any]:
    described = run.client("ecs").describe_services(cluster=CLUSTER, services=[SERVICE], include=["TAGS"])
    (service,) = described["services"]
    return service


def _becomes(run: Run, desired: int) -> None:
    eventually(f"{SERVICE} has a desired count of {desired}", lambda: _service(run)["desiredCount"] == desired, 30)
    tags = {tag["key"] for tag in _service(run).get("tags", [])}
    expect(TAG in tags, f"{SERVICE} has no tag {TAG}: {tags}")


def a_busy_service_gets_tasks(run: Run) -> None:
    """From metric, alarm, topic and inbox through a work item to UpdateService, with the step of the metric."""
    ecs = run.client("ecs")
    ecs.create_cluster(clusterName=CLUSTER)
    containers = [{"name": "web", "image": "web", "cpu": 256, "memory": 256}]
    definition = ecs.register_task_definition(family=SERVICE, containerDefinitions=containers)["taskDefinition"]
    ecs.create_service(
        cluster=CLUSTER,
        serviceName=SERVICE,
        taskDefinition=definition["taskDefinitionArn"],
        desiredCount=4,
    )
    _goes_off(run, f"{run.stack.service_stack}-tasks-out", CPU, 95.0)
    _becomes(run, 6)
    say(f"{SERVICE} at 95% of its CPU: 4 tasks become 6")


def an_idle_service_gives_tasks_back(run: Run) -> None:
    """Scale-in. The test removes the tag that holds the cooldown of 2 minutes, to save time. The
    alarm sends no second message, but the loop reads its state."""
    # Enough samples to outweigh the busy minute, which ministack averages with them.
    _goes_off(run, f"{run.stack.service_stack}-tasks-in", CPU, 5.0, samples=1000)
    run.client("ecs").untag_resource(resourceArn=_service(run)["serviceArn"], tagKeys=[TAG])
    _becomes(run, 5)
    say(f"{SERVICE} at 5%: 6 tasks become 5")


def _group(run: Run) -> dict[str, Any]:
    described = run.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[GROUP])
    (group,) = described["AutoScalingGroups"]
    return group


def _becomes_as_large_as(run: Run, desired: int) -> None:
    eventually(f"{GROUP} has a desired capacity of {desired}", lambda: _group(run)["DesiredCapacity"] == desired, 30)
    tags = {tag["Key"] for tag in _group(run)["Tags"]}
    expect(TAG in tags, f"{GROUP} has no tag {TAG}: {tags}")


def a_full_group_gets_an_instance_and_an_empty_one_loses_it(run: Run) -> None:
    """A document of one's own, with tagged alarms that notify the same topic."""
    autoscaling, cloudwatch = run.client("autoscaling"), run.client("cloudwatch")
    autoscaling.create_auto_scaling_group(
        AutoScalingGroupName=GROUP, MinSize=1, MaxSize=4, DesiredCapacity=2, AvailabilityZones=[f"{REGION}a"]
    )
    for alarm, operator, threshold in (
        (GROUP_FULL, "GreaterThanOrEqualToThreshold", 70),
        (GROUP_EMPTY, "LessThanOrEqualToThreshold", 30),
    ):
        cloudwatch.put_metric_alarm(
            AlarmName=alarm,
            Namespace="AWS/ECS",
            **RESERVED,
            Statistic="Average",
            Period=60,
            EvaluationPeriods=2,
            ComparisonOperator=operator,
            Threshold=threshold,
            AlarmActions=[run.stack.outputs["ScalingTopicArn"]],
            Tags=[{"Key": "ecs-tide:target", "Value": GROUP_TARGET}],
        )
    _goes_off(run, GROUP_FULL, RESERVED, 80.0)
    _becomes_as_large_as(run, 3)
    say(f"{GROUP}, 80% reserved: 2 instances become 3")
    _goes_off(run, GROUP_EMPTY, RESERVED, 10.0, samples=1000)
    tag = {"ResourceId": GROUP, "ResourceType": "auto-scaling-group", "Key": TAG, "PropagateAtLaunch": False}
    autoscaling.delete_tags(Tags=[tag])
    _becomes_as_large_as(run, 2)
    say(f"{GROUP}, 10% reserved: 3 instances become 2")


def the_loop_ends_with_the_alarms(run: Run) -> None:
    """Without an alarm in ALARM, nothing is requeued."""
    for metric in (CPU, RESERVED):
        _measure(run, metric, 50.0, samples=1_000_000)
    described = run.client("cloudwatch").describe_alarms(AlarmTypes=["MetricAlarm"], StateValue="ALARM")
    on = [alarm["AlarmName"] for alarm in described["MetricAlarms"]]
    expect(not on, f"still in ALARM: {on}")
    queues = [run.stack.physical(queue) for queue in ("MinuteQueue", "SoonQueue", "LaterQueue", "WorkItemQueue")]
    eventually("the loop ends", lambda: all(run.depth(queue) == 0 for queue in queues), 40)
    say(f"{SERVICE} and {GROUP} at 50%: no alarm is in ALARM, and the loop has ended")


def poisoned_alarms_and_work_items_are_dead_letters(run: Run) -> None:
    """A malformed message fails alone, goes to the dead-letter queue and raises its alarm."""
    sqs, sns = run.client("sqs"), run.client("sns")
    for queue in ("AlarmInbox", "WorkItemQueue"):
        at = run.stack.outputs[f"{queue}Url"]
        sqs.set_queue_attributes(QueueUrl=at, Attributes={"VisibilityTimeout": "1"})
    sns.publish(TopicArn=run.stack.outputs["ScalingTopicArn"], Message='{"AlarmName": 7')
    sqs.send_message(
        QueueUrl=run.stack.outputs["WorkItemQueueUrl"],
        MessageBody='{"work_item": 7',
        MessageGroupId="poison",
        MessageDeduplicationId="poison",
    )
    for letters in ("AlarmDeadLetters", "WorkItemDeadLetters"):
        url = run.stack.outputs[f"{letters}Url"]
        eventually(f"{letters} holds a message", lambda at=url: run.depth(at) == 1, DEAD_LETTER_SECONDS)
        rings(run, letters, url)

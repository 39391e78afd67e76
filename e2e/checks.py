"""Checks of the deployed stack, one integration after the other, the quickest first."""

import json
from typing import Any

from e2e.clients import REGION
from e2e.emulator import ROOT
from e2e.processes import E2eError, eventually
from e2e.region import CLUSTER, GROUP
from e2e.run import Run
from e2e.stack import EVENTS
from e2e.transcript import say

SOURCE = "e2e"
"""The source of test events: neither AWS nor ministack accepts events with the source `aws.ecs`."""

ALARMS = "alarms"
"""The topic that the alarms of the stack notify, and a queue that receives from it."""

RATE = "rate(1 minute)"
"""Lasts 2 s: see gateway.py."""

DEAD_LETTER_SECONDS = 45
"""Time limit for a malformed message, which becomes a dead letter after 5 deliveries, about 6 s."""


def alarm_topic(run: Run) -> str:
    """The ARN of a new topic ALARMS."""
    topic = run.client("sns").create_topic(Name=ALARMS)["TopicArn"]
    run.listen(ALARMS, topic)
    return topic


def expect(holds: bool, otherwise: str) -> None:
    """Raise E2eError with the text `otherwise` unless it holds."""
    if not holds:
        raise E2eError(otherwise)


def the_hook_holds_the_group(run: Run) -> None:
    """hook-keeper puts the hook on a group with the tag of a cluster."""
    run.stack.keep_hooks()
    hook, outputs = run.stack.hook(GROUP), run.stack.outputs
    wanted = {
        "LifecycleHookName": outputs["HookName"],
        "LifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING",
        "HeartbeatTimeout": 1800,
        "DefaultResult": "CONTINUE",
        "NotificationTargetARN": outputs["LifecycleTopicArn"],
        "RoleARN": outputs["HookRoleArn"],
    }
    expect({key: hook.get(key) for key in wanted} == wanted, f"hook: {hook}")
    expect(json.loads(hook["NotificationMetadata"]) == {"cluster": CLUSTER}, f"hook: {hook}")
    say(f"hook-keeper has put the hook {outputs['HookName']} on {GROUP}")


def failed_invocations_are_kept(run: Run) -> None:
    """Events of failed asynchronous invocations go to a dead-letter queue."""
    sqs = run.client("sqs")
    for output, letters in (
        ("AutoDrainName", "InboxDeadLettersUrl"),
        ("ReinvokeName", "InboxDeadLettersUrl"),
        ("HookKeeperName", "InboxDeadLettersUrl"),
        ("AlarmScalingName", "AlarmDeadLettersUrl"),
    ):
        url = run.stack.outputs[letters]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        got = run.client("lambda").get_function_event_invoke_config(
            FunctionName=run.stack.outputs[output], Qualifier="$LATEST"
        )
        expect(got["DestinationConfig"]["OnFailure"]["Destination"] == arn, f"{output}: {got}")
    say("failed asynchronous invocations go to the dead-letter queues")


def _event(run: Run, file: str) -> tuple[str, Any]:
    """The type and detail of an event in events/, with the account of the run."""
    text = (ROOT / "events" / f"auto-drain-{file}-eventbridge.json").read_text()
    event = json.loads(text.replace("123456789012", run.account.id))
    return event["detail-type"], event["detail"]


def each_rule_reaches_auto_drain(run: Run) -> None:
    """An event that matches a rule goes through the inbox to auto-drain, which may skip it."""
    events = run.client("events")
    files = {
        "InstanceHeldRule": "lifecycle-terminating",
        "InstanceDrainedRule": "container-instance-drained",
        "TaskStoppedRule": "task-stopped",
        "SpotInterruptionRule": "spot-interruption",
    }
    for rule, file in files.items():
        name = run.stack.physical(rule, EVENTS)
        pattern = json.loads(events.describe_rule(Name=name)["EventPattern"])
        pattern["source"].append(SOURCE)
        events.put_rule(Name=name, EventPattern=json.dumps(pattern))
        kind, detail = _event(run, file)
        since = run.stack.now()
        sent = events.put_events(Entries=[{"Source": SOURCE, "DetailType": kind, "Detail": json.dumps(detail)}])
        expect(sent["FailedEntryCount"] == 0, f"{rule}: {sent}")
        run.an_event(f"{rule}, {kind}", since)


def a_pattern_keeps_others_out(run: Run) -> None:
    """An event of another cluster matches no rule, nor does that of another hook."""
    stopped, task = _event(run, "task-stopped")
    task["clusterArn"] = f"arn:aws:ecs:{REGION}:{run.account.id}:cluster/other"
    held, action = _event(run, "lifecycle-terminating")
    action["LifecycleHookName"] = "backup"
    for kind, detail in ((stopped, task), (held, action)):
        run.client("events").put_events(Entries=[{"Source": SOURCE, "DetailType": kind, "Detail": json.dumps(detail)}])
    depth = run.depth(run.stack.outputs["InboxUrl"])
    expect(depth == 0, f"events of another cluster or hook are in the inbox, which holds {depth} messages")
    say("an event of another cluster matches no rule, nor does that of another hook")


def a_requeue_of_each_delay_class_comes_back_once(run: Run) -> None:
    """A requeue on the FIFO topic waits only in the queue of its delay class. reinvoke delivers it
    to the topic that triggers auto-drain."""
    heard = run.listen("probe", run.stack.outputs["LifecycleTopicArn"])
    delay_classes = {"soon": 6, "later": 10}
    for delay_class in delay_classes:
        requeue = {"requeue": {"cluster": CLUSTER, "delay_class": delay_class, "bucket": 1}}
        # Twice, like two reconciles in one time bucket.
        for _ in range(2):
            run.client("sns").publish(
                TopicArn=run.stack.outputs["ReinvokeTopicArn"],
                Message=json.dumps(requeue),
                MessageAttributes={"delay_class": {"DataType": "String", "StringValue": delay_class}},
                MessageGroupId=f"e2e-{delay_class}",
                MessageDeduplicationId=f"e2e-{delay_class}",
            )
    began = run.stack.now()
    back: dict[str, list[float]] = {delay_class: [] for delay_class in delay_classes}

    def listen(delay_class: str) -> bool:
        for message in run.receive(heard):
            back[message["requeue"]["delay_class"]].append(run.stack.now() - began)
        return bool(back[delay_class])

    for delay_class in delay_classes:
        eventually(f"a {delay_class} requeue message comes back", lambda one=delay_class: listen(one), 25)
    # Through the wrong queue, more messages would arrive until then.
    eventually("the later queue's delay is over", lambda: run.stack.now() > began + 14, 20)
    listen("later")
    for delay_class, delay in delay_classes.items():
        times = back[delay_class]
        expect(len(times) == 1, f"the {delay_class} requeue message came back {len(times)} times, not once")
        expect(times[0] > delay - 1, f"the {delay_class} requeue message came back after {times[0]:.1f} s, not {delay}")
        say(f"a {delay_class} requeue message that was published twice came back once, after {times[0]:.1f} s")


def notification(run: Run, group: str, instance: str) -> None:
    """Publish the notification that Auto Scaling would send to the lifecycle topic."""
    text = (ROOT / "events/auto-drain-lifecycle-terminating-bare.json").read_text()
    message = json.loads(text) | {
        "AutoScalingGroupName": group,
        "EC2InstanceId": instance,
        "LifecycleHookName": "ecs-tide-drain",
    }
    run.client("sns").publish(TopicArn=run.stack.outputs["LifecycleTopicArn"], Message=json.dumps(message))
    say(f"the hook's notification for {instance} of {group}")


def drains(run: Run, group: str, instance: str, seconds: float) -> None:
    """The notification alone drains the instance, and no task is cut short."""
    notification(run, group, instance)
    last = ""

    def gone() -> dict[str, Any]:
        nonlocal last
        now = run.region.instances()[instance]
        states = [container["status"] for container in now["container-instances"]]
        left = sum(task["last-status"] != "STOPPED" for task in now["tasks"])
        line = f"{instance}  {now['state']}  {', '.join(states)}  {left} tasks not stopped"
        if line != last:
            last = line
            say(line)
        ends = [action["end"] for action in now["lifecycle-actions"]]
        return now if all(ends) else {}

    now = eventually(f"{instance} is drained", gone, seconds)
    (action,) = now["lifecycle-actions"]
    expect(action["end"] == "CONTINUE", f"{instance}: its lifecycle action ended with {action['end']}")
    cut = [task["arn"] for task in now["tasks"] if task["cut-short"]]
    expect(not cut, f"{instance}: these tasks were cut short: {cut}")


def a_notification_drains_an_instance(run: Run) -> None:
    """The notification goes through topic and inbox to auto-drain. The loop runs until the last stop."""
    instance = run.region.serving(GROUP)[0]
    run.region.control("terminate-instance", {"instance": instance, "decrement": True})
    since = run.stack.now()
    drains(run, GROUP, instance, 90)
    queues = [run.stack.physical(queue) for queue in ("Inbox", "SoonQueue", "LaterQueue")]
    eventually("the loop ends", lambda: all(run.depth(queue) == 0 for queue in queues), 30)
    delivered = [r.get("RequeuesDelivered", 0) for r in run.stack.records("reinvoke", since)]
    expect(sum(delivered) > 0, "reinvoke delivered no requeue message")
    say(f"drained with {len(run.reconciles(since))} reconciles, {sum(delivered)} of them by the loop, which has ended")


def no_message_is_misrouted(run: Run) -> None:
    """The filter of each subscription keeps other delay classes out. Both functions acknowledge
    misrouted messages, so only their records show them."""
    reinvoke, scaling = run.stack.records("reinvoke"), run.stack.records("alarm-scaling")
    misrouted = [record["misrouted"] for record in reinvoke if "misrouted" in record]
    misrouted += [record["skipped"] for record in scaling if "misrouted" in record.get("skipped", {})]
    expect(not misrouted, f"misrouted messages: {misrouted}")
    say("no message is in the queue of another delay class")


def the_schedule_brings_a_reconcile(run: Run) -> None:
    """The message of the schedule triggers a reconcile. Its rate is raised to save time."""
    events = run.client("events")
    name = run.stack.physical("ScheduleRule", EVENTS)
    rate = events.describe_rule(Name=name)["ScheduleExpression"]
    since = run.stack.now()
    events.put_rule(Name=name, ScheduleExpression=RATE)
    run.a_reconcile("ScheduleRule", since, seconds=25)
    events.put_rule(Name=name, ScheduleExpression=rate)


def the_schedule_keeps_hooks(run: Run) -> None:
    """The schedule invokes hook-keeper. Its rate is raised to save time."""
    events = run.client("events")
    name = run.stack.physical("KeepHooksRule", EVENTS)
    rate = events.describe_rule(Name=name)["ScheduleExpression"]
    since = run.stack.now()
    events.put_rule(Name=name, ScheduleExpression=RATE)
    eventually("a run of hook-keeper", lambda: run.stack.records("hook-keeper", since), 25)
    events.put_rule(Name=name, ScheduleExpression=rate)
    (record, *_) = run.stack.records("hook-keeper", since)
    expect("error" not in record and "HookErrors" not in record, f"hook-keeper: {record}")
    say("the schedule runs hook-keeper")


def rings(run: Run, dead_letters: str, url: str) -> None:
    """The alarm of a dead-letter queue has its dimensions, and notifies its topic.

    ministack publishes no metrics of queues, so this publishes the depth. It also ignores
    dimensions, so this compares them.
    """
    cloudwatch = run.client("cloudwatch")
    name = run.stack.physical(f"{dead_letters}Alarm", "MonitoringStack")
    dimensions = [{"Name": "QueueName", "Value": url.rsplit("/", 1)[1]}]
    metric = {"MetricName": "ApproximateNumberOfMessagesVisible", "Dimensions": dimensions}

    def notified() -> bool:
        data = metric | {"Value": run.depth(url)}
        cloudwatch.put_metric_data(Namespace="AWS/SQS", MetricData=[data])
        (alarm,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
        expect({key: alarm[key] for key in metric} == metric, f"{name} watches {alarm}")
        heard = run.receive(run.queue_url(ALARMS))
        run.rung |= {message["AlarmName"] for message in heard if message["NewStateValue"] == "ALARM"}
        return name in run.rung

    eventually(f"{name} notifies its topic", notified, 15)
    say(f"{dead_letters} holds a message, and its alarm has notified its topic")


def poison_goes_to_the_dead_letters(run: Run) -> None:
    """A malformed message fails alone, goes to the dead-letter queue and raises its alarm."""
    sns = run.client("sns")
    topic = run.stack.outputs["LifecycleTopicArn"]
    since = run.stack.now()
    sns.publish(TopicArn=topic, Message='{"LifecycleTransition": 7')
    sns.publish(TopicArn=topic, Message=json.dumps({"schedule": {"cluster": CLUSTER}}))
    run.a_reconcile("a message next to a malformed one", since)
    url = run.stack.outputs["InboxDeadLettersUrl"]
    eventually("the malformed message is a dead letter", lambda: run.depth(url) == 1, DEAD_LETTER_SECONDS)
    rings(run, "InboxDeadLetters", url)


def a_poisoned_requeue_goes_to_the_dead_letters(run: Run) -> None:
    """The same for each delay queue."""
    sqs = run.client("sqs")
    url = run.stack.outputs["RequeueDeadLettersUrl"]
    queues = {queue: run.stack.physical(queue) for queue in ("SoonQueue", "LaterQueue", "MinuteQueue")}
    for at in queues.values():
        delay = sqs.get_queue_attributes(QueueUrl=at, AttributeNames=["DelaySeconds"])["Attributes"]
        # ministack delays a message by what the queue has when the message is sent.
        sqs.set_queue_attributes(QueueUrl=at, Attributes={"VisibilityTimeout": "1", "DelaySeconds": "0"})
        sqs.send_message(QueueUrl=at, MessageBody="{}", MessageGroupId="poison", MessageDeduplicationId="poison")
        sqs.set_queue_attributes(QueueUrl=at, Attributes=delay)
    for queue, at in queues.items():
        eventually(f"the malformed message leaves {queue}", lambda at=at: run.depth(at) == 0, DEAD_LETTER_SECONDS)
    eventually("all malformed requeue messages are dead letters", lambda: run.depth(url) == 3, 15)
    rings(run, "RequeueDeadLetters", url)

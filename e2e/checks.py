"""What must be true of the deployed stack, wire by wire; the quickest to find out first."""

import json
from typing import Any

from e2e.clients import ACCOUNT, REGION
from e2e.emulator import ROOT
from e2e.processes import Trouble, eventually
from e2e.region import CLUSTER, GROUP
from e2e.run import Run
from e2e.stack import NAME
from e2e.transcript import say

SOURCE = "e2e"
"""A source for events of our own: neither AWS nor ministack lets anyone speak as `aws.ecs`."""

ALARMS = "alarms"
"""The topic that the stack's alarms ring."""


def expect(holds: bool, otherwise: str) -> None:
    """Raise Trouble unless it holds."""
    if not holds:
        raise Trouble(otherwise)


def the_hook_holds_the_group(run: Run) -> None:
    """CloudFormation has put the hook on the group."""
    hooks = [hook for hook in run.stack.hooks(GROUP) if hook["LifecycleHookName"] == f"{NAME}-drain"]
    expect(len(hooks) == 1, f"{GROUP} has {len(hooks)} hooks {NAME}-drain")
    (hook,) = hooks
    expect(hook["LifecycleTransition"] == "autoscaling:EC2_INSTANCE_TERMINATING", f"hook: {hook}")
    expect(hook["HeartbeatTimeout"] == 1800, f"hook: {hook}")
    expect(json.loads(hook["NotificationMetadata"]) == {"cluster": CLUSTER}, f"hook: {hook}")
    say(f"the hook {NAME}-drain is on {GROUP}")


def failed_invocations_are_kept(run: Run) -> None:
    """What a function fails on when it is invoked by an event goes to the dead letters."""
    sqs = run.emulator.client("sqs")
    for output, letters in (
        ("AutoDrainName", "InboxDeadLettersUrl"),
        ("ReinvokeName", "InboxDeadLettersUrl"),
        ("AlarmScalingName", "AlarmDeadLettersUrl"),
    ):
        url = run.stack.outputs[letters]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        got = run.emulator.client("lambda").get_function_event_invoke_config(
            FunctionName=run.stack.outputs[output], Qualifier="$LATEST"
        )
        expect(got["DestinationConfig"]["OnFailure"]["Destination"] == arn, f"{output}: {got}")
    say("the functions pass failures on to their dead letters")


def _event(file: str) -> tuple[str, Any]:
    """One of the project's own events, of this account."""
    text = (ROOT / "events" / f"auto-drain-{file}-eventbridge.json").read_text()
    event = json.loads(text.replace("123456789012", ACCOUNT))
    return event["detail-type"], event["detail"]


def each_rule_brings_a_look(run: Run) -> None:
    """An event that a rule's pattern admits goes through the inbox to auto-drain."""
    events = run.emulator.client("events")
    files = {
        "InstanceDrainedRule": "container-instance-drained",
        "TaskStoppedRule": "task-stopped",
        "SpotInterruptionRule": "spot-interruption",
    }
    for rule, file in files.items():
        name = run.stack.physical(rule)
        pattern = json.loads(events.describe_rule(Name=name)["EventPattern"])
        pattern["source"].append(SOURCE)
        events.put_rule(Name=name, EventPattern=json.dumps(pattern))
        kind, detail = _event(file)
        since = run.stack.now()
        sent = events.put_events(Entries=[{"Source": SOURCE, "DetailType": kind, "Detail": json.dumps(detail)}])
        expect(sent["FailedEntryCount"] == 0, f"{rule}: {sent}")
        run.a_look(f"{rule}, {kind}", since)


def a_pattern_keeps_others_out(run: Run) -> None:
    """An event of another cluster passes no rule."""
    kind, detail = _event("task-stopped")
    detail["clusterArn"] = f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/other"
    run.emulator.client("events").put_events(
        Entries=[{"Source": SOURCE, "DetailType": kind, "Detail": json.dumps(detail)}]
    )
    depth = run.depth(run.stack.outputs["InboxUrl"])
    expect(depth == 0, f"an event of another cluster came to the inbox, which holds {depth}")
    say("an event of another cluster passes no rule")


def a_tick_of_each_pace_comes_back_once(run: Run) -> None:
    """A request on the FIFO topic waits in the queue of its pace alone, and comes back by
    reinvoke to the topic that wakes auto-drain."""
    heard = run.listen("probe", run.stack.outputs["LifecycleTopicArn"])
    paces = {"soon": 6, "later": 10}
    for pace in paces:
        tick = {"tick": {"cluster": CLUSTER, "pace": pace, "bucket": 1}}
        # Twice, as two looks would that fall into one bucket.
        for _ in range(2):
            run.emulator.client("sns").publish(
                TopicArn=run.stack.outputs["ReinvokeTopicArn"],
                Message=json.dumps(tick),
                MessageAttributes={"pace": {"DataType": "String", "StringValue": pace}},
                MessageGroupId=f"e2e-{pace}",
                MessageDeduplicationId=f"e2e-{pace}",
            )
    began = run.stack.now()
    back: dict[str, list[float]] = {pace: [] for pace in paces}

    def listen() -> bool:
        for message in run.receive(heard):
            back[message["tick"]["pace"]].append(run.stack.now() - began)
        return all(back.values())

    eventually("a tick of each pace comes back", listen, 25)
    # A third of each would come by the other queue.
    eventually("the later queue's delay is over", lambda: run.stack.now() > began + 14, 20)
    listen()
    for pace, delay in paces.items():
        times = back[pace]
        expect(len(times) == 1, f"the {pace} tick came back {len(times)} times, not once")
        expect(times[0] > delay - 1, f"the {pace} tick came back after {times[0]:.1f} s, not {delay}")
        say(f"a {pace} tick that was asked for twice came back once, after {times[0]:.1f} s")


def notice(run: Run, group: str, instance: str) -> None:
    """Tell the lifecycle topic what Auto Scaling would."""
    text = (ROOT / "events/auto-drain-lifecycle-terminating-bare.json").read_text()
    message = json.loads(text) | {
        "AutoScalingGroupName": group,
        "EC2InstanceId": instance,
        "LifecycleHookName": f"{NAME}-drain",
    }
    run.emulator.client("sns").publish(TopicArn=run.stack.outputs["LifecycleTopicArn"], Message=json.dumps(message))
    say(f"the hook's notice for {instance} of {group}")


def drains(run: Run, group: str, instance: str, seconds: float) -> None:
    """A notice, and nothing else, drains the instance; no task is cut short."""
    notice(run, group, instance)
    told = ""

    def gone() -> dict[str, Any]:
        nonlocal told
        now = run.region.instances()[instance]
        states = [container["status"] for container in now["container-instances"]]
        left = sum(task["last-status"] != "STOPPED" for task in now["tasks"])
        line = f"{instance}  {now['state']}  {', '.join(states)}  {left} tasks not stopped"
        if line != told:
            told = line
            say(line)
        ends = [action["end"] for action in now["lifecycle-actions"]]
        return now if all(ends) else {}

    now = eventually(f"{instance} is drained", gone, seconds)
    (action,) = now["lifecycle-actions"]
    expect(action["end"] == "CONTINUE", f"{instance}: its lifecycle action ended with {action['end']}")
    cut = [task["arn"] for task in now["tasks"] if task["cut-short"]]
    expect(not cut, f"{instance}: cut short were {cut}")


def a_notice_drains_an_instance(run: Run) -> None:
    """From topic to inbox to auto-drain, and by the loop until the last task has stopped."""
    instance = run.region.serving(GROUP)[0]
    run.region.control("terminate-instance", {"instance": instance, "decrement": True})
    since = run.stack.now()
    drains(run, GROUP, instance, 90)
    queues = [run.stack.physical(queue) for queue in ("Inbox", "SoonQueue", "LaterQueue")]
    eventually("the loop ends", lambda: all(run.depth(queue) == 0 for queue in queues), 30)
    handed = [r.get("TicksHandedBack", 0) for r in run.stack.records("reinvoke", since)]
    expect(sum(handed) > 0, "no tick came back through reinvoke")
    say(f"drained with {len(run.looks(since))} looks, {sum(handed)} of them by the loop, which has ended")


def nothing_strays(run: Run) -> None:
    """Each subscription's filter keeps other paces out. Both functions acknowledge what comes
    all the same, so it shows in their records alone."""
    reinvoke, scaling = run.stack.records("reinvoke"), run.stack.records("alarm-scaling")
    strays = [record["strays"] for record in reinvoke if "strays" in record]
    strays += [record["skipped"] for record in scaling if "stray" in record.get("skipped", {})]
    expect(not strays, f"messages strayed: {strays}")
    say("no message strayed into the queue of another pace")


def the_schedule_brings_a_look(run: Run) -> None:
    """What the schedule sends is taken for a look. Its rate is shortened, as five minutes
    are long."""
    since = run.stack.now()
    name = run.stack.physical("ScheduleRule")
    run.emulator.client("events").put_rule(Name=name, ScheduleExpression="rate(1 minute)")
    run.a_look("ScheduleRule", since, seconds=90)


def rings(run: Run, dead_letters: str, url: str) -> None:
    """The alarm on a dead-letter queue watches it, and rings.

    ministack has no metrics of queues, so the depth is put where SQS would put it; and it
    looks at no dimension, so that is done here.
    """
    cloudwatch = run.emulator.client("cloudwatch")
    name = run.stack.physical(f"{dead_letters}Alarm")
    dimensions = [{"Name": "QueueName", "Value": url.rsplit("/", 1)[1]}]
    metric = {"MetricName": "ApproximateNumberOfMessagesVisible", "Dimensions": dimensions}

    def look() -> bool:
        data = metric | {"Value": run.depth(url)}
        cloudwatch.put_metric_data(Namespace="AWS/SQS", MetricData=[data])
        (alarm,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
        expect({key: alarm[key] for key in metric} == metric, f"{name} watches {alarm}")
        heard = run.receive(run.queue_url(ALARMS))
        run.rung |= {message["AlarmName"] for message in heard if message["NewStateValue"] == "ALARM"}
        return name in run.rung

    eventually(f"{name} rings", look, 30)
    say(f"{dead_letters} holds a message, and its alarm rings")


def poison_goes_to_the_dead_letters(run: Run) -> None:
    """A message that nobody can read fails alone, ends in the dead-letter queue, and rings."""
    sns = run.emulator.client("sns")
    topic = run.stack.outputs["LifecycleTopicArn"]
    since = run.stack.now()
    sns.publish(TopicArn=topic, Message='{"LifecycleTransition": 7')
    sns.publish(TopicArn=topic, Message=json.dumps({"schedule": {"cluster": CLUSTER}}))
    run.a_look("a message beside a poisoned one", since)
    url = run.stack.outputs["InboxDeadLettersUrl"]
    eventually("the poisoned message is a dead letter", lambda: run.depth(url) == 1, 60)
    rings(run, "InboxDeadLetters", url)


def a_poisoned_tick_goes_to_the_dead_letters(run: Run) -> None:
    """Likewise for each delay queue."""
    sqs = run.emulator.client("sqs")
    url = run.stack.outputs["TickDeadLettersUrl"]
    for queue in ("SoonQueue", "LaterQueue", "MinuteQueue"):
        at = run.stack.physical(queue)
        sqs.set_queue_attributes(QueueUrl=at, Attributes={"VisibilityTimeout": "1"})
        sqs.send_message(QueueUrl=at, MessageBody="{}", MessageGroupId="poison", MessageDeduplicationId="poison")
    eventually("all poisoned ticks are dead letters", lambda: run.depth(url) == 3, 60)
    rings(run, "TickDeadLetters", url)

"""alarm-scaling decides: alarms reach it by the topic, and it scales the service and the group."""

from .. import probe_alarms, probe_scaling
from ..finding import AGREES, DIFFERS, NOT_SHOWN, Finding, check
from ..probe_scaling import BUSY, FULL, TAG

SECONDS = 900
BREACHING = {1: 50.0, 2: 50.0}


@check(
    "an alarm adds a task", "An alarm reaches alarm-scaling, which adds a task by UpdateService and tags the service."
)
def tasks_out(context):
    """AWS documents UpdateService and TagResource
    (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html).
    `crates/alarm-scaling/src/apply.rs` calls both."""
    return by_own_alarm(context, BUSY, probe_scaling.service_desired, probe_scaling.service_tag)


@check("an alarm adds an instance", "alarm-scaling adds an instance by SetDesiredCapacity and tags the group.")
def instances_out(context):
    """AWS documents SetDesiredCapacity
    (https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_SetDesiredCapacity.html).
    `crates/alarm-scaling/src/apply.rs` calls it, and CreateOrUpdateTags."""
    return by_own_alarm(context, FULL, probe_scaling.group_desired, probe_scaling.group_tag)


@check(
    "a composite alarm removes a task",
    "The composite alarm on low CPU and low memory reaches alarm-scaling, which removes a task.",
)
def tasks_in(context):
    """AWS documents that composite alarms notify topics alone
    (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html).
    `stacks/service-scaling.yaml` has the alarm, and `crates/scaling/src/alarm` reads it."""
    names = context.names
    context.client("ecs").update_service(cluster=names.cluster, service=names.service, desiredCount=3)
    again(context, f"{names.scaling('service')}-tasks-cpu-low")
    return scaled(
        context,
        f"{names.scaling('service')}-tasks-in-both",
        3,
        probe_scaling.service_desired,
        probe_scaling.service_tag,
    )


@check("an alarm removes an instance", "The alarm on the reservation of the cluster removes an instance.")
def instances_in(context):
    """AWS documents the reservation metrics
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-metrics.html).
    `stacks/cluster-scaling.yaml` watches the larger one."""
    names = context.names
    context.client("autoscaling").set_desired_capacity(AutoScalingGroupName=names.group, DesiredCapacity=2)
    again(context, f"{names.scaling('group')}-instances-in")
    return scaled(
        context, f"{names.scaling('group')}-instances-in", 2, probe_scaling.group_desired, probe_scaling.group_tag
    )


def by_own_alarm(context, what, desired, tag):
    before = desired(context)
    tags = [{"Key": "ecs-tide:target", "Value": probe_scaling.targets(context.names)[what]}]
    probe_alarms.put(context, what, BREACHING, AlarmActions=[context.outputs["ScalingTopicArn"]], Tags=tags)
    return scaled(context, context.names.probes + what, before, desired, tag)


def again(context, alarm):
    """Put an alarm into OK, so that its next evaluation is a change that it notifies."""
    context.client("cloudwatch").set_alarm_state(AlarmName=alarm, StateValue="OK", StateReason="the live check begins")


def scaled(context, alarm, before, desired, tag):
    """Wait until alarm-scaling has scaled by that alarm, and read what has become of its target."""
    since = context.now()

    def made():
        found = probe_scaling.decisions(context, since)
        return [one for one in found if one["alarm"] == alarm and one["scale"] and one["applied"]]

    decision = context.wait(f"a scaling by {alarm}", made, SECONDS, every=15)[0]
    context.sleep(10)
    return judge(decision, before, desired(context), tag(context))


def judge(decision, before, after, tag):
    evidence = {"decision": decision, "desired before": before, "desired after": after, TAG: tag}
    scale = decision["scale"]
    if after == before:
        return Finding(DIFFERS, f"decided {scale['from']} to {scale['to']}, and {after} are desired still", evidence)
    if not tag:
        return Finding(DIFFERS, f"scaled to {after}, and the tag {TAG} is missing", evidence)
    return Finding(AGREES, f"scaled from {scale['from']} to {scale['to']}, with the tag {tag!r}", evidence)


@check("the policy of the scaling topic", "CloudWatch may publish all alarms of the stack, the composite one included.")
def topic_policy(context):
    """AWS documents the service principal and aws:SourceArn for alarms
    (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html).
    The policy of the topic in `template.yaml` names both, with aws:SourceAccount."""
    names = context.names
    alarms = [
        names.probes + BUSY,
        f"{names.scaling('service')}-tasks-in-both",
        f"{names.scaling('group')}-instances-in",
    ]
    actions = {alarm: history(context, alarm) for alarm in alarms}
    return judge_policy(actions)


def history(context, alarm):
    """What became of the actions of an alarm."""
    found = context.client("cloudwatch").describe_alarm_history(
        AlarmName=alarm, AlarmTypes=["MetricAlarm", "CompositeAlarm"], HistoryItemType="Action"
    )
    return [item["HistorySummary"] for item in found["AlarmHistoryItems"]]


def judge_policy(actions):
    failed = [text for found in actions.values() for text in found if not text.startswith("Successfully")]
    if failed:
        return Finding(DIFFERS, failed[0], actions)
    silent = [alarm for alarm, found in actions.items() if not found]
    if silent:
        return Finding(NOT_SHOWN, f"without an action: {', '.join(silent)}", actions)
    return Finding(AGREES, "every action of every alarm was executed", actions)


@check("the permissions of alarm-scaling", "No call of alarm-scaling is denied, DescribeServices with TAGS included.")
def permitted(context):
    """AWS documents that tags in DescribeServices need no action of their own
    (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html).
    The role of alarm-scaling in `template.yaml` allows none."""
    since = context.deployed
    denied = probe_scaling.records(context, since, '{ $.error_kind = "denied" }')
    return judge_permitted(len(probe_scaling.decisions(context, since)), denied)


def judge_permitted(decided, denied):
    if denied:
        return Finding(DIFFERS, f"denied: {denied[0].get('error')}", denied[:5])
    if not decided:
        return Finding(NOT_SHOWN, "alarm-scaling has decided nothing")
    return Finding(AGREES, f"{decided} decisions, and no call was denied")

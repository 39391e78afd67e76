"""What a group decides: the step at the threshold, and the instance that a scale-in takes."""

from .. import probe_groups
from ..finding import AGREES, DIFFERS, NOT_SHOWN, Finding, check

THRESHOLD = 50.0
BELOW, ABOVE = 1, 2


def begin_steps(context):
    """A group that launches nothing: only its desired capacity changes."""
    group = probe_groups.create(context, "stepped", most=2, desired=0)
    autoscaling = context.client("autoscaling")
    autoscaling.suspend_processes(AutoScalingGroupName=group, ScalingProcesses=["Launch"])
    autoscaling.put_scaling_policy(
        AutoScalingGroupName=group,
        PolicyName="steps",
        PolicyType="StepScaling",
        AdjustmentType="ExactCapacity",
        StepAdjustments=[
            {"MetricIntervalUpperBound": 0.0, "ScalingAdjustment": BELOW},
            {"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": ABOVE},
        ],
    )


@check(
    "the step at the threshold",
    "A metric at the threshold gets the step that begins there, not the one that ends there.",
    begin_steps,
)
def step_at_threshold(context, _):
    """AWS documents which bound is inclusive above and below the threshold, and not at it
    (https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html).
    `crates/region-scaling/src/step.rs` and `crates/scaling/src/policy` take the step that begins there."""
    group = context.names.of("stepped")
    context.client("autoscaling").execute_policy(
        AutoScalingGroupName=group, PolicyName="steps", MetricValue=THRESHOLD, BreachThreshold=THRESHOLD
    )
    context.sleep(5)
    return judge_step(probe_groups.read(context, group)["DesiredCapacity"])


def judge_step(desired):
    evidence = {"desired capacity": desired, "by the step below": BELOW, "by the step above": ABOVE}
    if desired not in (BELOW, ABOVE):
        return Finding(NOT_SHOWN, f"the policy set the capacity {desired}", evidence)
    which = "begins" if desired == ABOVE else "ends"
    return Finding(AGREES if desired == ABOVE else DIFFERS, f"the step that {which} at the threshold", evidence)


def begin_victims(context):
    probe_groups.create(context, "victims", most=3, desired=2)


@check(
    "the instance that a scale-in takes",
    "A scale-in takes the oldest instance of the zone that has most.",
    begin_victims,
)
def victim(context, _):
    """AWS documents the zone with most instances, then the one that is next to a billing hour
    (https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-termination-policies.html).
    `crates/region-services/src/autoscaling/capacity.rs` takes the oldest."""
    autoscaling, group = context.client("autoscaling"), context.names.of("victims")
    old = probe_groups.in_service(context, group, 2)
    autoscaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=3)
    everyone = probe_groups.in_service(context, group, 3)
    autoscaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=2)
    left = probe_groups.in_service(context, group, 2)
    kept = {one["InstanceId"] for one in left}
    (taken,) = [one for one in everyone if one["InstanceId"] not in kept]
    return judge_victim(everyone, {one["InstanceId"] for one in old}, taken)


def judge_victim(everyone, old, taken):
    zones = [one["AvailabilityZone"] for one in everyone]
    fullest = max(zones, key=zones.count)
    evidence = {
        "instances": [{key: one[key] for key in ("InstanceId", "AvailabilityZone")} for one in everyone],
        "the older ones": sorted(old),
        "taken": taken["InstanceId"],
    }
    if zones.count(fullest) != 2:
        return Finding(NOT_SHOWN, f"the zones have {', '.join(zones)}: none has one more than another", evidence)
    if taken["AvailabilityZone"] != fullest:
        return Finding(DIFFERS, "the instance is not of the zone that has most", evidence)
    if taken["InstanceId"] not in old:
        return Finding(DIFFERS, "the newer instance of the zone that has most", evidence)
    return Finding(AGREES, "the older instance of the zone that has most", evidence)

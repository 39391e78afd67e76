"""The instances that a hook holds. The deletion of the hook would terminate them with their tasks."""

from dataclasses import dataclass

from .errors import Refused

# An instance that returns to a warm pool waits in Warmed:Pending:Wait. So does a new instance with a
# launch hook, which cannot be distinguished here.
HELD = ("Terminating", "Warmed:Terminating", "Warmed:Pending:Wait", "ReplacingRootVolume")
# Retained after an abandoned action, in the group or in its warm pool. No hook holds it.
KEPT = ":Retained"
# The limit of names in a call of DescribeAutoScalingGroups without MaxRecords.
NAMES = 50


@dataclass(frozen=True)
class Drain:
    instance: str
    group: str
    state: str

    def __str__(self):
        return f"{self.instance} ({self.group}, {self.state})"


def draining(autoscaling, groups):
    """The held instances of the groups. Groups that do not exist are ignored."""
    found = []
    for group in described(autoscaling, groups):
        name = group["AutoScalingGroupName"]
        instances = group.get("Instances", [])
        # The instances of a group do not include its warm pool.
        if group.get("WarmPoolConfiguration"):
            pools = autoscaling.get_paginator("describe_warm_pool").paginate(AutoScalingGroupName=name)
            instances = instances + [instance for pool in pools for instance in pool["Instances"]]
        found += [
            Drain(item["InstanceId"], name, item["LifecycleState"])
            for item in instances
            if held(item["LifecycleState"])
        ]
    return found


def described(autoscaling, groups):
    paginator = autoscaling.get_paginator("describe_auto_scaling_groups")
    for first in range(0, len(groups), NAMES):
        for page in paginator.paginate(AutoScalingGroupNames=groups[first : first + NAMES]):
            yield from page["AutoScalingGroups"]


def held(state):
    return state.startswith(HELD) and not state.endswith(KEPT)


def refuse_while_draining(context, groups, what):
    found = draining(context.client("autoscaling"), groups)
    if found:
        raise Refused(
            f"{', '.join(map(str, found))}: {what} would terminate {'it' if len(found) == 1 else 'them'} now, with all tasks: "
            "wait until the group has no such instance and run it again; see docs/operations.md, "
            '"Why a drain is stuck, and what to do"'
        )

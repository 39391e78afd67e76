"""The instances that a hook holds, which its deletion would let go with their tasks."""

from dataclasses import dataclass

from .errors import Refused

# On its way back to a warm pool an instance waits in Warmed:Pending:Wait. So does a new one for
# somebody's launch hook, which nothing tells apart here.
HELD = ("Terminating", "Warmed:Terminating", "Warmed:Pending:Wait", "ReplacingRootVolume")
# Kept after an abandoned action, in the group or in its warm pool: no hook holds it any more.
KEPT = ":Retained"
# DescribeAutoScalingGroups takes no more names in a call that sets no MaxRecords.
NAMES = 50


@dataclass(frozen=True)
class Drain:
    instance: str
    group: str
    state: str

    def __str__(self):
        return f"{self.instance} ({self.group}, {self.state})"


def draining(autoscaling, groups):
    """Those of the groups that exist; one that does not holds nothing."""
    found = []
    for group in described(autoscaling, groups):
        name = group["AutoScalingGroupName"]
        instances = group.get("Instances", [])
        # The pool of a group is not among its instances.
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
            f"{', '.join(map(str, found))}: {what} would let {'it' if len(found) == 1 else 'them'} go now, tasks and all: "
            'wait until the group lists no such instance and run it again; docs/operations.md, "Why a drain is stuck", '
            "tells what holds a drain up"
        )

"""The termination hooks of ecs-tide in a Region. They have one name, whatever their group."""

from dataclasses import dataclass

from botocore.exceptions import ClientError

NAME = "ecs-tide-drain"


@dataclass(frozen=True)
class Hook:
    group: str
    heartbeat: int
    default: str
    topic: str


def ours(autoscaling, groups):
    """The hooks of these groups. The API describes the hooks of one group in a call."""
    for group in groups:
        for hook in of(autoscaling, group):
            if hook["LifecycleHookName"] == NAME:
                yield Hook(
                    group,
                    hook["HeartbeatTimeout"],
                    hook.get("DefaultResult", "ABANDON"),
                    hook.get("NotificationTargetARN", ""),
                )


def everywhere(autoscaling):
    """The hooks of all groups of the Region, whatever their tags."""
    pages = autoscaling.get_paginator("describe_auto_scaling_groups").paginate(IncludeInstances=False)
    names = sorted(group["AutoScalingGroupName"] for page in pages for group in page["AutoScalingGroups"])
    return ours(autoscaling, names)


def of(autoscaling, group):
    try:
        return autoscaling.describe_lifecycle_hooks(AutoScalingGroupName=group)["LifecycleHooks"]
    except ClientError as error:
        if gone(error):
            return []
        raise


def gone(error):
    """Whether the group or its hook does not exist, which AWS answers with a ValidationError."""
    answer = error.response["Error"]
    words = ("not found", "No Lifecycle Hook")
    return answer.get("Code") == "ValidationError" and any(word in answer.get("Message", "") for word in words)

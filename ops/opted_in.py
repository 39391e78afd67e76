"""The Auto Scaling groups that are opted in by their tags."""

from dataclasses import dataclass, field

from . import template

CLUSTER = "ecs-tide:cluster"
MODE = "ecs-tide:mode"
# Written by hook-keeper alone: the cluster, the heartbeat timeout and a digest of the hook.
HOOK = "ecs-tide:hook"
# In its value after the hook was removed. The tag is kept for a while.
REMOVED = "@removed-"
MODES = ("drain", "observe", "off")
# hook-keeper could not write HOOK for a longer name: the value of a tag has at most 256 characters.
LONGEST_CLUSTER = 234
# Each tag that overrides a parameter of the template, for its group.
OVERRIDES = {
    "ecs-tide:heartbeat-seconds": "HeartbeatSeconds",
    "ecs-tide:deadline-seconds": "DeadlineSeconds",
    "ecs-tide:at-deadline": "AtDeadline",
    "ecs-tide:standalone-tasks": "StandaloneTasks",
    "ecs-tide:agent-gone-seconds": "AgentGoneSeconds",
}


@dataclass(frozen=True)
class Group:
    name: str
    cluster: str
    mode: str
    # What hook-keeper has put, or None.
    hook: str | None
    # What is wrong with each invalid tag.
    invalid: dict = field(default_factory=dict)


def groups(autoscaling):
    """All groups with the tag of a cluster or of a hook, by name."""
    pages = autoscaling.get_paginator("describe_auto_scaling_groups").paginate(
        Filters=[{"Name": "tag-key", "Values": [CLUSTER, HOOK]}], IncludeInstances=False
    )
    found = [read(group) for page in pages for group in page["AutoScalingGroups"]]
    return sorted(found, key=lambda group: group.name)


def read(group):
    """A group without its own tag of a cluster is off, and belongs to the cluster of its hook."""
    tags = {tag["Key"]: tag.get("Value", "") for tag in group.get("Tags", [])}
    cluster, hook, mode = tags.get(CLUSTER), tags.get(HOOK), tags.get(MODE, MODES[0])
    invalid = {}
    if mode not in MODES:
        invalid[MODE] = f"is `{mode}`, set it to {' or '.join(MODES)}"
        mode = MODES[0]
    if cluster and len(cluster) > LONGEST_CLUSTER:
        invalid[CLUSTER] = f"is `{cluster}`, set it to a name of at most {LONGEST_CLUSTER} characters"
        cluster = None
    if not cluster:
        mode, cluster = "off", (hook or "").partition("@")[0]
    parameters = template.load()["Parameters"]
    for tag, name in OVERRIDES.items():
        wanted = tag in tags and refused(tags[tag], parameters[name])
        if wanted:
            invalid[tag] = f"is `{tags[tag]}`, set it to {wanted}"
    return Group(group["AutoScalingGroupName"], cluster, mode, hook, invalid)


def refused(value, parameter):
    """The values that a parameter accepts, if it does not accept this one."""
    if "AllowedValues" in parameter:
        return None if value in parameter["AllowedValues"] else " or ".join(parameter["AllowedValues"])
    least, most = parameter["MinValue"], parameter["MaxValue"]
    plain = value.isascii() and value.isdecimal()
    return None if plain and least <= int(value) <= most else f"{least} to {most}"

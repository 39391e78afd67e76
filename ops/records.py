"""The drains under way in a cluster, from the drain records of its container instances."""

import re
from dataclasses import dataclass
from datetime import datetime

ATTRIBUTE = "ecs-tide.drain"
# The limits of a call.
CONTAINER_INSTANCES = TASKS = 100
INSTANCES = 50


@dataclass(frozen=True)
class Drain:
    instance: str
    cluster: str
    # The group, and the state in it. Empty if no group contains the instance.
    group: str
    state: str
    # Why it is drained: `hook` or `spot`.
    why: str
    began: datetime | None
    # Tasks that have not stopped.
    tasks: int


def under_way(ecs, autoscaling, cluster):
    """The drains of a cluster, the oldest first."""
    pages = ecs.get_paginator("list_attributes").paginate(
        cluster=cluster, targetType="container-instance", attributeName=ATTRIBUTE
    )
    records = {item["targetId"]: item.get("value", "") for page in pages for item in page["attributes"]}
    names = instances(ecs, cluster, sorted(records))
    held = members(autoscaling, sorted(names.values()))
    found = []
    for arn, record in records.items():
        # One that has left the cluster in the meantime.
        if arn not in names:
            continue
        group, state = held.get(names[arn], ("", ""))
        began = re.search(r"\bbegan/(\S+)", record)
        began = datetime.fromisoformat(began[1]) if began else None
        why = record.partition(" ")[0]
        found.append(Drain(names[arn], cluster, group, state, why, began, tasks(ecs, cluster, arn)))
    return sorted(found, key=lambda drain: (drain.began is None, drain.began, drain.instance))


def parts(items, size):
    return (items[first : first + size] for first in range(0, len(items), size))


def instances(ecs, cluster, arns):
    """The EC2 instances of container instances, by ARN."""
    found = {}
    for part in parts(arns, CONTAINER_INSTANCES):
        described = ecs.describe_container_instances(cluster=cluster, containerInstances=part)
        found |= {item["containerInstanceArn"]: item["ec2InstanceId"] for item in described["containerInstances"]}
    return found


def members(autoscaling, names):
    """The group and the lifecycle state of EC2 instances."""
    found = {}
    for part in parts(names, INSTANCES):
        for item in autoscaling.describe_auto_scaling_instances(InstanceIds=part)["AutoScalingInstances"]:
            found[item["InstanceId"]] = (item["AutoScalingGroupName"], item["LifecycleState"])
    return found


def tasks(ecs, cluster, arn):
    """The tasks of a container instance whose last status is not STOPPED. Its counts leave out those that stop."""
    paginator = ecs.get_paginator("list_tasks")
    listed = [
        task
        for desired in ("RUNNING", "STOPPED")
        for page in paginator.paginate(cluster=cluster, containerInstance=arn, desiredStatus=desired)
        for task in page["taskArns"]
    ]
    described = [ecs.describe_tasks(cluster=cluster, tasks=part)["tasks"] for part in parts(listed, TASKS)]
    return sum(task["lastStatus"] != "STOPPED" for part in described for task in part)

"""The clusters, groups and capacity providers of an account."""

from collections import Counter

MANAGED_TAG = "AmazonECSManaged"


def clusters(ecs):
    return sorted(
        arn.rpartition("/")[2] for page in ecs.get_paginator("list_clusters").paginate() for arn in page["clusterArns"]
    )


def groups(autoscaling):
    """All groups, by name."""
    pages = autoscaling.get_paginator("describe_auto_scaling_groups").paginate()
    return {group["AutoScalingGroupName"]: group for page in pages for group in page["AutoScalingGroups"]}


def groups_of(ecs, found, cluster):
    """Names of the groups with instances in the cluster, the one with most instances first."""
    counted = Counter()
    group_of = {item["InstanceId"]: name for name, group in found.items() for item in group.get("Instances", [])}
    # A page has no more instances than one call can describe.
    for page in ecs.get_paginator("list_container_instances").paginate(cluster=cluster):
        arns = page["containerInstanceArns"]
        if arns:
            described = ecs.describe_container_instances(cluster=cluster, containerInstances=arns)
            counted.update(group_of.get(item.get("ec2InstanceId")) for item in described["containerInstances"])
    counted.pop(None, None)
    return [name for name, _ in counted.most_common()]


def warnings(ecs, group):
    """Warnings about capacity providers that already drain or scale the group."""
    name = group["AutoScalingGroupName"]
    managed_draining = managed_scaling = False
    for provider in providers(ecs):
        about = provider.get("autoScalingGroupProvider", {})
        if about.get("autoScalingGroupArn", "").rpartition("autoScalingGroupName/")[2] == name:
            managed_draining |= about.get("managedDraining") == "ENABLED"
            managed_scaling |= about.get("managedScaling", {}).get("status") == "ENABLED"
    managed_scaling |= any(tag["Key"] == MANAGED_TAG for tag in group.get("Tags", []))
    found = []
    if managed_draining:
        found.append(
            f"a capacity provider already drains {name} (managed draining), and both would hold every instance: "
            "turn managed draining off, or do not use ecs-tide; see docs/migration.md"
        )
    if managed_scaling:
        found.append(f"a capacity provider already scales {name} (managed scaling): do not scale it by another stack")
    return found


def providers(ecs):
    token = {}
    while True:
        page = ecs.describe_capacity_providers(**token)
        yield from page["capacityProviders"]
        if not page.get("nextToken"):
            return
        token = {"nextToken": page["nextToken"]}

"""Answers to calls that only read, in the words of AWS."""

from botocore.exceptions import ClientError

from .. import cluster
from ..errors import refusal
from ..finding import AGREES, DIFFERS, NOT_SHOWN, Finding, check


@check(
    "a filter of 80 EC2 ids", "ListContainerInstances accepts the longest filter of auto-drain, and finds an instance."
)
def filter_of_80(context):
    """AWS limits a cluster query expression to 2,000 characters in placement constraints, and documents no
    limit for filters (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PlacementConstraint.html).
    `crates/aws/src/lib.rs` asks for 80 ids at once."""
    return filtered(context, 80)


@check("a filter of 100 EC2 ids", "ListContainerInstances accepts a filter of more than 2,000 characters too.")
def filter_of_100(context):
    """AWS documents no limit
    (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListContainerInstances.html).
    `crates/region-services/src/ecs/list.rs` accepts any length, and no function sends more than 80 ids."""
    return filtered(context, 100)


def filtered(context, count):
    """One instance of the cluster among made-up ids, in the form that auto-drain uses."""
    known = cluster.container_instances(context)
    if not known:
        return Finding(NOT_SHOWN, "the cluster has no instance to find")
    ec2 = min(known)
    ids = [f"i-{number:017x}" for number in range(count - 1)]
    expression = f"attribute:ecs-tide.drain exists or ec2InstanceId in [{', '.join([*ids, ec2])}]"
    evidence = {"ids": count, "characters": len(expression)}
    try:
        found = context.client("ecs").list_container_instances(cluster=context.names.cluster, filter=expression)
    except ClientError as error:
        answer = refusal(error)
        return Finding(DIFFERS, f"{len(expression)} characters are refused: {answer['Message']}", evidence | answer)
    if known[ec2]["containerInstanceArn"] not in found["containerInstanceArns"]:
        return Finding(DIFFERS, f"{len(expression)} characters are accepted and do not find the instance", evidence)
    return Finding(AGREES, f"{len(expression)} characters are accepted and find the instance", evidence)


@check("the hook of hook-keeper", "The group has the hook of the output HookName, by its tag alone.")
def hook_name(context):
    """hook-keeper puts the hook on each group with the tag `ecs-tide:cluster`. Its role in `template.yaml` may do
    so by a condition on that tag, which only AWS evaluates
    (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2autoscaling.html)."""
    hooks = context.client("autoscaling").describe_lifecycle_hooks(AutoScalingGroupName=context.names.group)
    found = [hook["LifecycleHookName"] for hook in hooks["LifecycleHooks"]]
    wanted = context.outputs.get("HookName")
    evidence = {"output": wanted, "hooks of the group": found}
    if wanted in found:
        return Finding(AGREES, "the group has a hook of that name", evidence)
    return Finding(DIFFERS, "the group has no hook of that name", evidence)

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


@check("the hook's exported name", "The output HookName is the name by which the group knows the hook.")
def hook_name(context):
    """The reference to a hook is documented as its name, and the registry lists a composite identifier
    (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-autoscaling-lifecyclehook.html).
    `template.yaml` therefore gives the name itself, which `stacks/attach-group.yaml` imports."""
    hooks = context.client("autoscaling").describe_lifecycle_hooks(AutoScalingGroupName=context.names.group)
    found = [hook["LifecycleHookName"] for hook in hooks["LifecycleHooks"]]
    exported = context.outputs.get("HookName")
    evidence = {"output": exported, "hooks of the group": found}
    if exported in found:
        return Finding(AGREES, "the group has a hook of that name", evidence)
    return Finding(DIFFERS, "the group has no hook of that name", evidence)


@check(
    "exports without imports", "ListImports answers ValidationError for an export that nothing imports, and for none."
)
def absent_imports(context):
    """AWS documents no error of ListImports
    (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListImports.html).
    `ops/stack.py` takes a ValidationError for "no imports", whatever its words."""
    stack, answers = context.names.stack, {}
    exports = {"an export without imports": f"{stack}-HookName", "no such export": f"{stack}-NoSuchExport"}
    for what, export in exports.items():
        try:
            found = context.client("cloudformation").list_imports(ExportName=export)
            answers[what] = {"Imports": found["Imports"]}
        except ClientError as error:
            answers[what] = refusal(error)
    other = [what for what, answer in answers.items() if answer.get("Code") != "ValidationError"]
    if other:
        return Finding(DIFFERS, f"another answer for {' and '.join(other)}", answers)
    return Finding(AGREES, "; ".join(answer["Message"] for answer in answers.values()), answers)

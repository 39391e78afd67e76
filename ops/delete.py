"""Deletes a stack, and only while nothing drains in its groups."""

from . import guard, stack
from .drains import refuse_while_draining
from .errors import Failed, Refused
from .progress import Progress

# The demo's load balancer and instances take ten minutes; waits for addresses may add to it.
MINUTES = 45
# An instance that is terminated leaves its cluster a moment later, and ECS deletes no cluster
# that has one (ClusterContainsContainerInstancesException).
CLUSTER = "AWS::ECS::Cluster"
LEAVES_SECONDS = 60
NESTED = "AWS::CloudFormation::Stack"
SAM_BUCKET = (
    "left for other stacks: the bucket of SAM's own stack aws-sam-cli-managed-default, with what was deployed "
    "under ecs-tide/"
)


def delete(context):
    found = stack.require(context)
    if found.status != "DELETE_IN_PROGRESS":
        refuse(context, found)
        context.consent(f"Delete stack {found.name}, {context.place()}?")
        # The answer may have taken its time.
        refuse(context, found)
    end(context, found)
    context.say(SAM_BUCKET)


def refuse(context, found):
    attaching = stack.attached(context.client("cloudformation"), found.name)
    if attaching:
        raise Refused(f"attached to stack {found.name}: {', '.join(attaching)}: detach each first")
    refuse_while_draining(context, found.groups, f"deleting stack {found.name}")


def end(context, found):
    """Deletes a stack of which nobody objects, waits for it, and tells what is left."""
    cloudformation = context.client("cloudformation")
    progress = Progress(context, found.id)
    if found.status != "DELETE_IN_PROGRESS":
        with guard.deletable(cloudformation, found.name):
            cloudformation.delete_stack(StackName=found.name)

    def rest():
        ended = progress.wait(found.id, MINUTES)
        status = "DELETE_SKIPPED" if ended == "DELETE_COMPLETE" else "DELETE_FAILED"
        return ended, remains(cloudformation, found.id, status)

    ended, left = rest()
    if ended == "DELETE_FAILED" and any(item["ResourceType"] == CLUSTER for item in left):
        context.say(f"the cluster was left; its instances may have gone since: once more in {LEAVES_SECONDS} s")
        context.sleep(LEAVES_SECONDS)
        cloudformation.delete_stack(StackName=found.name)
        ended, left = rest()
    for item in left:
        context.say(f"left: {line(item)}")
    if ended != "DELETE_COMPLETE":
        raise Failed(f"stack {found.name} is {ended}: see to what is left above and run it again")
    context.say(f"stack {found.name} is deleted")


def remains(cloudformation, stack_id, status):
    """The resources of that status, each stack's before those of the stacks nested in it."""
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack_id)
    found = [item for page in pages for item in page["StackResourceSummaries"] if item["ResourceStatus"] == status]
    nested = [item["PhysicalResourceId"] for item in found if item["ResourceType"] == NESTED]
    return found + [item for stack_id in nested for item in remains(cloudformation, stack_id, status)]


def line(item):
    told = f"{item['LogicalResourceId']}, {item['ResourceType']} {item.get('PhysicalResourceId', '')}".rstrip()
    return told + (f" ({item['ResourceStatusReason']})" if item.get("ResourceStatusReason") else "")

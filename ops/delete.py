"""Removes all hooks and deletes the stack, only while no instance waits on a hook."""

from . import guard, hooks, removal, stack
from .drains import refuse_while_draining
from .errors import Failed, Refused
from .progress import Progress

# The load balancer and the instances of the demo take 10 minutes. Releasing addresses may take longer.
MINUTES = 45
# A terminated instance leaves its cluster only after a moment, and ECS does not delete a cluster
# with instances (ClusterContainsContainerInstancesException).
CLUSTER = "AWS::ECS::Cluster"
LEAVES_SECONDS = 60
NESTED = "AWS::CloudFormation::Stack"
DOING = "removing its hook"
# The value of the parameter Hooks with which hook-keeper puts none.
OWN = "own"
SAM_BUCKET = (
    "not deleted, because other stacks may use it: the bucket of the SAM CLI's stack aws-sam-cli-managed-default, "
    "with the artifacts under ecs-tide/"
)


def delete(context):
    """Remove all hooks, then the stack. Without its stack, only remove hooks that are left."""
    found = stack.find(context.client("cloudformation"), context.settings.stack)
    if found and found.status == "DELETE_IN_PROGRESS":
        end(context, found)
        return
    autoscaling = context.client("autoscaling")
    # A hook may be on a group that has lost its tags.
    hooked = [hook.group for hook in hooks.everywhere(autoscaling)]
    if not found and not hooked:
        stack.require(context)
    if found and hooked and found.parameters.get("Hooks") == OWN:
        raise Refused(f"you make the hooks ({', '.join(hooked)}): remove them where you made them, then run it again")
    refuse_while_draining(context, hooked, DOING)
    doing = [f"Remove the hook of {', '.join(hooked)}"] if hooked else []
    doing += [f"Delete stack {found.name}"] if found else []
    context.consent(f"{'. '.join(doing)}, {context.place()}?")
    progress = Progress(context, found.id) if found else None
    with removal.paused(context, found):
        # A drain may have started before the answer.
        refuse_while_draining(context, hooked, DOING)
        for group in hooked:
            # Or since the hook before was removed.
            refuse_while_draining(context, [group], DOING)
            removal.remove(autoscaling, group)
            context.say(f"the hook of {group} is removed")
        if found:
            start(context, found)
    if found:
        follow(context, found, progress)
        context.say(SAM_BUCKET)


def end(context, found):
    """Delete a stack, wait for the deletion, and list the resources that are left."""
    progress = Progress(context, found.id)
    start(context, found)
    follow(context, found, progress)


def start(context, found):
    cloudformation = context.client("cloudformation")
    if found.status != "DELETE_IN_PROGRESS":
        with guard.deletable(cloudformation, found.name):
            cloudformation.delete_stack(StackName=found.name)


def follow(context, found, progress):
    cloudformation = context.client("cloudformation")

    def rest():
        ended = progress.wait(found.id, MINUTES)
        status = "DELETE_SKIPPED" if ended == "DELETE_COMPLETE" else "DELETE_FAILED"
        return ended, remains(cloudformation, found.id, status)

    ended, left = rest()
    if ended == "DELETE_FAILED" and any(item["ResourceType"] == CLUSTER for item in left):
        context.say(f"the cluster was not deleted, because it still had instances: retrying in {LEAVES_SECONDS} s")
        context.sleep(LEAVES_SECONDS)
        cloudformation.delete_stack(StackName=found.name)
        ended, left = rest()
    for item in left:
        context.say(f"left: {line(item)}")
    if ended != "DELETE_COMPLETE":
        raise Failed(f"stack {found.name} is {ended}: handle the resources above that are left, and run it again")
    context.say(f"stack {found.name} is deleted")


def remains(cloudformation, stack_id, status):
    """The resources with that status, those of a stack before those of its nested stacks."""
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack_id)
    found = [item for page in pages for item in page["StackResourceSummaries"] if item["ResourceStatus"] == status]
    nested = [item["PhysicalResourceId"] for item in found if item["ResourceType"] == NESTED]
    return found + [item for stack_id in nested for item in remains(cloudformation, stack_id, status)]


def line(item):
    text = f"{item['LogicalResourceId']}, {item['ResourceType']} {item.get('PhysicalResourceId', '')}".rstrip()
    return text + (f" ({item['ResourceStatusReason']})" if item.get("ResourceStatusReason") else "")

"""Removes hooks, while hook-keeper is kept from putting them again."""

from contextlib import contextmanager

from botocore.exceptions import ClientError

from .hooks import NAME, gone
from .keeper import OUTPUT
from .opted_in import HOOK


@contextmanager
def paused(context, found):
    """hook-keeper is not invoked within the context, and not after it unless the context fails."""
    name = found.outputs.get(OUTPUT) if found else None
    if not name:
        yield
        return
    functions = context.client("lambda")
    functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    try:
        yield
    except BaseException:
        functions.delete_function_concurrency(FunctionName=name)
        context.say(f"{name} puts the hooks that were removed again, within five minutes")
        raise


def remove(autoscaling, group):
    """Delete the hook of a group and the tag that describes it. Instances that wait on it would be released."""
    try:
        autoscaling.delete_lifecycle_hook(AutoScalingGroupName=group, LifecycleHookName=NAME)
        autoscaling.delete_tags(Tags=[{"ResourceId": group, "ResourceType": "auto-scaling-group", "Key": HOOK}])
    except ClientError as error:
        if not gone(error):
            raise

"""Protects a stack from being deleted in another way than by the commands, which look for drains first.

Auto Scaling would hold each terminating instance for a hook that no function answers any more.
"""

from contextlib import contextmanager


def protect(cloudformation, stack):
    cloudformation.update_termination_protection(StackName=stack, EnableTerminationProtection=True)


@contextmanager
def deletable(cloudformation, stack):
    """Allows the deletion of the stack. Protects it again if the deletion does not start."""
    cloudformation.update_termination_protection(StackName=stack, EnableTerminationProtection=False)
    try:
        yield
    except BaseException:
        protect(cloudformation, stack)
        raise

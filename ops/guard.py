"""Protects the hook from being deleted or replaced.

A stack policy refuses updates that would do so, also from the console. It does not cover the
deletion of the stack, which termination protection refuses. Neither covers direct calls to
Auto Scaling.
"""

import json
from contextlib import contextmanager

EVERYTHING = {"Effect": "Allow", "Principal": "*", "Action": "Update:*", "Resource": "*"}
THE_HOOK = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": ["Update:Replace", "Update:Delete"],
    "Resource": "LogicalResourceId/Hook",
}
GUARDED = json.dumps({"Statement": [EVERYTHING, THE_HOOK]})
# A stack policy can be replaced, but not removed.
OPEN = json.dumps({"Statement": [EVERYTHING]})


def close(cloudformation, stack):
    cloudformation.set_stack_policy(StackName=stack, StackPolicyBody=GUARDED)
    cloudformation.update_termination_protection(StackName=stack, EnableTerminationProtection=True)


@contextmanager
def replaceable(cloudformation, stack):
    """Allows the replacement of the hook within the context."""
    cloudformation.set_stack_policy(StackName=stack, StackPolicyBody=OPEN)
    try:
        yield
    finally:
        close(cloudformation, stack)


@contextmanager
def deletable(cloudformation, stack):
    """Allows the deletion of the stack. Protects it again if the deletion does not start."""
    cloudformation.update_termination_protection(StackName=stack, EnableTerminationProtection=False)
    try:
        yield
    except BaseException:
        cloudformation.update_termination_protection(StackName=stack, EnableTerminationProtection=True)
        raise

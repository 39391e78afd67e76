"""Keeps the hook from being deleted or replaced, by whomever and however.

A stack policy refuses updates that would do it, those from the console too. It says
nothing of the deletion of the stack, which termination protection refuses. Neither
guards against calls to Auto Scaling itself.
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
# A policy can be replaced, not taken away.
OPEN = json.dumps({"Statement": [EVERYTHING]})


def close(cloudformation, stack):
    cloudformation.set_stack_policy(StackName=stack, StackPolicyBody=GUARDED)
    cloudformation.update_termination_protection(StackName=stack, EnableTerminationProtection=True)


@contextmanager
def replaceable(cloudformation, stack):
    """The hook may be replaced within."""
    cloudformation.set_stack_policy(StackName=stack, StackPolicyBody=OPEN)
    try:
        yield
    finally:
        close(cloudformation, stack)


@contextmanager
def deletable(cloudformation, stack):
    """The stack may be deleted, and is guarded again if that does not even begin."""
    cloudformation.update_termination_protection(StackName=stack, EnableTerminationProtection=False)
    try:
        yield
    except BaseException:
        cloudformation.update_termination_protection(StackName=stack, EnableTerminationProtection=True)
        raise

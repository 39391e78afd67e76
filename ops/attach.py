"""Attaches an additional group of the cluster to a stack, and detaches it."""

import hashlib
import re

from botocore.exceptions import ClientError

from . import guard, stack
from .delete import end
from .drains import refuse_while_draining
from .errors import Failed, Refused
from .progress import Progress
from .settings import ROOT

MINUTES = 15
LONGEST = 128


def attach(context, group):
    main = stack.require(context)
    cloudformation = context.client("cloudformation")
    if group == main.parameters.get("Group"):
        raise Refused(f"group {group} is the parameter Group of the stack, and has a hook: name an additional group")
    if group not in main.more_groups:
        more = ",".join([*main.more_groups, group])
        raise Refused(
            f"AdditionalGroups of stack {main.name} does not list {group}. Without that, its hook would hold each "
            "instance until the heartbeat times out: first run "
            f'make deploy ENV={context.settings.environment} ARGS="--parameter AdditionalGroups={more}"'
        )
    found = context.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[group])
    if not found["AutoScalingGroups"]:
        raise Refused(f"group {group} does not exist in {context.region}: correct the name")
    there = stack.attached(cloudformation, main.name).get(group)
    context.consent(f"Attach group {group} to stack {main.name}, {context.place()}?")
    name = there.name if there else name_for(main.name, group)
    if there:
        guard.close(cloudformation, name)
    arguments = request(context, name, main.name, group)
    if there:
        update(context, there, arguments)
    else:
        progress = Progress(context)
        # Protected from its creation, and deleted if that fails.
        made = cloudformation.create_stack(
            **arguments, OnFailure="DELETE", EnableTerminationProtection=True, StackPolicyBody=guard.GUARDED
        )
        require_rest(name, progress.wait(made["StackId"], MINUTES), "CREATE_COMPLETE")
    context.say(f"group {group} is attached by stack {name}")


def update(context, there, arguments):
    progress = Progress(context, there.id)
    try:
        context.client("cloudformation").update_stack(**arguments)
    except ClientError as error:
        if stack.says(error, "No updates are to be performed"):
            context.say("nothing to change")
            return
        raise
    require_rest(there.name, progress.wait(there.id, MINUTES), "UPDATE_COMPLETE")


def require_rest(name, status, wanted):
    if status != wanted:
        raise Failed(f"stack {name} is {status}: correct the cause in the events above and run it again")


def request(context, name, main, group):
    return {
        "StackName": name,
        "TemplateBody": (ROOT / "stacks" / "attach-group.yaml").read_text(),
        "Parameters": [
            {"ParameterKey": "Stack", "ParameterValue": main},
            {"ParameterKey": "Group", "ParameterValue": group},
        ],
        "Capabilities": ["CAPABILITY_IAM"],
        "Tags": [{"Key": key, "Value": value} for key, value in context.settings.tags.items()],
    }


def name_for(main, group):
    """The name of the attaching stack. If the name of the group is no valid part of it, a digest is added."""
    name = f"{main}-attach-{group}"
    if re.fullmatch(rf"[a-zA-Z0-9-]{{1,{LONGEST}}}", name):
        return name
    digest = hashlib.sha256(group.encode()).hexdigest()[:8]
    return f"{re.sub('[^a-zA-Z0-9-]+', '-', name)[: LONGEST - 9]}-{digest}"


def detach(context, group):
    main = stack.require(context)
    attaching = stack.attached(context.client("cloudformation"), main.name)
    if group not in attaching:
        raise Refused(f"no stack attaches {group} to {main.name}: attached groups: {', '.join(attaching) or 'none'}")
    found = attaching[group]
    refuse_while_draining(context, [group], f"detaching {group}")
    context.consent(f"Detach group {group} by deleting stack {found.name}, {context.place()}?")
    # A drain may have started before the answer.
    refuse_while_draining(context, [group], f"detaching {group}")
    end(context, found)
    context.say(f"stack {main.name} still lists {group} in AdditionalGroups: remove it with the next deploy")

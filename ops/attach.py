"""Attaches a further group of the cluster to a stack, and detaches it."""

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
        raise Refused(f"group {group} is the stack's own, and has its hook: name a further one")
    if group not in main.more_groups:
        more = ",".join([*main.more_groups, group])
        raise Refused(
            f"MoreGroups of stack {main.name} does not list {group}, and a hook that nobody answers holds "
            "each instance for the whole heartbeat: first "
            f'make deploy ENV={context.settings.environment} ARGS="--parameter MoreGroups={more}"'
        )
    found = context.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[group])
    if not found["AutoScalingGroups"]:
        raise Refused(f"group {group} does not exist in {context.region}: correct the name")
    there = stack.attached(cloudformation, main.name).get(group)
    context.consent(f"Attach group {group} to stack {main.name}, {context.place()}?")
    name = there.name if there else name_for(main.name, group)
    if there:
        guard.close(cloudformation, name)
    told = request(context, name, main.name, group)
    if there:
        update(context, there, told)
    else:
        progress = Progress(context)
        # Guarded from its first moment, and gone if it fails.
        made = cloudformation.create_stack(
            **told, OnFailure="DELETE", EnableTerminationProtection=True, StackPolicyBody=guard.GUARDED
        )
        require_rest(name, progress.wait(made["StackId"], MINUTES), "CREATE_COMPLETE")
    context.say(f"group {group} is attached by stack {name}")


def update(context, there, told):
    progress = Progress(context, there.id)
    try:
        context.client("cloudformation").update_stack(**told)
    except ClientError as error:
        if stack.told(error, "No updates are to be performed"):
            context.say("nothing to change")
            return
        raise
    require_rest(there.name, progress.wait(there.id, MINUTES), "UPDATE_COMPLETE")


def require_rest(name, status, wanted):
    if status != wanted:
        raise Failed(f"stack {name} is {status}: correct what its events above name and run it again")


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
    """The group's name as far as a stack's may have it; a digest tells apart what is then alike."""
    name = f"{main}-attach-{group}"
    if re.fullmatch(rf"[a-zA-Z0-9-]{{1,{LONGEST}}}", name):
        return name
    digest = hashlib.sha256(group.encode()).hexdigest()[:8]
    return f"{re.sub('[^a-zA-Z0-9-]+', '-', name)[: LONGEST - 9]}-{digest}"


def detach(context, group):
    main = stack.require(context)
    attaching = stack.attached(context.client("cloudformation"), main.name)
    if group not in attaching:
        raise Refused(f"no stack attaches {group} to {main.name}: attached are {', '.join(attaching) or 'none'}")
    found = attaching[group]
    refuse_while_draining(context, [group], f"detaching {group}")
    context.consent(f"Detach group {group}, by deleting stack {found.name}, {context.place()}?")
    # The answer may have taken its time.
    refuse_while_draining(context, [group], f"detaching {group}")
    end(context, found)
    context.say(f"stack {main.name} still lists {group} in MoreGroups: leave it out with the next deploy")

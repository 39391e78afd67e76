"""Builds, and deploys or updates, without a hook being replaced while anything drains."""

import os
import sys
from pathlib import Path

from . import guard, guide, settings, sizes, stack, template
from .drains import refuse_while_draining
from .errors import Failed, Refused
from .progress import Progress


def deploy(context, given, replace_hook=False):
    context.require_terminal()
    cloudformation = context.client("cloudformation")
    defaults = template.defaults()
    chosen = context.settings.parameters | given
    template.refuse_unknown(chosen, defaults)
    found = stack.find(cloudformation, context.settings.stack)
    if found and found.status == stack.UNDONE:
        raise Refused(f"stack {found.name} is {found.status}, as its making failed: delete it, then deploy")
    if found and found.status == stack.PLANNED:
        found = None
    was = found.parameters if found else {}
    known = defaults | was | chosen
    if not known["Cluster"] or not known["Group"]:
        answers = guide.choose(context, known)
        settings.keep(context.settings, answers)
        chosen |= answers
        known |= answers
    sizes.refuse_too_large(known, context.pseudo())
    if found:
        refuse_what_drops_a_hook(cloudformation, found, known, replace_hook)
    context.say(f"{'updating' if found else 'making'} stack {context.settings.stack}, {context.place()}")
    sam(context, "build", *overrides({"Architecture": known["Architecture"]}))
    if not found:
        return create(context, chosen)
    progress = Progress(context, found.id)
    if replace_hook:
        context.consent(
            "Replace the hook if the update asks for it? An instance that begins to terminate meanwhile is not held."
        )
        # Further groups have hooks of their own, in other stacks.
        refuse_while_draining(context, [found.parameters["Group"]], "replacing the hook")
        # Agreed to already, and nothing should come between the look and the update.
        with guard.replaceable(cloudformation, found.name):
            update(context, chosen, progress, found, confirm=False)
    else:
        guard.close(cloudformation, found.name)
        update(context, chosen, progress, found, confirm=not context.yes)


def refuse_what_drops_a_hook(cloudformation, found, known, replace_hook):
    """What can be told before anything is built; the stack policy refuses the rest."""
    if known["Group"] != found.parameters.get("Group") and not replace_hook:
        raise Refused(
            f"Group changes from {found.parameters.get('Group')} to {known['Group']}, which replaces the hook: "
            "if it is meant, give --replace-hook while nothing drains"
        )
    listed = stack.names(known["MoreGroups"])
    for group, attaching in stack.attached(cloudformation, found.name).items():
        if group not in listed:
            raise Refused(
                f"MoreGroups leaves out {group}, to which stack {attaching.name} gives a hook: detach it first"
            )


def create(context, chosen):
    """A stack that exists is guarded, however its creation ended."""
    try:
        ended = sam_deploy(context, chosen, confirm=not context.yes)
    finally:
        made = stack.find(context.client("cloudformation"), context.settings.stack)
        if made and made.has_hook:
            guard.close(context.client("cloudformation"), made.name)
            context.say(f"stack {made.name} is guarded")
    if ended:
        raise Failed(f"sam deploy ended with {ended}: what it says above tells why")


def update(context, chosen, progress, found, confirm):
    ended = sam_deploy(context, chosen, confirm)
    if not ended:
        context.say(f"stack {found.name} is guarded")
        return
    if any("stack policy" in event.get("ResourceStatusReason", "") for event in progress.new(found.id)):
        raise Failed(
            "the update would have replaced or deleted the hook, and was undone: if it is meant, "
            "give --replace-hook while nothing drains"
        )
    raise Failed(f"sam deploy ended with {ended}: what it says above tells why")


def overrides(parameters):
    """As the SAM CLI reads them: it takes quotation marks off, and a backslash for theirs."""
    for key, value in parameters.items():
        if "\\" in value:
            raise Refused(f"{key} has a backslash: leave it out")
    words = ['{}="{}"'.format(key, value.replace('"', '\\"')) for key, value in parameters.items()]
    return ["--parameter-overrides", *words] if words else []


def sam_deploy(context, chosen, confirm):
    ask = "--confirm-changeset" if confirm else "--no-confirm-changeset"
    return sam(context, "deploy", ask, *overrides(chosen), check=False)


def sam(context, command, *words, check=True):
    """Its exit code."""
    place = ["--config-file", str(context.settings.path), "--config-env", context.settings.environment]
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "SAM_CLI_TELEMETRY": "0",
    }
    line = ["sam", command, *place, "--region", context.region, *words]
    ended = context.run(line, cwd=settings.ROOT, env=environment, check=False).returncode
    if ended and check:
        raise Failed(f"sam {command} ended with {ended}: what it says above tells why")
    return ended

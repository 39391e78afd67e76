"""Builds, deploys and updates, without replacing a hook while an instance drains."""

import os
import sys
from pathlib import Path

from . import guard, guide, settings, sizes, stack, template
from .drains import refuse_while_draining
from .errors import Failed, Refused
from .keeper import keep_hooks
from .progress import Progress


def deploy(context, given, replace_hook=False):
    context.require_terminal()
    cloudformation = context.client("cloudformation")
    defaults = template.defaults()
    chosen = context.settings.parameters | given
    template.refuse_unknown(chosen, defaults)
    found = existing(context)
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
    context.say(f"{'updating' if found else 'creating'} stack {context.settings.stack}, {context.place()}")
    sam(context, "build", *overrides({"Architecture": known["Architecture"]}))
    if found:
        change(context, chosen, found, replace_hook)
    else:
        create(context, chosen)
    keep_hooks(context)


def change(context, chosen, found, replace_hook):
    cloudformation = context.client("cloudformation")
    progress = Progress(context, found.id)
    if replace_hook:
        context.consent(
            "Replace the hook if the update requires it? Instances that start to terminate meanwhile are not held."
        )
        # The hooks of additional groups are in other stacks.
        refuse_while_draining(context, [found.parameters["Group"]], "replacing the hook")
        # Already confirmed. Nothing should delay the update after the check.
        with guard.replaceable(cloudformation, found.name):
            update(context, chosen, progress, found, confirm=False)
    else:
        guard.close(cloudformation, found.name)
        update(context, chosen, progress, found, confirm=not context.yes)


def existing(context):
    """The stack to update, or None if it has to be created."""
    found = stack.find(context.client("cloudformation"), context.settings.stack)
    if found and found.status == stack.UNDONE:
        raise Refused(f"stack {found.name} is {found.status}, because its creation failed: delete it, then deploy")
    return None if found and found.status == stack.PLANNED else found


def refuse_what_drops_a_hook(cloudformation, found, known, replace_hook):
    """Refuse what is known before the build. The stack policy refuses the rest."""
    if known["Group"] != found.parameters.get("Group") and not replace_hook:
        raise Refused(
            f"Group changes from {found.parameters.get('Group')} to {known['Group']}, which replaces the hook: "
            "if you want that, use --replace-hook while nothing drains"
        )
    listed = stack.names(known["AdditionalGroups"])
    for group, attaching in stack.attached(cloudformation, found.name).items():
        if group not in listed:
            raise Refused(
                f"AdditionalGroups does not list {group}, which stack {attaching.name} attaches: detach it first"
            )


def create(context, chosen):
    """Create the stack, and protect it even if its creation failed."""
    try:
        ended = sam_deploy(context, chosen, confirm=not context.yes)
    finally:
        made = stack.find(context.client("cloudformation"), context.settings.stack)
        if made and made.has_hook:
            guard.close(context.client("cloudformation"), made.name)
            context.say(f"stack {made.name} is protected")
    if ended:
        raise Failed(f"sam deploy failed with exit code {ended}: see its output above")


def update(context, chosen, progress, found, confirm):
    ended = sam_deploy(context, chosen, confirm)
    if not ended:
        context.say(f"stack {found.name} is protected")
        return
    if any("stack policy" in event.get("ResourceStatusReason", "") for event in progress.new(found.id)):
        raise Failed(
            "the update would have replaced or deleted the hook, and was rolled back: if you want that, "
            "use --replace-hook while nothing drains"
        )
    raise Failed(f"sam deploy failed with exit code {ended}: see its output above")


def overrides(parameters):
    """Arguments in the form of the SAM CLI, which removes quotation marks and backslashes before them."""
    for key, value in parameters.items():
        if "\\" in value:
            raise Refused(f"{key} has a backslash: remove it")
    words = ['{}="{}"'.format(key, value.replace('"', '\\"')) for key, value in parameters.items()]
    return ["--parameter-overrides", *words] if words else []


def sam_deploy(context, chosen, confirm, *words):
    ask = "--confirm-changeset" if confirm else "--no-confirm-changeset"
    return sam(context, "deploy", ask, *words, *overrides(chosen), check=False)


def sam(context, command, *words, check=True):
    """Run a command of the SAM CLI. Returns its exit code."""
    place = ["--config-file", str(context.settings.path), "--config-env", context.settings.environment]
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "SAM_CLI_TELEMETRY": "0",
    }
    line = ["sam", command, *place, "--region", context.region, *words]
    ended = context.run(line, cwd=settings.ROOT, env=environment, check=False).returncode
    if ended and check:
        raise Failed(f"sam {command} failed with exit code {ended}: see its output above")
    return ended

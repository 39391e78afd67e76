"""Builds ecs-tide, and creates or updates its stack."""

import os
import sys
from pathlib import Path

from . import guard, settings, stack, template
from .errors import Failed, Refused
from .keeper import keep_hooks


def deploy(context, given):
    context.require_terminal()
    chosen = context.settings.parameters | given
    template.refuse_unknown(chosen, template.defaults())
    found = existing(context)
    was = found.parameters if found else {}
    known = template.defaults() | was | chosen
    context.say(f"{'updating' if found else 'creating'} stack {context.settings.stack}, {context.place()}")
    sam(context, "build", *overrides({"Architecture": known["Architecture"]}))
    try:
        ended = sam_deploy(context, chosen, confirm=not context.yes)
    finally:
        protect(context)
    require_success(ended)
    keep_hooks(context)


def existing(context):
    """The stack to update, or None if it has to be created."""
    found = stack.find(context.client("cloudformation"), context.settings.stack)
    if found and found.status == stack.UNDONE:
        raise Refused(f"stack {found.name} is {found.status}, because its creation failed: delete it, then deploy")
    return None if found and found.status == stack.PLANNED else found


def protect(context):
    """Protect the stack if it has resources, even if its deployment failed."""
    cloudformation = context.client("cloudformation")
    found = stack.find(cloudformation, context.settings.stack)
    if found and found.has_resources:
        guard.protect(cloudformation, found.name)
        context.say(f"stack {found.name} is protected")


def require_success(ended):
    if ended:
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

"""Deploys and deletes the demo: a cluster, its group and a service, in a stack of their own."""

from . import deploy, settings, stack, template
from .delete import end
from .drains import refuse_while_draining

TEMPLATE = settings.ROOT / "stacks" / "demo.yaml"


def deploy_demo(context, given):
    context.require_terminal()
    chosen = context.settings.parameters | given
    template.refuse_unknown(chosen, template.defaults(TEMPLATE), "stacks/demo.yaml")
    found = deploy.existing(context)
    context.say(f"{'updating' if found else 'creating'} stack {context.settings.stack}, {context.place()}")
    try:
        ended = deploy.sam_deploy(context, chosen, not context.yes, "--template-file", str(TEMPLATE))
    finally:
        deploy.protect(context)
    deploy.require_success(ended)


def delete_demo(context):
    """Delete the demo, only while no instance of its group drains."""
    found = stack.require(context)
    what = f"deleting stack {found.name}"
    if found.status != "DELETE_IN_PROGRESS":
        # A stack that was only planned may have no parameters, and has no group.
        groups = [found.parameters["Group"]] if found.has_resources else []
        refuse_while_draining(context, groups, what)
        context.consent(f"Delete stack {found.name}, {context.place()}?")
        # A drain may have started before the answer.
        refuse_while_draining(context, groups, what)
    end(context, found)

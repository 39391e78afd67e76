"""Deploys and deletes the demo: a cluster, its group and a service, in a stack of their own."""

from . import deploy, settings, stack, template
from .delete import end
from .drains import refuse_while_draining
from .errors import Failed

TEMPLATE = settings.ROOT / "stacks" / "demo.yaml"


def deploy_demo(context, given):
    context.require_terminal()
    chosen = context.settings.parameters | given
    template.refuse_unknown(chosen, template.defaults(TEMPLATE), "stacks/demo.yaml")
    found = deploy.existing(context)
    context.say(f"{'updating' if found else 'creating'} stack {context.settings.stack}, {context.place()}")
    ended = deploy.sam_deploy(context, chosen, not context.yes, "--template-file", str(TEMPLATE))
    if ended:
        raise Failed(f"sam deploy failed with exit code {ended}: see its output above")
    # A deletion in another way would not check whether an instance of the group drains.
    context.client("cloudformation").update_termination_protection(
        StackName=context.settings.stack, EnableTerminationProtection=True
    )
    context.say(f"stack {context.settings.stack} is protected")


def delete_demo(context):
    """Delete the demo, only while no instance of its group drains."""
    found = stack.require(context)
    what = f"deleting stack {found.name}"
    if found.status != "DELETE_IN_PROGRESS":
        refuse_while_draining(context, found.groups, what)
        context.consent(f"Delete stack {found.name}, {context.place()}?")
        # A drain may have started before the answer.
        refuse_while_draining(context, found.groups, what)
    end(context, found)

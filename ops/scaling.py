"""Deploys the stack that scales a service or a group. It changes no function."""

import hashlib
import re

from botocore.exceptions import ClientError

from . import stack, template
from .errors import Failed, Refused
from .progress import Progress
from .settings import ROOT

MINUTES = 10
LONGEST = 128
SERVICE, CLUSTER = "service-scaling.yaml", "cluster-scaling.yaml"


def scale_service(context, cluster, service, given):
    deploy(context, SERVICE, f"service-{cluster}-{service}", {"Cluster": cluster, "Service": service} | given)


def scale_cluster(context, cluster, group, given):
    deploy(context, CLUSTER, f"group-{group}", {"Cluster": cluster, "Group": group} | given)


def deploy(context, file, what, given):
    path = ROOT / "stacks" / file
    template.refuse_unknown(given, template.defaults(path), f"stacks/{file}")
    cloudformation = context.client("cloudformation")
    found = stack.find(cloudformation, name_for(context.settings.stack, what))
    if found and found.status == stack.UNDONE:
        raise Refused(f"stack {found.name} is {found.status}, because its creation failed: delete it first")
    scaling = given.get("Scaling", found.parameters.get("Scaling") if found else "native")
    if scaling == "alarm-scaling" and not stack.find(cloudformation, context.settings.stack):
        raise Refused(f"stack {context.settings.stack} does not exist, and has the function alarm-scaling: deploy it")
    name = name_for(context.settings.stack, what)
    context.consent(f"{'Update' if found else 'Create'} stack {name}, {context.place()}?")
    arguments = request(context, path, name, given, found)
    progress = Progress(context, found.id if found else None)
    if found:
        try:
            cloudformation.update_stack(**arguments)
        except ClientError as error:
            if stack.says(error, "No updates are to be performed"):
                context.say("nothing to change")
                return
            raise
        require_rest(name, progress.wait(found.id, MINUTES), "UPDATE_COMPLETE")
    else:
        made = cloudformation.create_stack(**arguments, OnFailure="DELETE")
        require_rest(name, progress.wait(made["StackId"], MINUTES), "CREATE_COMPLETE")
    context.say(f"stack {name} scales by {scaling}")


def request(context, path, name, given, found):
    """A parameter that is not given keeps the value that the stack has."""
    kept = [key for key in template.defaults(path) if found and key in found.parameters and key not in given]
    return {
        "StackName": name,
        "TemplateBody": path.read_text(),
        "Parameters": [
            *({"ParameterKey": key, "ParameterValue": value} for key, value in given.items()),
            *({"ParameterKey": key, "UsePreviousValue": True} for key in kept),
        ],
        "Tags": [{"Key": key, "Value": value} for key, value in context.settings.tags.items()],
    }


def require_rest(name, status, wanted):
    if status != wanted:
        raise Failed(f"stack {name} is {status}: correct the cause in the events above and run it again")


def name_for(main, what):
    """The name of a stack. If `what` is no valid part of it, a digest is added."""
    name = f"{main}-{what}"
    if re.fullmatch(rf"[a-zA-Z0-9-]{{1,{LONGEST}}}", name):
        return name
    digest = hashlib.sha256(what.encode()).hexdigest()[:8]
    return f"{re.sub('[^a-zA-Z0-9-]+', '-', name)[: LONGEST - 9]}-{digest}"

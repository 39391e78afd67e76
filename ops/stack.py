"""A deployed stack, and the stacks that attach groups to it."""

from dataclasses import dataclass, field

from botocore.exceptions import ClientError

from .errors import Refused

# A change set was created for it and never executed.
PLANNED = "REVIEW_IN_PROGRESS"
UNDONE = "ROLLBACK_COMPLETE"
# Each stack that attaches a group imports it.
EXPORT = "HookName"


@dataclass(frozen=True)
class Stack:
    name: str
    id: str
    status: str
    parameters: dict
    outputs: dict = field(default_factory=dict)

    @property
    def has_hook(self):
        return self.status not in (PLANNED, UNDONE)

    @property
    def groups(self):
        return names(self.parameters.get("Group", "")) + self.more_groups

    @property
    def more_groups(self):
        return names(self.parameters.get("AdditionalGroups", ""))


def names(listed):
    return [name.strip() for name in listed.split(",") if name.strip()]


def find(cloudformation, name):
    """The stack with that name or ID, or None."""
    try:
        found = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if says(error, "does not exist"):
            return None
        raise
    parameters = {item["ParameterKey"]: item.get("ParameterValue", "") for item in found.get("Parameters", [])}
    outputs = {item["OutputKey"]: item["OutputValue"] for item in found.get("Outputs", [])}
    return Stack(found["StackName"], found["StackId"], found["StackStatus"], parameters, outputs)


def require(context):
    found = find(context.client("cloudformation"), context.settings.stack)
    if not found:
        raise Refused(
            f"stack {context.settings.stack} does not exist in {context.region}: deploy it, or set its region"
        )
    return found


def attached(cloudformation, name):
    """The stacks that attach groups to a stack, by the name of the group."""
    try:
        pages = list(cloudformation.get_paginator("list_imports").paginate(ExportName=f"{name}-{EXPORT}"))
    except ClientError as error:
        # The error if no stack imports the export, or if the export does not exist. AWS does not
        # document its text. Nothing else in such a request can be invalid.
        if error.response["Error"].get("Code") == "ValidationError":
            return {}
        raise
    found = [find(cloudformation, importer) for page in pages for importer in page["Imports"]]
    return {stack.parameters.get("Group", stack.name): stack for stack in found if stack}


def says(error, words):
    answer = error.response["Error"]
    return answer.get("Code") == "ValidationError" and words in answer.get("Message", "")

"""What CloudFormation knows of a deployed stack, and of those that attach groups to it."""

from dataclasses import dataclass

from botocore.exceptions import ClientError

from .errors import Refused

# A change set was made for it and never executed.
PLANNED = "REVIEW_IN_PROGRESS"
UNDONE = "ROLLBACK_COMPLETE"
# Each of the stacks that attach a group imports it.
EXPORT = "HookName"


@dataclass(frozen=True)
class Stack:
    name: str
    id: str
    status: str
    parameters: dict

    @property
    def has_hook(self):
        return self.status not in (PLANNED, UNDONE)

    @property
    def groups(self):
        return names(self.parameters.get("Group", "")) + self.more_groups

    @property
    def more_groups(self):
        return names(self.parameters.get("MoreGroups", ""))


def names(listed):
    return [name.strip() for name in listed.split(",") if name.strip()]


def find(cloudformation, name):
    """The stack of that name or id; None if there is none."""
    try:
        found = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if told(error, "does not exist"):
            return None
        raise
    parameters = {item["ParameterKey"]: item.get("ParameterValue", "") for item in found.get("Parameters", [])}
    return Stack(found["StackName"], found["StackId"], found["StackStatus"], parameters)


def require(context):
    found = find(context.client("cloudformation"), context.settings.stack)
    if not found:
        raise Refused(
            f"stack {context.settings.stack} does not exist in {context.region}: deploy it, or name its region"
        )
    return found


def attached(cloudformation, name):
    """By the name of the group, the stacks that attach one to the stack of that name."""
    try:
        pages = list(cloudformation.get_paginator("list_imports").paginate(ExportName=f"{name}-{EXPORT}"))
    except ClientError as error:
        # So answered are an export that nobody imports and one that is not there, in words that
        # AWS does not document. Nothing else about such a request can be invalid.
        if error.response["Error"].get("Code") == "ValidationError":
            return {}
        raise
    found = [find(cloudformation, importer) for page in pages for importer in page["Imports"]]
    return {stack.parameters.get("Group", stack.name): stack for stack in found if stack}


def told(error, words):
    answer = error.response["Error"]
    return answer.get("Code") == "ValidationError" and words in answer.get("Message", "")

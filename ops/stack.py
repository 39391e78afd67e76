"""A deployed stack."""

from dataclasses import dataclass, field

from botocore.exceptions import ClientError

from .errors import Refused

# A change set was created for it and never executed.
PLANNED = "REVIEW_IN_PROGRESS"
UNDONE = "ROLLBACK_COMPLETE"


@dataclass(frozen=True)
class Stack:
    name: str
    id: str
    status: str
    parameters: dict
    outputs: dict = field(default_factory=dict)

    @property
    def has_resources(self):
        return self.status not in (PLANNED, UNDONE)


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


def says(error, words):
    answer = error.response["Error"]
    return answer.get("Code") == "ValidationError" and words in answer.get("Message", "")

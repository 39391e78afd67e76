"""Follows the operation of CloudFormation on a stack, and prints its events."""

from .errors import Failed
from .stack import find

EVERY_SECONDS = 5


class Progress:
    """Covers events after its creation, or all events if no stack is given."""

    def __init__(self, context, stack=None):
        self._context = context
        self._client = context.client("cloudformation")
        newest = next(self._newest_first(stack), None) if stack else None
        self._seen = newest and newest["EventId"]

    def _newest_first(self, stack):
        for page in self._client.get_paginator("describe_stack_events").paginate(StackName=stack):
            yield from page["StackEvents"]

    def new(self, stack):
        """Events since the last call, oldest first."""
        found = []
        for event in self._newest_first(stack):
            if event["EventId"] == self._seen:
                break
            found.append(event)
        if found:
            self._seen = found[0]["EventId"]
        return found[::-1]

    def wait(self, stack, minutes):
        """Wait until the operation has finished. Returns the status of the stack."""
        ends = self._context.now() + 60 * minutes
        while True:
            found = find(self._client, stack)
            if not found:
                return "DELETE_COMPLETE"
            for event in self.new(stack):
                self._context.say(line(event))
            if not found.status.endswith("_IN_PROGRESS"):
                return found.status
            if self._context.now() >= ends:
                raise Failed(
                    f"stack {found.name} is {found.status} after {minutes} minutes: CloudFormation continues; see its events"
                )
            self._context.sleep(EVERY_SECONDS)


def line(event):
    reason = event.get("ResourceStatusReason")
    text = f"{event['Timestamp']:%H:%M:%S}  {event['ResourceStatus']:<28} {event['LogicalResourceId']}"
    return f"{text}  ({reason})" if reason and event["ResourceStatus"].endswith("_FAILED") else text

"""Follows what CloudFormation does to a stack, and tells it."""

from .errors import Failed
from .stack import find

EVERY_SECONDS = 5


class Progress:
    """Of what begins after this was made; of everything, without a stack to begin from."""

    def __init__(self, context, stack=None):
        self._context = context
        self._client = context.client("cloudformation")
        newest = next(self._newest_first(stack), None) if stack else None
        self._told = newest and newest["EventId"]

    def _newest_first(self, stack):
        for page in self._client.get_paginator("describe_stack_events").paginate(StackName=stack):
            yield from page["StackEvents"]

    def new(self, stack):
        """Events that were not there the last time, oldest first."""
        found = []
        for event in self._newest_first(stack):
            if event["EventId"] == self._told:
                break
            found.append(event)
        if found:
            self._told = found[0]["EventId"]
        return found[::-1]

    def wait(self, stack, minutes):
        """How the stack stands when it is at rest."""
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
                    f"stack {found.name} is {found.status} after {minutes} minutes: it goes on; see its events"
                )
            self._context.sleep(EVERY_SECONDS)


def line(event):
    reason = event.get("ResourceStatusReason")
    told = f"{event['Timestamp']:%H:%M:%S}  {event['ResourceStatus']:<28} {event['LogicalResourceId']}"
    return f"{told}  ({reason})" if reason and event["ResourceStatus"].endswith("_FAILED") else told

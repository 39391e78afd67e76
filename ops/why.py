"""Asks auto-drain what it would decide about an instance, and why. auto-drain changes nothing for it."""

import json
import re

from . import stack
from .errors import Failed, Refused


def why(context, instance):
    if not re.fullmatch(r"i-[0-9a-f]+", instance or ""):
        raise Refused(
            f"{instance or 'an empty name'} is not an instance: give the ID of an EC2 instance, such as i-0a1b"
        )
    found = stack.require(context)
    name = found.outputs.get("AutoDrainName")
    if not name:
        raise Refused(f"stack {found.name} is {found.status} and has no function auto-drain: deploy it")
    answer = context.client("lambda").invoke(FunctionName=name, Payload=json.dumps({"explain": instance}).encode())
    text = answer["Payload"].read().decode()
    if answer.get("FunctionError"):
        raise Failed(f"{name} failed: {text}: see its log /aws/lambda/{name}")
    record = json.loads(text)["event"]
    if "explained" not in record:
        raise Failed(f"{name} explained nothing: {record.get('error', 'deploy a newer ecs-tide')}")
    for line in lines(record["explained"]):
        context.say(line)


def lines(explained):
    """The answer of auto-drain in words."""
    of = [f"{what} {explained[what]}" for what in ("group", "cluster", "mode", "state") if explained.get(what)]
    yield ", ".join([explained["instance"], *of])
    yield f"verdict: {explained['verdict']}"
    yield f"would do: {', '.join(explained['would_do']) or 'nothing'}"
    for reason in explained["reasons"]:
        yield f"  {reason}"

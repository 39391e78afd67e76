"""Event patterns whose rules are not documented, asked by TestEventPattern, which changes nothing."""

import json

from botocore.exceptions import ClientError

from ..errors import refusal
from ..finding import AGREES, DIFFERS, Finding, check

REFUSED = "refused"
ENVELOPE = {
    "id": "1",
    "account": "123456789012",
    "source": "live",
    "time": "2026-11-30T00:00:00Z",
    "region": "us-east-1",
    "resources": [],
    "detail-type": "probe",
}


def branches(count):
    return {"$or": [{"k": [number]} for number in range(count)]}


def stacks(count):
    return {"a": [{"wildcard": f"*:stack/name-{number}/*"} for number in range(count)]}


# Name: a pattern of `detail`, the detail, and whether it matches or the pattern is refused.
CASES = {
    "three wildcards of three prefixes": (stacks(3), {"a": "arn:stack/name-1/x"}, True),
    "four wildcards of three prefixes": (stacks(4), {"a": "arn:stack/name-1/x"}, REFUSED),
    "$or of 1,000 combinations": (
        {"a": branches(10), "b": branches(10), "c": branches(10)},
        {part: {"k": 1} for part in "abc"},
        True,
    ),
    "$or of 1,100 combinations": (
        {"a": branches(11), "b": branches(10), "c": branches(10)},
        {part: {"k": 1} for part in "abc"},
        REFUSED,
    ),
    "an address without zeros": ({"a": [{"cidr": "10.0.0.0/24"}]}, {"a": "10.0.0.7"}, True),
    "an address with leading zeros": ({"a": [{"cidr": "10.0.0.0/24"}]}, {"a": "10.0.0.007"}, False),
    "anything-but on no prefix": ({"a": [{"anything-but": {"prefix": []}}]}, {"a": "b"}, REFUSED),
}


@check("limits of event patterns", "Each pattern matches, does not match or is refused as in the simulated region.")
def limits(context):
    """AWS documents the operators, and neither the limit on wildcards nor that on $or
    (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html).
    The limits of `crates/region-wiring/src` are guesses."""
    return judge({what: answer(context, pattern, detail) for what, (pattern, detail, _) in CASES.items()})


def answer(context, pattern, detail):
    event = json.dumps(ENVELOPE | {"detail": detail})
    try:
        asked = context.client("events").test_event_pattern(EventPattern=json.dumps({"detail": pattern}), Event=event)
    except ClientError as error:
        if error.response["Error"]["Code"] != "InvalidEventPatternException":
            raise
        return refusal(error)
    return asked["Result"]


def judge(found):
    def short(result):
        return REFUSED if isinstance(result, dict) else result

    other = [what for what, (_, _, expected) in CASES.items() if short(found[what]) != expected]
    if other:
        return Finding(DIFFERS, "; ".join(f"{what}: {short(found[what])}" for what in other), found)
    return Finding(AGREES, f"{len(CASES)} patterns as expected", found)

"""Recursive-loop detection: silent where it is allowed, and what it does where it is not."""

import json
from datetime import UTC, datetime, timedelta

from .. import cluster
from ..context import TimedOut
from ..finding import CONFIRMED, NOT_SEEN, REFUTED, Check, Finding

# Lambda documents about 16; a few more leave no doubt.
DETECTED_AFTER = 16
ROUNDS = 24


# SNS puts the filter of a new subscription in force within 15 minutes
# (https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html). Until then
# messages stray from queue to queue, and what Lambda drops of them says nothing of the loop.
FILTERS_SECONDS = 900


def until_filters_are_in_force(context):
    left = context.deployed + FILTERS_SECONDS - context.now()
    if left > 0:
        context.say(f"  {left:.0f} s until every subscription's filter is in force")
        context.sleep(left)


def rounds(context, since):
    """Ticks that reinvoke has handed back since then, as its records tell."""
    pages = context.client("logs").get_paginator("filter_log_events").paginate(
        logGroupName=context.names.reinvoke_logs,
        startTime=int(since * 1000),
        filterPattern="{ $.TicksHandedBack > 0 }",
    )  # fmt: skip
    return sum(json.loads(event["message"])["TicksHandedBack"] for page in pages for event in page["events"])


def dropped(context, since):
    """RecursiveInvocationsDropped of both functions; a metric that is absent has no entry."""
    found = {}
    for output in ("AutoDrainName", "ReinvokeName"):
        points = context.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/Lambda",
            MetricName="RecursiveInvocationsDropped",
            Dimensions=[{"Name": "FunctionName", "Value": context.outputs[output]}],
            StartTime=datetime.fromtimestamp(since, UTC) - timedelta(minutes=1),
            EndTime=datetime.fromtimestamp(context.now(), UTC),
            Period=60,
            Statistics=["Sum"],
        )["Datapoints"]  # fmt: skip
        if points:
            found[output] = sum(point["Sum"] for point in points)
    return found


def run_allowed(context):
    until_filters_are_in_force(context)
    with cluster.held(context) as ec2:
        since = context.now()
        try:
            context.wait(f"{ROUNDS} rounds", lambda: rounds(context, since) >= ROUNDS, 900, every=15)
        except TimedOut as short:
            context.say(f"  {short}")
        turned = rounds(context, since)
    try:
        context.wait(f"{ec2} let go", lambda: cluster.is_let_go(context, ec2), 300)
        ended = True
    except TimedOut:
        ended = False
    context.sleep(120)  # metrics lag
    return judge_allowed(turned, dropped(context, since), ended)


def judge_allowed(turned, lost, ended):
    evidence = {"rounds": turned, "RecursiveInvocationsDropped": lost, "the drain ended": ended}
    if sum(lost.values()):
        return Finding(
            REFUTED, f"Lambda dropped {sum(lost.values()):.0f} invocations in spite of RecursiveLoop: Allow", evidence
        )
    if turned <= DETECTED_AFTER:
        return Finding(NOT_SEEN, f"only {turned} rounds, too few to be detected", evidence)
    if not ended:
        return Finding(
            REFUTED, f"after {turned} rounds the drain did not end within 5 minutes of its last task", evidence
        )
    return Finding(CONFIRMED, f"{turned} rounds, nothing dropped, and the drain ended after them", evidence)


ALLOWED = Check(
    "the loop outlives recursive-loop detection",
    f"With RecursiveLoop: Allow on both functions, more than {DETECTED_AFTER} rounds through SNS and SQS drop no invocation.",
    run_allowed,
)


def set_recursion(context, word):
    for output in ("AutoDrainName", "ReinvokeName"):
        context.client("lambda").put_function_recursion_config(FunctionName=context.outputs[output], RecursiveLoop=word)


def run_counted(context):
    until_filters_are_in_force(context)
    try:
        with cluster.held(context) as ec2:
            since = context.now()
            set_recursion(context, "Terminate")
            try:
                context.wait("a dropped invocation", lambda: sum(dropped(context, since).values()), 720, every=20)
            except TimedOut as none:
                context.say(f"  {none}")
            turned, lost = rounds(context, since), dropped(context, since)
    finally:
        set_recursion(context, "Allow")
    # Events and the schedule end the drain without the loop.
    context.wait(f"{ec2} let go", lambda: cluster.is_let_go(context, ec2), 600)
    return judge_counted(turned, lost)


def judge_counted(turned, lost):
    evidence = {"rounds": turned, "RecursiveInvocationsDropped": lost}
    if sum(lost.values()):
        return Finding(
            CONFIRMED, f"after {turned} rounds Lambda had dropped {sum(lost.values()):.0f} invocations", evidence
        )
    return Finding(NOT_SEEN, f"{turned} rounds and nothing dropped: the schedule may have begun new chains", evidence)


COUNTED = Check(
    "Lambda counts the rounds of Rust functions",
    "With RecursiveLoop: Terminate the same loop is cut, so the SDK for Rust carries the lineage that is counted.",
    run_counted,
)

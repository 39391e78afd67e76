"""Recursive loop detection, with RecursiveLoop set to Allow and to Terminate."""

import json
from datetime import UTC, datetime, timedelta

from .. import cluster
from ..context import TimedOut
from ..finding import AGREES, DIFFERS, NOT_SHOWN, Finding, check

# Lambda documents about 16 rounds. A few more make the result certain.
DETECTED_AFTER = 16
ROUNDS = 24


# The filter of a new SNS subscription takes effect within 15 minutes
# (https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html). Until then
# messages are misrouted, and invocations that Lambda drops say nothing about the loop.
FILTERS_SECONDS = 900


def wait_for_filters(context):
    left = context.deployed + FILTERS_SECONDS - context.now()
    if left > 0:
        context.say(f"  waiting {left:.0f} s until the filters of all subscriptions are effective")
        context.sleep(left)


def rounds(context, since):
    """The number of requeue messages that reinvoke has delivered since then, from its records."""
    pages = context.client("logs").get_paginator("filter_log_events").paginate(
        logGroupName=context.names.log_of("reinvoke"),
        startTime=int(since * 1000),
        filterPattern="{ $.RequeuesDelivered > 0 }",
    )  # fmt: skip
    return sum(json.loads(event["message"])["RequeuesDelivered"] for page in pages for event in page["events"])


def dropped(context, since):
    """RecursiveInvocationsDropped of both functions. A function without the metric has no entry."""
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


@check(
    "the loop continues despite recursive loop detection",
    f"With RecursiveLoop: Allow on both functions, more than {DETECTED_AFTER} rounds through SNS and SQS drop no invocation.",
)
def allowed(context):
    """AWS documents that Lambda stops a loop through SNS and SQS after about 16 rounds, unless the function
    has RecursiveLoop: Allow (https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html).
    The loop of `crates/requeue/src` and `template.yaml` relies on that setting."""
    wait_for_filters(context)
    with cluster.held(context) as ec2:
        since = context.now()
        try:
            context.wait(f"{ROUNDS} rounds", lambda: rounds(context, since) >= ROUNDS, 900, every=15)
        except TimedOut as short:
            context.say(f"  {short}")
        made = rounds(context, since)
    try:
        context.wait(f"{ec2} released", lambda: cluster.is_released(context, ec2), 300)
        ended = True
    except TimedOut:
        ended = False
    context.sleep(120)  # metrics are late
    return judge_allowed(made, dropped(context, since), ended)


def judge_allowed(made, lost, ended):
    evidence = {"rounds": made, "RecursiveInvocationsDropped": lost, "the drain ended": ended}
    if sum(lost.values()):
        return Finding(
            DIFFERS, f"Lambda dropped {sum(lost.values()):.0f} invocations despite RecursiveLoop: Allow", evidence
        )
    if made <= DETECTED_AFTER:
        return Finding(NOT_SHOWN, f"only {made} rounds, too few to be detected", evidence)
    if not ended:
        return Finding(
            DIFFERS, f"after {made} rounds the drain did not end within 5 minutes of its last task", evidence
        )
    return Finding(AGREES, f"{made} rounds, nothing dropped, and the drain ended", evidence)


def set_recursion(context, word):
    for output in ("AutoDrainName", "ReinvokeName"):
        context.client("lambda").put_function_recursion_config(FunctionName=context.outputs[output], RecursiveLoop=word)


@check(
    "Lambda counts the rounds of Rust functions",
    "With RecursiveLoop: Terminate, Lambda stops the same loop, so the SDK for Rust passes on the lineage header.",
)
def terminated(context):
    """AWS lists the SDKs that pass on the lineage header, and the SDK for Rust is not among them
    (https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html).
    `template.yaml` sets RecursiveLoop: Allow as if it did."""
    wait_for_filters(context)
    try:
        with cluster.held(context) as ec2:
            since = context.now()
            set_recursion(context, "Terminate")
            try:
                context.wait("a dropped invocation", lambda: sum(dropped(context, since).values()), 720, every=20)
            except TimedOut as none:
                context.say(f"  {none}")
            made, lost = rounds(context, since), dropped(context, since)
    finally:
        set_recursion(context, "Allow")
    # Events and the schedule complete the drain without the loop.
    context.wait(f"{ec2} released", lambda: cluster.is_released(context, ec2), 600)
    return judge_counted(made, lost)


def judge_counted(made, lost):
    evidence = {"rounds": made, "RecursiveInvocationsDropped": lost}
    if sum(lost.values()):
        return Finding(AGREES, f"after {made} rounds Lambda had dropped {sum(lost.values()):.0f} invocations", evidence)
    return Finding(NOT_SHOWN, f"{made} rounds and nothing dropped: the schedule may have started new chains", evidence)

"""Metrics that the functions print as embedded metric format."""

import json
from datetime import UTC, datetime

from ..context import TimedOut
from ..finding import AGREES, DIFFERS, NOT_SHOWN, Finding, check

NAMESPACE, METRIC = "EcsTide", "DrainsCompleted"


@check(
    "metrics from standard output", f"Each {METRIC} that auto-drain printed is a metric in the namespace {NAMESPACE}."
)
def from_stdout(context):
    """AWS documents that Lambda takes embedded metric format from the log
    (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Generation.html).
    `crates/function/src` prints it under the JSON log format, and `stacks/monitoring.yaml` watches it."""
    since = context.began

    def all_stored():
        return stored(context, since) == printed(context, since)

    try:
        # Metrics are late.
        context.wait(f"{METRIC} in CloudWatch", all_stored, 300, every=20)
    except TimedOut as late:
        context.say(f"  {late}")
    return judge(printed(context, since), stored(context, since))


def printed(context, since):
    pages = context.client("logs").get_paginator("filter_log_events").paginate(
        logGroupName=context.names.log_of("auto-drain"),
        startTime=int(since * 1000),
        filterPattern=f"{{ $.{METRIC} > 0 }}",
    )  # fmt: skip
    return sum(json.loads(event["message"])[METRIC] for page in pages for event in page["events"])


def stored(context, since):
    points = context.client("cloudwatch").get_metric_statistics(
        Namespace=NAMESPACE,
        MetricName=METRIC,
        Dimensions=[{"Name": "cluster", "Value": context.names.cluster}],
        StartTime=datetime.fromtimestamp(since, UTC),
        EndTime=datetime.fromtimestamp(context.now() + 60, UTC),
        Period=60,
        Statistics=["Sum"],
    )["Datapoints"]  # fmt: skip
    return sum(point["Sum"] for point in points)


def judge(printed, stored):
    evidence = {"printed": printed, "stored": stored}
    if not printed:
        return Finding(NOT_SHOWN, f"auto-drain has printed no {METRIC}", evidence)
    if printed != stored:
        return Finding(DIFFERS, f"{printed} printed, {stored:.0f} stored", evidence)
    return Finding(AGREES, f"{printed} printed and stored", evidence)

"""Alarms on metrics of a run, with data of past minutes."""

import json
from datetime import UTC, datetime

from .errors import tolerated

THRESHOLD = 10.0


def put(context, what, values, **settings):
    """An alarm on a metric that has these values, by age in whole minutes: 1 is the last full minute."""
    names, cloudwatch = context.names, context.client("cloudwatch")
    minute = int(context.now() // 60 * 60)
    for age, value in values.items():
        at = datetime.fromtimestamp(minute - 60 * age, UTC)
        cloudwatch.put_metric_data(
            Namespace=names.namespace, MetricData=[{"MetricName": what, "Timestamp": at, "Value": value}]
        )
    given = {"TreatMissingData": "missing", "EvaluationPeriods": 1} | settings
    watched = {} if "Metrics" in given else {
        "Namespace": names.namespace, "MetricName": what, "Statistic": "Average", "Period": 60,
    }  # fmt: skip
    cloudwatch.put_metric_alarm(
        AlarmName=names.probes + what,
        ComparisonOperator="GreaterThanThreshold",
        Threshold=THRESHOLD,
        **watched,
        **given,
    )


def updates(context, what):
    """The states that an alarm has changed to, oldest first, with the time of each in seconds since 1970."""
    history = context.client("cloudwatch").describe_alarm_history(
        AlarmName=context.names.probes + what, HistoryItemType="StateUpdate", ScanBy="TimestampAscending"
    )
    items = history["AlarmHistoryItems"]
    return [json.loads(item["HistoryData"])["newState"] | {"at": item["Timestamp"].timestamp()} for item in items]


def wait(context, what, began):
    """The first change of state, or None if the alarm has not changed 5 minutes after the beginning."""
    while True:
        changed = updates(context, what)
        if changed or context.now() > began + 300:
            return changed[0] if changed else None
        context.sleep(15)


def delete(names, cloudwatch):
    found = cloudwatch.describe_alarms(AlarmNamePrefix=names.probes)["MetricAlarms"]
    if found:
        with tolerated("ResourceNotFound"):
            cloudwatch.delete_alarms(AlarmNames=[alarm["AlarmName"] for alarm in found])

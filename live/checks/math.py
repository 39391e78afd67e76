"""Metric math over a metric that has never had a value."""

from datetime import UTC, datetime, timedelta

from .. import probe_alarms
from ..finding import AGREES, DIFFERS, NOT_SHOWN, Finding, check

MINUTES = 5
# The number of values over MINUTES periods. `m` is the metric.
EXPECTED = {
    "m + 1": 0,
    "FILL(m, 0)": MINUTES,
    "FILL(m, REPEAT)": 0,
    "IF(FILL(m, -1) >= 0, m)": 0,
    "IF(m, 1, 1)": 0,
}


@check(
    "FILL of a series without values", "FILL with a number gives one value a period, and FILL with REPEAT gives none."
)
def filled(context):
    """AWS documents that FILL fills the missing values of a time series, and not what an empty one becomes
    (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html).
    `stacks/cluster-scaling.yaml` and `stacks/service-scaling.yaml` test for -1, and
    `crates/region-cloudwatch/src/math/evaluate.rs` fills every period."""
    ends = datetime.fromtimestamp(context.now() // 60 * 60, UTC)
    metric = {"Namespace": context.names.namespace, "MetricName": "never"}
    queries = [
        {"Id": "m", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Average"}, "ReturnData": False},
        *({"Id": f"e{at}", "Expression": expression} for at, expression in enumerate(EXPECTED)),
    ]
    answer = context.client("cloudwatch").get_metric_data(
        MetricDataQueries=queries, StartTime=ends - timedelta(minutes=MINUTES), EndTime=ends
    )
    values = {result["Id"]: result["Values"] for result in answer["MetricDataResults"]}
    return judge({expression: values.get(f"e{at}") for at, expression in enumerate(EXPECTED)})


def judge(found):
    if None in found.values():
        return Finding(NOT_SHOWN, "an expression has no result", found)
    other = [f"{text} has {len(found[text])} values" for text, count in EXPECTED.items() if len(found[text]) != count]
    if other:
        return Finding(DIFFERS, "; ".join(other), found)
    return Finding(AGREES, f"FILL(m, 0) has {MINUTES} values, and the others have none", found)


def begin(context):
    """An alarm on a filled series that is below its threshold, and one on the same series without FILL."""
    metric = {"Namespace": context.names.namespace, "MetricName": "never"}
    series = {"Id": "m", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Average"}, "ReturnData": False}
    for what, expression in (("filled", "FILL(m, 20)"), ("unfilled", "m + 20")):
        shown = {"Id": "e", "Expression": expression, "ReturnData": True}
        probe_alarms.put(context, what, {}, Metrics=[series, shown])
    return context.now()


@check("alarms on FILL of a series without values", "The alarm on FILL has values; that on m + 20 has none.", begin)
def alarmed(context, began):
    """AWS documents that an alarm on an expression needs data of its metrics, and that FILL supplies it
    (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html).
    `stacks/service-scaling.yaml` relies on FILL in alarms, and
    `crates/region-cloudwatch/src/math/evaluate.rs` treats alarms as queries."""
    changed = {what: probe_alarms.wait(context, what, began) for what in ("filled", "unfilled")}
    values = {what: change and change["stateValue"] for what, change in changed.items()}
    if values["filled"] == "ALARM" and values["unfilled"] in (None, "INSUFFICIENT_DATA"):
        return Finding(AGREES, "the alarm on FILL is in ALARM, and that on m + 20 has no data", changed)
    return Finding(DIFFERS, f"FILL: {values['filled']}, m + 20: {values['unfilled']}", changed)

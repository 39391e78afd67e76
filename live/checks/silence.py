"""A service without tasks: which metrics fall silent, and whether FILL wakes an expression."""

from datetime import UTC, datetime, timedelta

from .. import cluster, metrics
from ..finding import AGREES, DIFFERS, NOT_SHOWN, Finding, check

SILENT_MINUTES = 5


@check(
    "no tasks, no metrics",
    "At zero tasks neither RunningTaskCount (Container Insights) nor CPUUtilization has a point; FILL's answer is recorded.",
)
def silent(context):
    """AWS documents that ECS sends metrics of a service with running tasks
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html), and that FILL
    fills missing values (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html).
    `stacks/service-scaling.yaml` therefore keeps one task at least."""
    ecs, names = context.client("ecs"), context.names
    cluster.settle(context, 2)
    desired = cluster.service(context)["desiredCount"]
    began = context.now()
    ecs.update_cluster_settings(cluster=names.cluster, settings=[{"name": "containerInsights", "value": "enabled"}])
    context.wait("RunningTaskCount of Container Insights", lambda: insights(context, began), 900, every=20)
    try:
        ecs.update_service(cluster=names.cluster, service=names.service, desiredCount=0)
        context.wait("no running task", lambda: nothing_left(context), 420)
        # A minute to end the last period, and what is late.
        context.sleep(60)
        silent = context.now()
        context.sleep(60 * (SILENT_MINUTES + 3))
        before, after = split(insights(context, began), silent)
        cpu = split(metrics.minutes(context, "AWS/ECS", "CPUUtilization", "SampleCount", began), silent)[1]
        woken = expression(context, silent)
    finally:
        ecs.update_service(cluster=names.cluster, service=names.service, desiredCount=desired)
    return judge(before, after, cpu, woken)


def nothing_left(context):
    ecs, cluster_name = context.client("ecs"), context.names.cluster
    arns = ecs.list_tasks(cluster=cluster_name, desiredStatus="STOPPED")["taskArns"]
    stopping = ecs.describe_tasks(cluster=cluster_name, tasks=arns)["tasks"] if arns else []
    return cluster.service(context)["runningCount"] == 0 and all(task["lastStatus"] == "STOPPED" for task in stopping)


def insights(context, since):
    return metrics.minutes(context, "ECS/ContainerInsights", "RunningTaskCount", "Average", since)


def split(points, at):
    """The points before and after a time: their values alone."""
    return [value for when, value in points if when < at], [value for when, value in points if when >= at]


def expression(context, since):
    """Points of an expression over the silent count, which is to count 0 tasks as 1."""
    metric = {
        "Namespace": "ECS/ContainerInsights",
        "MetricName": "RunningTaskCount",
        "Dimensions": metrics.service_dimensions(context),
    }
    answer = context.client("cloudwatch").get_metric_data(
        MetricDataQueries=[
            {"Id": "tasks", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Average"}, "ReturnData": False},
            {"Id": "woken", "Expression": "FILL(FILL(tasks, REPEAT), 1)"},
        ],
        StartTime=datetime.fromtimestamp(since, UTC),
        EndTime=datetime.fromtimestamp(since, UTC) + timedelta(minutes=SILENT_MINUTES),
    )
    return answer["MetricDataResults"][0]["Values"]


def judge(before, after, cpu, woken):
    evidence = {
        "RunningTaskCount before": before,
        "RunningTaskCount after": after,
        "SampleCount of CPUUtilization after": cpu,
        "FILL(FILL(tasks, REPEAT), 1) after": woken,
    }
    if not before:
        return Finding(NOT_SHOWN, "no RunningTaskCount while tasks ran", evidence)
    fill = f"the expression has {len(woken)} points"
    if after or cpu:
        counted = f"RunningTaskCount has {len(after)} points, CPUUtilization {len(cpu)}"
        return Finding(DIFFERS, f"without tasks {counted}; {fill}", evidence)
    return Finding(AGREES, f"both metrics are absent without tasks; {fill}", evidence)

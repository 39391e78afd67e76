"""Metrics of the service, by minute."""

from datetime import UTC, datetime, timedelta


def service_dimensions(context):
    return [
        {"Name": "ClusterName", "Value": context.names.cluster},
        {"Name": "ServiceName", "Value": context.names.service},
    ]


def minutes(context, namespace, metric, statistic, since):
    """The time (seconds since 1970) and the value of each datapoint, oldest first."""
    points = context.client("cloudwatch").get_metric_statistics(
        Namespace=namespace,
        MetricName=metric,
        Dimensions=service_dimensions(context),
        StartTime=datetime.fromtimestamp(since, UTC),
        EndTime=datetime.fromtimestamp(context.now(), UTC) + timedelta(minutes=1),
        Period=60,
        Statistics=[statistic],
    )["Datapoints"]
    return sorted((point["Timestamp"].timestamp(), point[statistic]) for point in points)

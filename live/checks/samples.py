"""SampleCount of CPUUtilization is the number of running tasks, at 60 seconds."""

from .. import cluster, metrics
from ..finding import AGREES, DIFFERS, NOT_SHOWN, Finding, check

# The newest minutes are not whole yet.
FRESH = 180
POINTS = 3


@check(
    "SampleCount counts tasks",
    "SampleCount of the service's CPUUtilization over 60 s is the number of running tasks (20-second metrics are not checked).",
)
def sample_counts(context):
    """AWS documents that SampleCount shows the number of samples of the tasks
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-metrics.html).
    `stacks/service-scaling.yaml` takes it for the number of running tasks."""
    cluster.settle(context, 2)
    since = context.now() + 60

    def enough():
        points = read(context, since)
        return points if len(points) >= POINTS else None

    points = context.wait(f"{POINTS} whole minutes of CPUUtilization", enough, 900, every=20)
    return judge([value for _, value in points], cluster.service(context)["runningCount"])


def read(context, since):
    found = metrics.minutes(context, "AWS/ECS", "CPUUtilization", "SampleCount", since)
    return [(at, value) for at, value in found if at <= context.now() - FRESH]


def judge(counts, running):
    evidence = {"SampleCount by minute": counts, "running tasks": running}
    if len(counts) < POINTS:
        return Finding(NOT_SHOWN, f"only {len(counts)} points", evidence)
    if any(count != running for count in counts):
        return Finding(DIFFERS, f"{counts} samples a minute for {running} running tasks", evidence)
    return Finding(AGREES, f"{len(counts)} minutes with {running} samples for {running} running tasks", evidence)

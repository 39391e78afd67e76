"""A scale-in under load: no request fails, and the instance is released after its last task."""

from datetime import datetime
from email.utils import parsedate_to_datetime

from .. import capture, cluster
from ..finding import AGREES, DIFFERS, NOT_SHOWN, Finding, check
from ..load import Load

# Deregistration takes 60 s in the demo. Replacements, stops and reconciles take additional time.
DRAIN_LIMIT = 600
# Seconds by which two clocks may still differ after their comparison.
TOLERANCE = 2


@check(
    "a drain under load",
    "While an instance drains, no request fails, and it is released only after its last task has stopped.",
)
def under_load(context):
    """AWS documents that an instance waits until the lifecycle action is completed
    (https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks.html), and that DRAINING moves
    the tasks of services (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-draining.html).
    `crates/drain/src/decide` releases an instance when its last task has stopped."""
    cluster.settle(context, 2)
    ec2, arn = cluster.busiest(context)
    with Load(context.outputs["Url"]) as load:
        context.sleep(10)
        began = context.now()
        cluster.leave(context, ec2)
        states = watch(context, ec2, arn, began)
        context.sleep(20)
    stops = stopped_at(capture.events(context), arn)
    released = next((state["at"] + clock_lag(context) for state in states if state["released"]), None)
    evidence = {
        "requests": load.sent,
        "failures": load.failures[:20],
        "states": [state | {"at": round(state["at"] - began, 1)} for state in states],
        "stops, by AWS's clock": [round(at - began, 1) for at in stops],
    }
    return judge(load.sent, len(load.failures), released, stops, evidence)


def watch(context, ec2, arn, began):
    """Each new state of the instance, until it is released."""
    states = []
    ecs = context.client("ecs")

    def probe():
        described = ecs.describe_container_instances(cluster=context.names.cluster, containerInstances=[arn])
        instance = (described["containerInstances"] or [{}])[0]
        state = {
            "group": cluster.lifecycle_state(context, ec2),
            "status": instance.get("status"),
            "running": instance.get("runningTasksCount"),
            "released": cluster.is_released(context, ec2),
        }
        if not states or state != {key: value for key, value in states[-1].items() if key != "at"}:
            states.append({"at": context.now()} | state)
            context.say(
                f"  {context.now() - began:5.0f} s  {state['group']}  {state['status']}  {state['running']} tasks running"
            )
        return state["released"]

    context.wait(f"{ec2} released", probe, DRAIN_LIMIT, every=3)
    return states


def stopped_at(events, arn):
    """When each task of the container instance stopped, in seconds since 1970."""
    stops = {}
    for event in events:
        detail = event["detail"]
        if (
            detail.get("containerInstanceArn") == arn
            and detail.get("lastStatus") == "STOPPED"
            and "stoppedAt" in detail
        ):
            stops[detail["taskArn"]] = datetime.fromisoformat(detail["stoppedAt"].replace("Z", "+00:00")).timestamp()
    return sorted(stops.values())


def clock_lag(context):
    """The seconds by which this machine's clock is behind that of AWS, to 1 s."""
    headers = context.client("sts").get_caller_identity()["ResponseMetadata"]["HTTPHeaders"]
    return parsedate_to_datetime(headers["date"]).timestamp() - context.now()


def judge(sent, failed, released, stops, evidence):
    if failed:
        return Finding(DIFFERS, f"{failed} of {sent} requests failed", evidence)
    if released is None or not stops or not sent:
        return Finding(NOT_SHOWN, f"{sent} requests, {len(stops)} stops, released: {released is not None}", evidence)
    lag = released - stops[-1]
    if lag < -TOLERANCE:
        return Finding(DIFFERS, f"released {-lag:.1f} s before the last task had stopped", evidence)
    return Finding(
        AGREES,
        f"none of {sent} requests failed; seen released {lag:.1f} s after the last of {len(stops)} stops",
        evidence,
    )

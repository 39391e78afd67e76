"""A scale-in under requests: none fails, and the instance goes after its last task."""

from datetime import datetime
from email.utils import parsedate_to_datetime

from .. import capture, cluster
from ..finding import CONFIRMED, NOT_SEEN, REFUTED, Check, Finding
from ..load import Load

# Deregistration lasts 60 s in the demo; replacements, stops and looks come on top.
DRAIN_LIMIT = 600
# Seconds by which two clocks that were just compared may still differ.
TOLERANCE = 2


def run(context):
    cluster.settle(context, 2)
    ec2, arn = cluster.busiest(context)
    with Load(context.outputs["Url"]) as load:
        context.sleep(10)
        began = context.now()
        cluster.leave(context, ec2)
        states = watch(context, ec2, arn, began)
        context.sleep(20)
    stops = stopped_at(capture.events(context), arn)
    let_go = next((state["at"] + clock_lag(context) for state in states if state["let_go"]), None)
    evidence = {
        "requests": load.sent,
        "failures": load.failures[:20],
        "states": [state | {"at": round(state["at"] - began, 1)} for state in states],
        "stops, by AWS's clock": [round(at - began, 1) for at in stops],
    }
    return judge(load.sent, len(load.failures), let_go, stops, evidence)


def watch(context, ec2, arn, began):
    """The instance's state each time it changes, until it is let go."""
    states = []
    ecs = context.client("ecs")

    def probe():
        described = ecs.describe_container_instances(cluster=context.names.cluster, containerInstances=[arn])
        instance = (described["containerInstances"] or [{}])[0]
        state = {
            "group": cluster.lifecycle_state(context, ec2),
            "status": instance.get("status"),
            "running": instance.get("runningTasksCount"),
            "let_go": cluster.is_let_go(context, ec2),
        }
        if not states or state != {key: value for key, value in states[-1].items() if key != "at"}:
            states.append({"at": context.now()} | state)
            context.say(
                f"  {context.now() - began:5.0f} s  {state['group']}  {state['status']}  {state['running']} to run"
            )
        return state["let_go"]

    context.wait(f"{ec2} let go", probe, DRAIN_LIMIT, every=3)
    return states


def stopped_at(events, arn):
    """When each task of the container instance stopped, in seconds since the epoch."""
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
    """How far this machine's clock is behind that of AWS, to a second."""
    headers = context.client("sts").get_caller_identity()["ResponseMetadata"]["HTTPHeaders"]
    return parsedate_to_datetime(headers["date"]).timestamp() - context.now()


def judge(sent, failed, let_go, stops, evidence):
    if failed:
        return Finding(REFUTED, f"{failed} of {sent} requests failed", evidence)
    if let_go is None or not stops or not sent:
        return Finding(NOT_SEEN, f"{sent} requests, {len(stops)} stops, let go: {let_go is not None}", evidence)
    lag = let_go - stops[-1]
    if lag < -TOLERANCE:
        return Finding(REFUTED, f"let go {-lag:.1f} s before the last task had stopped", evidence)
    return Finding(
        CONFIRMED,
        f"none of {sent} requests failed; seen to be let go {lag:.1f} s after the last of {len(stops)} stops",
        evidence,
    )


CHECK = Check(
    "a drain under requests",
    "While an instance leaves, no request fails, and Auto Scaling lets it go only after its last task has stopped.",
    run,
)

"""A lifecycle hook that changes while an instance waits for it."""

from .. import probe_groups
from ..finding import AGREES, DIFFERS, NOT_SHOWN, Finding, check

# Heartbeat timeouts: at the termination, and CHANGED_SECONDS later. Whether a heartbeat follows the change.
CASES = {"shortened": (240, 60, False), "lengthened": (60, 300, False), "renewed": (60, 300, True)}
CHANGED_SECONDS = 20
# Auto Scaling ends a wait some time after its timeout.
TOLERANCE = 75
LONGEST = 480


def begin(context):
    for what in CASES:
        probe_groups.create(context, what)


@check(
    "a hook that changes while an instance waits",
    "A wait keeps the heartbeat timeout that its hook had at the start, also for later heartbeats.",
    begin,
)
def changed_hook(context, _):
    """AWS documents that PutLifecycleHook updates an existing hook
    (https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutLifecycleHook.html), and nothing about waits under way.
    `crates/region-services/src/autoscaling/action.rs` keeps the timeout of the start."""
    groups = {what: context.names.of(what) for what in CASES}
    waiting = {what: probe_groups.in_service(context, group)[0]["InstanceId"] for what, group in groups.items()}
    for what, (first, _, _) in CASES.items():
        probe_groups.put_hook(context, groups[what], first)
        probe_groups.terminate(context, waiting[what])
    began = context.now()
    context.sleep(CHANGED_SECONDS)
    for what, (_, then, beats) in CASES.items():
        probe_groups.put_hook(context, groups[what], then)
        if beats:
            context.client("autoscaling").record_lifecycle_action_heartbeat(
                AutoScalingGroupName=groups[what], LifecycleHookName=probe_groups.HOOK, InstanceId=waiting[what]
            )
    return judge(ends(context, groups, waiting, began))


def ends(context, groups, waiting, began):
    """The seconds from each termination to the end of its wait, or None for one that is still waiting."""
    found = dict.fromkeys(waiting)
    while None in found.values() and context.now() < began + LONGEST:
        for what, ec2 in waiting.items():
            state = probe_groups.state(context, groups[what], ec2)
            if found[what] is None and state not in ("InService", "Terminating", "Terminating:Wait"):
                found[what] = round(context.now() - began)
        context.sleep(5)
    return found


def readings(what):
    """What may end a wait, and after how many seconds."""
    first, then, beats = CASES[what]
    renewed = CHANGED_SECONDS if beats else 0
    return {
        "the timeout of the start": renewed + first,
        "the new timeout, from the start or the heartbeat": renewed + then,
        "the new timeout, from the change": CHANGED_SECONDS + then,
    }


def reading(what, seconds):
    if seconds is None:
        return f"still waiting after {LONGEST} s"
    due = {text: seconds - after for text, after in readings(what).items() if -5 <= seconds - after <= TOLERANCE}
    return min(due, key=due.get) if due else "none of the timeouts"


def judge(found):
    read = {what: reading(what, seconds) for what, seconds in found.items()}
    evidence = {what: {"seconds": found[what], "ended by": read[what]} for what in found}
    seen = "; ".join(f"{what}: {text}" for what, text in read.items())
    if set(read.values()) == {"the timeout of the start"}:
        return Finding(AGREES, seen, evidence)
    if "none of the timeouts" in read.values():
        return Finding(NOT_SHOWN, seen, evidence)
    return Finding(DIFFERS, seen, evidence)

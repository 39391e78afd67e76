"""How Auto Scaling describes the end of an instance, and what it does with one that is abandoned."""

from .. import probe_groups
from ..finding import AGREES, DIFFERS, NOT_SHOWN, Finding, check

SECONDS = 420


def begin(context):
    """A group that retains abandoned instances, behind the load balancer of the demo."""
    policy = {"RetentionTriggers": {"TerminateHookAbandon": "retain"}}
    target = context.arn("elasticloadbalancing", context.outputs["TargetGroup"])
    probe_groups.create(context, "retained", InstanceLifecyclePolicy=policy, TargetGroupARNs=[target])


@check(
    "scaling activities of a retained instance",
    "Each description has the id of the instance as a word. The activity of a retained instance is Cancelled.",
    begin,
)
def retained(context, _):
    """AWS documents the state Terminating:Retained
    (https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-lifecycle-policy.html), neither the status of its
    activity nor the words of a description.
    `crates/aws/src/groups.rs` looks for the id as a word, and `crates/region-services/src/autoscaling/activities.rs`
    takes Cancelled."""
    group = context.names.of("retained")
    ec2 = probe_groups.in_service(context, group)[0]["InstanceId"]
    probe_groups.put_hook(context, group, 600, "ABANDON")
    probe_groups.terminate(context, ec2)
    seen, states = [], []

    def reaches(wanted):
        def probe():
            state = probe_groups.state(context, group, ec2)
            if state not in states:
                states.append(state)
            seen.extend(one for one in probe_groups.activities(context, group, ec2) if one not in seen)
            return state == wanted

        context.wait(f"{ec2} {wanted}", probe, SECONDS)

    reaches("Terminating:Wait")
    probe_groups.complete(context, group, ec2, "ABANDON")
    reaches("Terminating:Retained")
    context.sleep(30)
    last = probe_groups.activities(context, group, ec2)
    return judge(ec2, [*seen, *(one for one in last if one not in seen)], last, states)


def judge(ec2, activities, last, states):
    evidence = {"activities": activities, "states": states}
    if not last:
        return Finding(NOT_SHOWN, "the termination has no activity", evidence)
    words = [one["Description"] for one in activities]
    bare = [text for text in words if ec2 not in text.replace(".", " ").split()]
    if bare:
        return Finding(DIFFERS, f"the id is not a word of its own: {bare[0]}", evidence)
    status = last[0]["StatusCode"]
    verdict = AGREES if status == "Cancelled" else DIFFERS
    return Finding(verdict, f"the activity of the retained instance is {status}", evidence)

"""The first time: asks what to watch over, and shows what will be made."""

from . import account
from .errors import Refused

MADE = """\
This adds to group {group} one lifecycle hook, {stack}-drain, which holds each instance that is
terminated until cluster {cluster} has drained it, for at most HeartbeatSeconds without an answer.
Nothing else of the cluster or the group is changed. Made beside them: two functions, their topics,
queues and rules, alarms and a dashboard; by {place}."""


def choose(context, known):
    """Cluster and group, those that are known already without a question."""
    if context.yes or not context.interactive:
        raise Refused(
            f"environment {context.settings.environment} names no Cluster or no Group: "
            "give --parameter Cluster=… --parameter Group=…, or run it at a terminal without --yes"
        )
    ecs, autoscaling = context.client("ecs"), context.client("autoscaling")
    cluster = known.get("Cluster") or pick(context, "cluster", account.clusters(ecs))
    groups = account.groups(autoscaling)
    group = known.get("Group")
    if not group:
        likely = account.groups_of(ecs, groups, cluster)
        rest = sorted(name for name in groups if name not in likely)
        group = pick(context, "Auto Scaling group", likely + rest, likely, f"has instances in {cluster}")
    if group not in groups:
        raise Refused(f"group {group} does not exist in {context.region}: name one that does")
    context.say(MADE.format(cluster=cluster, group=group, stack=context.settings.stack, place=context.place()))
    for warning in account.warnings(ecs, groups[group]):
        context.say(f"warning: {warning}")
    context.consent(f"Write both down in {context.settings.path.name} and go on?")
    return {"Cluster": cluster, "Group": group}


def pick(context, what, names, likely=(), note=""):
    """One of the names, by its number or by itself; by nothing, the only or the likeliest."""
    if not names:
        raise Refused(
            f"no {what} in {context.region}: set AWS_DEFAULT_REGION to where it is, or make one by --env demo"
        )
    for number, name in enumerate(names, 1):
        context.say(f"{number:>4}  {name}" + (f"  ({note})" if name in likely else ""))
    usual = likely[0] if likely else names[0] if len(names) == 1 else None
    answer = context.ask(f"Which {what}? " + (f"[{usual}] " if usual else "")).strip() or usual
    if answer in names:
        return answer
    if answer and answer.isdecimal() and 1 <= int(answer) <= len(names):
        return names[int(answer) - 1]
    raise Refused(f"{answer or 'no answer'} is no {what} of these: give its number or its name")

"""The first deployment: asks for cluster and group, and shows what will be created."""

from . import account
from .errors import Refused

MADE = """\
This adds the lifecycle hook ecs-tide-drain to group {group}. The hook holds each terminating instance
until it is drained from cluster {cluster}, for at most HeartbeatSeconds without a heartbeat.
Nothing else of the cluster or the group changes. The stack also creates four functions, their topics,
queues and rules, alarms and a dashboard, in {place}."""


def choose(context, known):
    """The cluster and the group. Asks for those that are not known."""
    if context.yes or not context.interactive:
        raise Refused(
            f"environment {context.settings.environment} has no Cluster or no Group: "
            "set --parameter Cluster=… --parameter Group=…, or run it in a terminal without --yes"
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
        raise Refused(f"group {group} does not exist in {context.region}: name an existing one")
    context.say(MADE.format(cluster=cluster, group=group, place=context.place()))
    for warning in account.warnings(ecs, groups[group]):
        context.say(f"warning: {warning}")
    context.consent(f"Write both to {context.settings.path.name} and continue?")
    return {"Cluster": cluster, "Group": group}


def pick(context, what, names, likely=(), remark=""):
    """Ask for one of the names or its number. The default is the first likely name, or the only one."""
    if not names:
        raise Refused(
            f"no {what} in {context.region}: set AWS_DEFAULT_REGION to its region, or create one: make deploy-demo"
        )
    for number, name in enumerate(names, 1):
        context.say(f"{number:>4}  {name}" + (f"  ({remark})" if name in likely else ""))
    usual = likely[0] if likely else names[0] if len(names) == 1 else None
    answer = context.ask(f"Which {what}? " + (f"[{usual}] " if usual else "")).strip() or usual
    if answer in names:
        return answer
    if answer and answer.isdecimal() and 1 <= int(answer) <= len(names):
        return names[int(answer) - 1]
    raise Refused(f"{answer or 'an empty answer'} selects no {what}: enter a number or a name of the list")

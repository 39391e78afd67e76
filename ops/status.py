"""Shows the groups that are opted in, the hooks, the drains, and the tasks that were cut short."""

from datetime import timedelta

from botocore.exceptions import ClientError

from . import hooks, opted_in, records, stack

NAMESPACE, CUT_SHORT = "EcsTide", "TasksCutShort"
HOURS = 24
# The limit of a call of GetMetricData.
QUERIES = 500


def status(context, everywhere=False):
    """Print all of it. `everywhere` looks for hooks on every group of the Region, with one call for each."""
    autoscaling = context.client("autoscaling")
    if not stack.find(context.client("cloudformation"), context.settings.stack):
        context.say(f"stack {context.settings.stack} does not exist in {context.region}: nothing drains an instance")
    groups = opted_in.groups(autoscaling)
    marked = [group.name for group in groups if group.hook]
    listed = hooks.everywhere(autoscaling) if everywhere else hooks.ours(autoscaling, marked)
    found = {hook.group: hook for hook in listed}
    show_groups(context, groups, found, everywhere)
    show_hooks(context, groups, found, everywhere)
    clusters = sorted({group.cluster for group in groups if group.cluster})
    show_drains(context, clusters)
    show_cut_short(context, clusters)


def show_groups(context, groups, found, everywhere):
    context.say(f"groups: {len(groups)} opted in by the tag {opted_in.CLUSTER}")
    table(
        context,
        ["group", "cluster", "mode", "hook"],
        [[group.name, group.cluster, group.mode, hook_of(group, found, everywhere)] for group in groups],
    )
    for group in groups:
        for tag, what in group.invalid.items():
            context.say(f"  {group.name}: the tag {tag} {what}")


def hook_of(group, found, everywhere):
    hook = found.get(group.name)
    if hook:
        return f"{hook.heartbeat} s, then {hook.default}"
    if group.hook and opted_in.REMOVED in group.hook:
        return "removed"
    if group.hook:
        return f"none, although {opted_in.HOOK} describes one"
    return "none" if everywhere else "none recorded"


def show_hooks(context, groups, found, everywhere):
    """The hooks that no tag explains: they hold each terminating instance, and nothing drains it."""
    explained = {group.name for group in groups}
    left = [hook for name, hook in found.items() if name not in explained]
    where = "of all groups" if everywhere else f"of groups with the tag {opted_in.HOOK}; ARGS=--all reads all groups"
    context.say(f"hooks {hooks.NAME}: {len(found)} {where}")
    for hook in left:
        context.say(
            f"  {hook.group} has no tag of ecs-tide: its hook holds each terminating instance for {hook.heartbeat} s: "
            f'opt the group in, or remove the hook; see docs/operations.md, "Hooks that are left"'
        )


def show_drains(context, clusters):
    ecs, autoscaling = context.client("ecs"), context.client("autoscaling")
    drains, lacking = [], []
    for cluster in clusters:
        try:
            drains += records.under_way(ecs, autoscaling, cluster)
        except ClientError as error:
            if error.response["Error"].get("Code") != "ClusterNotFoundException":
                raise
            lacking.append(cluster)
    context.say(f"drains: {len(drains)} under way")
    rows = [
        [
            drain.instance,
            drain.cluster,
            drain.group or "none",
            drain.state or drain.why,
            age(context, drain),
            drain.tasks,
        ]
        for drain in drains
    ]
    table(context, ["instance", "cluster", "group", "state", "age", "tasks left"], rows)
    for cluster in lacking:
        context.say(f"  cluster {cluster} does not exist: correct the tag {opted_in.CLUSTER}")


def age(context, drain):
    if not drain.began:
        return "unknown"
    minutes, seconds = divmod(int((context.utc() - drain.began).total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds} s"


def show_cut_short(context, clusters):
    counted = cut_short(context.client("cloudwatch"), clusters, context.utc())
    context.say(f"tasks that died with their instance in the last {HOURS} hours: {sum(counted.values())}")
    table(context, ["cluster", "tasks"], [[cluster, count] for cluster, count in counted.items() if count])


def cut_short(cloudwatch, clusters, now):
    """The number of tasks cut short, by cluster. A cluster without any publishes nothing."""
    counted = {}
    for part in records.parts(clusters, QUERIES):
        queries = [
            {
                "Id": f"c{number}",
                "MetricStat": {
                    "Metric": {
                        "Namespace": NAMESPACE,
                        "MetricName": CUT_SHORT,
                        "Dimensions": [{"Name": "cluster", "Value": cluster}],
                    },
                    "Period": 3600,
                    "Stat": "Sum",
                },
            }
            for number, cluster in enumerate(part)
        ]
        pages = cloudwatch.get_paginator("get_metric_data").paginate(
            MetricDataQueries=queries, StartTime=now - timedelta(hours=HOURS), EndTime=now
        )
        sums = dict.fromkeys(part, 0)
        for page in pages:
            for result in page["MetricDataResults"]:
                sums[part[int(result["Id"][1:])]] += int(sum(result["Values"]))
        counted |= sums
    return counted


def table(context, heading, rows):
    if not rows:
        return
    cells = [[str(cell) for cell in row] for row in [heading, *rows]]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        context.say("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())

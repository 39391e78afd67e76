"""Checks of several clusters and groups: opted in, replaced, turned off, and with a tag that is gone."""

from dataclasses import dataclass
from typing import Any

from e2e.checks import drains, expect, notification
from e2e.processes import eventually
from e2e.region import CLUSTER, GROUP, SHOP
from e2e.run import Run
from e2e.transcript import say

TAG = "ecs-tide:cluster"
OF_CLUSTER, OF_SHOP = "demo-b", ["shop-a", "shop-b"]
REPLACEMENT = "shop-c"
"""Takes the place of the second group of SHOP."""
LEAVING_SECONDS = 20
"""The time that a task of SHOP is deregistered from its load balancer, in which its tags change."""


def _opt_in(run: Run, group: str, cluster: str) -> list[str]:
    """Create a group of two instances with nothing but its tag."""
    order = {"name": group, "cluster": cluster, "desired": 2, "tags": {TAG: cluster}}
    return run.region.control("create-group", order)["instances"]


def two_clusters_with_two_groups_each_opt_in(run: Run) -> None:
    """A group needs only its tag: one run of hook-keeper puts the hooks of all clusters."""
    _opt_in(run, OF_CLUSTER, CLUSTER)
    for group in OF_SHOP:
        _opt_in(run, group, SHOP)
    run.stack.keep_hooks()
    own = {"AutoScalingGroupName", "NotificationMetadata"}
    wanted = {key: value for key, value in run.stack.hook(GROUP).items() if key not in own}
    for group in (OF_CLUSTER, *OF_SHOP):
        hook = run.stack.hook(group)
        expect({key: value for key, value in hook.items() if key not in own} == wanted, f"hook: {hook}")
        cluster = CLUSTER if group == OF_CLUSTER else SHOP
        expect(hook["NotificationMetadata"] == f'{{"cluster":"{cluster}"}}', f"hook: {hook}")
    say(f"hook-keeper has put the hooks of {OF_CLUSTER} in {CLUSTER}, and of {' and '.join(OF_SHOP)} in {SHOP}")


def a_group_that_is_replaced_drains_under_its_new_name(run: Run) -> None:
    """No deployment is needed, and nothing refers to the group that is gone."""
    run.region.control("delete-group", OF_SHOP[1])
    (leaving, _) = _opt_in(run, REPLACEMENT, SHOP)
    run.stack.keep_hooks()
    run.region.control("terminate-instance", {"instance": leaving, "decrement": False})
    drains(run, REPLACEMENT, leaving, 60)


@dataclass
class _Leaving:
    """An instance that drains while the tags of its group change."""

    group: str
    change: dict[str, Any]
    instance: str = ""


def a_drain_is_finished_before_the_hook_of_its_group_is_removed(run: Run) -> None:
    """The mode `off` and a deleted tag, both in mid-drain."""
    workload = {"deregistration-seconds": LEAVING_SECONDS, "stop-max-seconds": 10}
    run.region.control("create-service", {"cluster": SHOP, "desired": 8, "workload": workload})
    turned_off = _Leaving(OF_SHOP[0], {"tags": {"ecs-tide:mode": "off"}})
    untagged = _Leaving(REPLACEMENT, {"remove-tags": [TAG]})
    both = [turned_off, untagged]
    for one in both:
        instances = run.region.instances()
        serving = run.region.serving(one.group)
        one.instance = max(serving, key=lambda instance: len(instances[instance]["tasks"]))
        expect(bool(instances[one.instance]["tasks"]), f"{one.group} has no instance with a task")
        run.region.control("terminate-instance", {"instance": one.instance, "decrement": True})
        notification(run, one.group, one.instance)
    for one in both:
        eventually(f"{one.instance} is DRAINING", lambda one=one: _is_draining(run, one.instance), 20)
        run.region.control("update-group", {"name": one.group, **one.change})
        say(f"{one.group}: {one.change}, while {one.instance} drains")
    run.stack.keep_hooks()
    for one in both:
        expect(not _end(run, one.instance), f"{one.instance} was released before its tags changed")
        run.stack.hook(one.group)
    for one in both:
        end = eventually(f"{one.instance} is released", lambda one=one: _end(run, one.instance), 90)
        expect(end == "CONTINUE", f"{one.instance}: its lifecycle action ended with {end}")
        cut = [task["arn"] for task in run.region.instances()[one.instance]["tasks"] if task["cut-short"]]
        expect(not cut, f"{one.instance}: these tasks were cut short: {cut}")
    run.stack.keep_hooks()
    for one in both:
        expect(not run.stack.hooks(one.group), f"{one.group} still has its hook")
        say(f"{one.group}: {one.instance} was drained, and then its hook was removed")


def _is_draining(run: Run, instance: str) -> bool:
    return all(one["status"] == "DRAINING" for one in run.region.instances()[instance]["container-instances"])


def _end(run: Run, instance: str) -> str | None:
    (action,) = run.region.instances()[instance]["lifecycle-actions"]
    return action["end"]

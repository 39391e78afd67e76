import re

import pytest

from ops import opted_in
from ops.settings import ROOT

from .fakes import Client, group, tags


def read(**given):
    return opted_in.read(group("a", Tags=tags(**given)))


def test_the_tag_of_a_cluster_opts_in_to_drains():
    found = read(cluster="prod")
    assert (found.cluster, found.mode, found.hook, found.invalid) == ("prod", "drain", None, {})


@pytest.mark.parametrize("mode", ["drain", "observe", "off"])
def test_the_mode_is_that_of_its_tag(mode):
    assert read(cluster="prod", mode=mode).mode == mode


def test_a_deleted_tag_counts_as_off_in_the_cluster_of_the_hook():
    found = read(hook="prod@1800@5f3a")
    assert (found.cluster, found.mode) == ("prod", "off")


@pytest.mark.parametrize(
    "tag, value, words",
    [
        ("mode", "on", "is `on`, set it to drain or observe or off"),
        ("deadline_seconds", "59", "is `59`, set it to 60 to 172200"),
        ("heartbeat_seconds", "½", "is `½`, set it to 30 to 7200"),
        ("agent_gone_seconds", "-1", "is `-1`, set it to 0 to 172800"),
        ("at_deadline", "stop", "is `stop`, set it to continue or abandon or wait"),
        ("standalone_tasks", "", "is ``, set it to wait or stop"),
    ],
)
def test_a_bad_value_is_named_with_the_values_that_are_accepted(tag, value, words):
    found = read(cluster="prod", **{tag: value})
    assert found.invalid == {f"ecs-tide:{tag.replace('_', '-')}": words}
    assert found.mode == "drain"


def test_a_name_too_long_for_the_tag_of_the_hook_is_named():
    longest = "a" * 234
    assert read(cluster=longest).cluster == longest
    found = read(cluster=f"{longest}a")
    assert (found.cluster, found.mode) == ("", "off")
    assert found.invalid == {"ecs-tide:cluster": f"is `{longest}a`, set it to a name of at most 234 characters"}


def test_good_overrides_are_accepted():
    given = {
        "deadline_seconds": "600",
        "heartbeat_seconds": "900",
        "agent_gone_seconds": "0",
        "at_deadline": "wait",
        "standalone_tasks": "stop",
    }
    assert read(cluster="prod", **given).invalid == {}


def test_tags_are_those_that_auto_drain_reads():
    source = (ROOT / "crates/drain/src/opt_in.rs").read_text()
    declared = source[source.index("pub mod tags {") :].partition("\n}")[0]
    named = {opted_in.CLUSTER, opted_in.MODE, opted_in.HOOK, *opted_in.OVERRIDES}
    assert named == set(re.findall(r'"(ecs-tide:[a-z-]+)"', declared))


def test_groups_are_asked_for_by_tag_and_without_instances():
    pages = [{"AutoScalingGroups": [group("b", Tags=tags(cluster="x"))]}, {"AutoScalingGroups": [group("a")]}]
    client = Client("autoscaling", describe_auto_scaling_groups=pages)
    assert [found.name for found in opted_in.groups(client)] == ["a", "b"]
    ((_, asked),) = client.calls
    assert asked["Filters"] == [{"Name": "tag-key", "Values": ["ecs-tide:cluster", "ecs-tide:hook"]}]
    assert asked["IncludeInstances"] is False

from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from ops.settings import ROOT
from ops.status import cut_short, status

from .fakes import Client, Region, Session, context, error, group, hook, stack, tags

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
ARN = "arn:aws:ecs:eu-west-1:123456789012:container-instance/prod/"


def ecs(*records, **more):
    """A cluster with a drain record for each, of the instances i-0, i-1 and so on."""
    attributes = [{"targetId": f"{ARN}{number}", "value": record} for number, record in enumerate(records)]
    described = [{"containerInstanceArn": f"{ARN}{number}", "ec2InstanceId": f"i-{number}"} for number in range(9)]
    answers = {
        "list_attributes": [{"attributes": attributes[:1]}, {"attributes": attributes[1:]}],
        "describe_container_instances": lambda containerInstances, **_: {
            "containerInstances": [one for one in described if one["containerInstanceArn"] in containerInstances]
        },
        "list_tasks": lambda desiredStatus, **_: {"taskArns": [f"{desiredStatus}-{number}" for number in range(2)]},
        "describe_tasks": {
            "tasks": [{"lastStatus": state} for state in ("RUNNING", "STOPPED", "DEPROVISIONING", "STOPPED")]
        },
    }
    return Client("ecs", **(answers | more))


def shown(*groups, everywhere=False, clusters=None, counted=(), hooked=(), main=True):
    """What the command prints."""
    found = Region(*([stack("tide")] if main else []), groups=groups, hooked=hooked)
    found.autoscaling.answers["describe_auto_scaling_instances"] = {
        "AutoScalingInstances": [
            {"InstanceId": "i-0", "AutoScalingGroupName": "web", "LifecycleState": "Terminating:Wait"}
        ]
    }
    results = {"MetricDataResults": [{"Id": "c0", "Values": list(counted)}]}
    session = Session(
        cloudformation=found.cloudformation,
        autoscaling=found.autoscaling,
        ecs=clusters or ecs(),
        cloudwatch=Client("cloudwatch", get_metric_data=[results]),
    )
    said = []
    status(context(session, say=said.append, utc=lambda: NOW), everywhere)
    return said, found


def web(**more):
    return group("web", Tags=tags(**({"cluster": "prod", "hook": "prod@1800@5f3a"} | more)))


def test_groups_are_listed_with_cluster_mode_and_hook():
    said, _ = shown(web(), group("spot", Tags=tags(cluster="prod", mode="observe")), group("other"), hooked=["web"])
    assert "groups: 2 opted in by the tag ecs-tide:cluster" in said
    assert "  web    prod     drain    1800 s, then CONTINUE" in said
    assert "  spot   prod     observe  none recorded" in said
    assert not any("other" in line for line in said)


def test_an_invalid_tag_is_named():
    said, _ = shown(web(mode="on"))
    assert "  web: the tag ecs-tide:mode is `on`, set it to drain or observe or off" in said


def test_a_hook_that_is_gone_is_shown():
    said, _ = shown(web())
    assert "  web    prod     drain  none, although ecs-tide:hook describes one" in said


def test_a_hook_that_was_removed_is_shown_as_such():
    off = group("web", Tags=tags(cluster="prod", mode="off", hook="prod@1800@removed-6926c0f0"))
    said, _ = shown(off)
    assert "  web    prod     off   removed" in said


def test_hooks_are_described_only_for_marked_groups():
    groups = [web(), group("spot", Tags=tags(cluster="prod")), group("other")]
    _, found = shown(*groups)
    asked = [about for name, about in found.autoscaling.calls if name == "describe_lifecycle_hooks"]
    assert asked == [{"AutoScalingGroupName": "web"}]
    _, found = shown(*groups, everywhere=True)
    assert found.autoscaling.called("describe_lifecycle_hooks") == 3 * ["describe_lifecycle_hooks"]


def test_a_hook_without_tags_is_found_on_any_group():
    said, _ = shown(web(), group("other"), everywhere=True, hooked=["web", "other"])
    assert "hooks ecs-tide-drain: 2 of all groups" in said
    (line,) = [line for line in said if line.startswith("  other")]
    assert "its hook holds each terminating instance for 1800 s" in line


def test_drains_are_listed_with_age_and_tasks_left():
    records = ["hook began/2026-11-30T10:55:00Z beat/2026-11-30T11:50:00Z", "spot began/2026-11-30T11:58:30Z"]
    said, _ = shown(web(), clusters=ecs(*records))
    assert "drains: 2 under way" in said
    assert "  i-0       prod     web    Terminating:Wait  1 h 5 min   2" in said
    assert "  i-1       prod     none   spot              1 min 30 s  2" in said


def test_a_record_that_cannot_be_read_has_no_age():
    said, _ = shown(web(), clusters=ecs("hook"))
    assert "  i-0       prod     web    Terminating:Wait  unknown  2" in said


def test_a_cluster_that_does_not_exist_is_named():
    said, _ = shown(web(), clusters=ecs(list_attributes=error("ListAttributes", "ClusterNotFoundException", "none")))
    assert "  cluster prod does not exist: correct the tag ecs-tide:cluster" in said
    with pytest.raises(ClientError, match="not you"):
        shown(web(), clusters=ecs(list_attributes=error("ListAttributes", "AccessDenied", "not you")))


def test_tasks_cut_short_are_summed_by_cluster():
    said, _ = shown(web(), counted=[2.0, 1.0])
    assert "tasks that died with their instance in the last 24 hours: 3" in said
    assert "  prod     3" in said


def test_clusters_are_asked_for_500_at_a_time():
    client = Client("cloudwatch", get_metric_data=lambda **_: {"MetricDataResults": [{"Id": "c1", "Values": [4.0]}]})
    counted = cut_short(client, [f"c{number}" for number in range(502)], NOW)
    assert len(client.calls) == 2
    assert {name: count for name, count in counted.items() if count} == {"c1": 4, "c501": 4}
    asked = client.calls[0][1]
    assert NOW - asked["StartTime"] == timedelta(hours=24)
    assert asked["MetricDataQueries"][0]["MetricStat"]["Metric"]["MetricName"] == "TasksCutShort"


def test_without_the_stack_its_hooks_are_still_found():
    said, _ = shown(web(), hooked=["web"], main=False)
    assert said[0] == "stack tide does not exist in eu-west-1: nothing drains an instance"
    assert "hooks ecs-tide-drain: 1 of groups with the tag ecs-tide:hook; ARGS=--all reads all groups" in said


def test_hooks_of_other_names_are_no_concern():
    found = Region(stack("tide"), groups=[group("web")])
    found.hooks["web"] = [hook("ecs-managed-draining-termination-hook")]
    said = []
    session = Session(cloudformation=found.cloudformation, autoscaling=found.autoscaling)
    session.client("cloudwatch").answers["get_metric_data"] = {"MetricDataResults": []}
    status(context(session, say=said.append, utc=lambda: NOW), True)
    assert "hooks ecs-tide-drain: 0 of all groups" in said


def test_the_operations_page_shows_what_is_printed():
    instance = "i-0a1b2c3d4e5f60718"
    clusters = ecs(
        "hook began/2026-11-30T11:47:56Z",
        describe_container_instances={
            "containerInstances": [{"containerInstanceArn": f"{ARN}0", "ec2InstanceId": instance}]
        },
    )
    found = Region(
        stack("tide"), groups=[web(), group("spot", Tags=tags(cluster="prod", mode="observe"))], hooked=["web"]
    )
    held = {"InstanceId": instance, "AutoScalingGroupName": "web", "LifecycleState": "Terminating:Wait"}
    found.autoscaling.answers["describe_auto_scaling_instances"] = {"AutoScalingInstances": [held]}
    counted = {"MetricDataResults": [{"Id": "c0", "Values": [3.0]}]}
    session = Session(
        cloudformation=found.cloudformation,
        autoscaling=found.autoscaling,
        ecs=clusters,
        cloudwatch=Client("cloudwatch", get_metric_data=counted),
    )
    said = []
    status(context(session, say=said.append, utc=lambda: NOW))
    page = (ROOT / "docs/operations.md").read_text()
    assert "\n".join(["$ make status", *said, "```"]) in page

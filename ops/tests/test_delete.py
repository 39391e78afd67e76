import pytest

from ops.delete import delete
from ops.errors import Failed, Refused

from .fakes import Region, context, error, group, hook, never, stack

WRITES = ("update_termination_protection", "delete_stack")


def region(*states, spot=(), hooked=()):
    return Region(stack("tide"), groups=[group("a", *states), group("b", *spot)], hooked=hooked)


def test_a_stack_without_drains_is_unprotected_and_deleted():
    found, said = region("InService"), []
    delete(context(found.session(), say=said.append))
    assert [call for call in found.cloudformation.calls if call[0] in WRITES] == [
        ("update_termination_protection", {"StackName": "tide", "EnableTerminationProtection": False}),
        ("delete_stack", {"StackName": "tide"}),
    ]
    assert "stack tide is deleted" in said


@pytest.mark.parametrize(
    "states, spot, named", [(["InService", "Terminating:Wait"], [], "i-1"), ([], ["Warmed:Terminating:Wait"], "i-0")]
)
def test_a_drain_in_any_group_refuses_the_deletion(states, spot, named):
    found = region(*states, spot=spot, hooked=["a", "b"])
    with pytest.raises(Refused, match=rf"^{named} \([ab], .*removing its hook would terminate it"):
        delete(context(found.session()))
    assert found.cloudformation.called(*WRITES) == []


def removed(found):
    """The groups whose hook was deleted."""
    calls = found.autoscaling.calls
    return [about["AutoScalingGroupName"] for name, about in calls if name == "delete_lifecycle_hook"]


def test_hooks_are_removed_before_protection_is_lifted():
    found = region("InService", hooked=["a", "b"])
    found.cloudformation.answers["update_termination_protection"] = lambda **_: (
        {} if removed(found) == ["a", "b"] else RuntimeError("too early")
    )
    delete(context(found.session()))
    tag = {"ResourceId": "b", "ResourceType": "auto-scaling-group", "Key": "ecs-tide:hook"}
    assert ("delete_tags", {"Tags": [tag]}) in found.autoscaling.calls
    assert found.cloudformation.called(*WRITES) == ["update_termination_protection", "delete_stack"]


def test_the_hooks_of_others_stay():
    found = region("InService", hooked=["a"])
    found.hooks["b"] = [hook("someone-elses")]
    delete(context(found.session()))
    assert removed(found) == ["a"]


def test_a_drain_behind_a_hook_refuses_without_any_tag():
    found = region("InService", spot=["Terminating:Wait"], hooked=["b"])
    with pytest.raises(Refused, match=r"^i-0 \(b, "):
        delete(context(found.session()))
    assert removed(found) == []


def test_a_drain_that_begins_between_two_hooks_keeps_its_hook_and_the_stack():
    found = region("InService", hooked=["a", "b"])

    def say(line):
        if line == "the hook of a is removed":
            found.groups = [group("a"), group("b", "Terminating:Wait")]

    with pytest.raises(Refused, match=r"^i-0 \(b, "):
        delete(context(found.session(), say=say))
    assert removed(found) == ["a"]
    assert found.cloudformation.called(*WRITES) == []


@pytest.mark.parametrize("fails", [False, True])
def test_hook_keeper_is_paused_while_hooks_are_removed(fails):
    found = region("InService", hooked=["a"])
    found.stacks["tide"]["Outputs"] = [{"OutputKey": "HookKeeperName", "OutputValue": "keeper"}]
    session = found.session()
    functions = session.client("lambda")
    pause = ("put_function_concurrency", {"FunctionName": "keeper", "ReservedConcurrentExecutions": 0})
    if fails:
        found.cloudformation.answers["delete_stack"] = RuntimeError("made up")
        with pytest.raises(RuntimeError):
            delete(context(session))
        assert functions.calls == [pause, ("delete_function_concurrency", {"FunctionName": "keeper"})]
    else:
        delete(context(session))
        assert functions.calls == [pause]


def test_hooks_that_the_user_makes_refuse_the_deletion():
    found = region("InService", hooked=["a"])
    found.stacks["tide"]["Parameters"].append({"ParameterKey": "Hooks", "ParameterValue": "own"})
    with pytest.raises(Refused, match=r"you make the hooks \(a\): remove them where you made them"):
        delete(context(found.session()))
    assert removed(found) == []


def test_hooks_without_a_stack_are_removed():
    found = Region(groups=[group("a", "InService")], hooked=["a"])
    delete(context(found.session()))
    assert removed(found) == ["a"]
    assert found.cloudformation.called(*WRITES) == []


def test_without_a_stack_and_hooks_there_is_nothing_to_delete():
    with pytest.raises(Refused, match="stack tide does not exist"):
        delete(context(Region(groups=[group("a", "InService")]).session()))


def test_a_group_that_goes_meanwhile_needs_no_removal():
    found = region("InService", hooked=["a"])
    gone = error("DeleteLifecycleHook", "ValidationError", "AutoScalingGroup name not found - null")
    found.autoscaling.answers["delete_lifecycle_hook"] = gone
    delete(context(found.session()))
    assert "delete_stack" in found.cloudformation.called()


def test_a_drain_that_begins_while_the_question_is_open_counts():
    found = region("InService", hooked=["a"])

    def ask(_):
        found.groups = [group("a", "Terminating:Wait")]
        return "y"

    with pytest.raises(Refused, match="i-0"):
        delete(context(found.session(), yes=False, ask=ask))
    assert found.cloudformation.called(*WRITES) == []


@pytest.mark.parametrize("answer", ["", "n", "tide"])
def test_nothing_but_a_yes_is_consent(answer):
    found = region("InService")
    with pytest.raises(Refused, match="nothing was changed"):
        delete(context(found.session(), yes=False, ask=lambda _: answer))
    assert found.cloudformation.called(*WRITES) == []


def test_without_a_terminal_nobody_is_asked():
    with pytest.raises(Refused, match="use --yes"):
        delete(context(region().session(), yes=False, ask=never, interactive=False))


def test_protection_returns_if_the_deletion_does_not_begin():
    found = region("InService")
    found.cloudformation.answers["delete_stack"] = RuntimeError("made up")
    with pytest.raises(RuntimeError):
        delete(context(found.session()))
    assert found.cloudformation.calls[-1] == (
        "update_termination_protection",
        {"StackName": "tide", "EnableTerminationProtection": True},
    )


def test_resources_that_are_left_are_listed():
    found, said = region("InService"), []
    found.ends = "DELETE_FAILED"
    stuck = {
        "LogicalResourceId": "Vpc",
        "ResourceType": "AWS::EC2::VPC",
        "ResourceStatus": "DELETE_FAILED",
        "ResourceStatusReason": "in use",
    }
    gone = {
        "LogicalResourceId": "Inbox",
        "ResourceType": "AWS::SQS::Queue",
        "ResourceStatus": "DELETE_COMPLETE",
    }
    found.cloudformation.answers["list_stack_resources"] = [
        {"StackResourceSummaries": [gone]},
        {"StackResourceSummaries": [stuck]},
    ]
    with pytest.raises(Failed, match="DELETE_FAILED"):
        delete(context(found.session(), say=said.append))
    assert [line for line in said if line.startswith("left: ")] == ["left: Vpc, AWS::EC2::VPC (in use)"]


def resource(name, kind, status="DELETE_FAILED", **more):
    return {"LogicalResourceId": name, "ResourceType": kind, "ResourceStatus": status, **more}


def stuck_on(found, kind, endings):
    """Each deletion ends as `endings` say, and what failed is in a nested stack."""
    nested = "arn:aws:cloudformation:eu-west-1:123456789012:stack/tide-Nested/1"
    listed = {
        found.stacks["tide"]["StackId"]: [
            resource("Nested", "AWS::CloudFormation::Stack", PhysicalResourceId=nested),
            resource("Inbox", "AWS::SQS::Queue", "DELETE_COMPLETE"),
        ],
        nested: [resource("Left", kind, ResourceStatusReason="as AWS words it")],
    }
    found.cloudformation.answers["list_stack_resources"] = lambda StackName: {
        "StackResourceSummaries": listed[StackName]
    }
    ends = iter(endings)

    def delete_stack(StackName):
        found.stacks[StackName]["StackStatus"] = next(ends)
        return {}

    found.cloudformation.answers["delete_stack"] = delete_stack


def test_a_cluster_with_late_instances_is_deleted_by_a_retry():
    found, slept = region("InService"), []
    stuck_on(found, "AWS::ECS::Cluster", ["DELETE_FAILED", "DELETE_COMPLETE"])
    delete(context(found.session(), sleep=slept.append))
    assert found.cloudformation.called("delete_stack") == ["delete_stack", "delete_stack"]
    assert 60 in slept


def test_the_deletion_of_a_cluster_is_retried_only_once():
    found, said = region("InService"), []
    stuck_on(found, "AWS::ECS::Cluster", ["DELETE_FAILED", "DELETE_FAILED"])
    with pytest.raises(Failed, match="DELETE_FAILED"):
        delete(context(found.session(), say=said.append))
    assert "left: Left, AWS::ECS::Cluster (as AWS words it)" in said


def test_the_deletion_of_other_resources_is_not_retried():
    found = region("InService")
    stuck_on(found, "AWS::EC2::VPC", ["DELETE_FAILED"])
    with pytest.raises(Failed, match="DELETE_FAILED"):
        delete(context(found.session()))
    assert found.cloudformation.called("delete_stack") == ["delete_stack"]


def test_the_wait_is_bounded():
    found, clock = region("InService"), [0]
    found.ends = "DELETE_IN_PROGRESS"

    def sleep(seconds):
        clock[0] += seconds

    with pytest.raises(Failed, match="DELETE_IN_PROGRESS after 45 minutes"):
        delete(context(found.session(), sleep=sleep, now=lambda: clock[0]))


def test_a_deletion_under_way_is_only_followed():
    found = region("Terminating:Wait")
    found.stacks["tide"]["StackStatus"] = "DELETE_IN_PROGRESS"

    def sleep(_):
        found.stacks["tide"]["StackStatus"] = "DELETE_COMPLETE"

    delete(context(found.session(), ask=never, sleep=sleep))
    assert found.cloudformation.called(*WRITES) == []

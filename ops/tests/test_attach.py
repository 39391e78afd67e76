import json

import pytest

from ops.attach import attach, detach, name_for
from ops.errors import Failed, Refused

from .fakes import Region, context, error, group, stack

WRITES = ("create_stack", "update_stack", "delete_stack", "set_stack_policy", "update_termination_protection")


def region(more="b", imports=(), spot=("InService",)):
    return Region(
        stack("tide", Group="a", AdditionalGroups=more),
        stack("by-hand", Group="b"),
        groups=[group("a", "InService"), group("b", *spot)],
        imports=imports,
    )


def test_an_attaching_stack_is_protected_from_its_creation():
    found = region()
    attach(context(found.session()), "b")
    (name, made), = [call for call in found.cloudformation.calls if call[0] in WRITES]  # fmt: skip
    assert (name, made["StackName"], made["EnableTerminationProtection"]) == ("create_stack", "tide-attach-b", True)
    assert {item["ParameterKey"]: item["ParameterValue"] for item in made["Parameters"]} == {
        "Stack": "tide",
        "Group": "b",
    }
    assert made["Tags"] == [{"Key": "Project", "Value": "ecs-tide"}]
    assert json.loads(made["StackPolicyBody"])["Statement"][1] == {
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["Update:Replace", "Update:Delete"],
        "Resource": "LogicalResourceId/Hook",
    }


@pytest.mark.parametrize("more, wanted", [("", "AdditionalGroups=b"), ("c", "AdditionalGroups=c,b")])
def test_a_group_that_is_not_listed_gets_no_hook(more, wanted):
    found = region(more)
    with pytest.raises(Refused, match=f'does not list b.*make deploy ENV=default ARGS="--parameter {wanted}"'):
        attach(context(found.session()), "b")
    assert found.cloudformation.called(*WRITES) == []


@pytest.mark.parametrize("name, words", [("a", "is the parameter Group"), ("c", "group c does not exist in eu-west-1")])
def test_the_own_group_and_one_that_is_not_there_are_refused(name, words):
    found = region("b,c")
    with pytest.raises(Refused, match=words):
        attach(context(found.session()), name)
    assert found.cloudformation.called(*WRITES) == []


def test_a_group_that_is_attached_already_changes_nothing():
    found, said = region(imports=["by-hand"]), []
    found.cloudformation.answers["update_stack"] = error(
        "UpdateStack", "ValidationError", "No updates are to be performed."
    )
    attach(context(found.session(), say=said.append), "b")
    assert found.cloudformation.called(*WRITES) == ["set_stack_policy", "update_termination_protection", "update_stack"]
    assert "nothing to change" in said


def test_a_creation_that_is_undone_is_no_success():
    found = region()
    found.cloudformation.answers["create_stack"] = lambda **_: {"StackId": "gone"}
    with pytest.raises(Failed, match="tide-attach-b is DELETE_COMPLETE"):
        attach(context(found.session()), "b")


def test_a_quiet_group_is_detached_by_whatever_stack_attaches_it():
    found = region(imports=["by-hand"])
    detach(context(found.session()), "b")
    assert [call for call in found.cloudformation.calls if call[0] in WRITES] == [
        ("update_termination_protection", {"StackName": "by-hand", "EnableTerminationProtection": False}),
        ("delete_stack", {"StackName": "by-hand"}),
    ]


def test_a_group_that_drains_stays_attached():
    found = region(imports=["by-hand"], spot=["InService", "Terminating:Wait", "Terminating:Proceed"])
    with pytest.raises(Refused, match=r"^i-1 \(b, Terminating:Wait\), i-2 .*detaching b would terminate them"):
        detach(context(found.session()), "b")
    assert found.cloudformation.called(*WRITES) == []


def test_a_drain_that_begins_while_the_question_is_open_counts():
    found = region(imports=["by-hand"])

    def ask(_):
        found.groups = [group("b", "Terminating:Wait")]
        return "yes"

    with pytest.raises(Refused, match="i-0"):
        detach(context(found.session(), yes=False, ask=ask), "b")
    assert found.cloudformation.called(*WRITES) == []


def test_another_groups_drain_keeps_no_group_attached():
    found = region(imports=["by-hand"])
    found.groups[0] = group("a", "Terminating:Wait")
    detach(context(found.session()), "b")
    assert "delete_stack" in found.cloudformation.called()


def test_what_is_not_attached_cannot_be_detached():
    with pytest.raises(Refused, match="no stack attaches c to tide: attached groups: b"):
        detach(context(region(imports=["by-hand"]).session()), "c")
    with pytest.raises(Refused, match="attached groups: none"):
        detach(context(region().session()), "b")


def test_names_of_stacks_are_valid_and_tell_groups_apart():
    assert name_for("tide", "my-group") == "tide-attach-my-group"
    odd = [name_for("tide", name) for name in ("a.b", "a/b", "a-b", "x" * 255, "x" * 254 + "y")]
    assert len(set(odd)) == len(odd)
    assert all(len(name) <= 128 and name.replace("-", "").isalnum() for name in odd)

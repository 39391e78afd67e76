import pytest

from ops.__main__ import main
from ops.errors import Failed, Refused
from ops.scaling import name_for, scale_cluster, scale_service

from .fakes import Region, context, error, stack

WRITES = ("create_stack", "update_stack", "delete_stack")


def given(made):
    return {item["ParameterKey"]: item.get("ParameterValue") for item in made["Parameters"]}


def region(*stacks):
    found = Region(stack("tide", Cluster="c", Group="g"), *stacks)
    return found


def test_a_service_gets_a_stack_of_its_own_and_no_function_changes():
    found = region()
    scale_service(context(found.session()), "c", "web", {"Scaling": "alarm-scaling", "TasksMax": "9"})
    (name, made), = [call for call in found.cloudformation.calls if call[0] in WRITES]  # fmt: skip
    assert (name, made["StackName"]) == ("create_stack", "tide-service-c-web")
    assert given(made) == {"Cluster": "c", "Service": "web", "Scaling": "alarm-scaling", "TasksMax": "9"}
    assert "AWS::SSM::Parameter" in made["TemplateBody"] and "AWS::Serverless" not in made["TemplateBody"]


def test_a_group_gets_a_stack_of_its_own():
    found = region()
    scale_cluster(context(found.session()), "c", "g_1", {})
    (name, made), = [call for call in found.cloudformation.calls if call[0] in WRITES]  # fmt: skip
    assert (name, given(made)) == ("create_stack", {"Cluster": "c", "Group": "g_1"})
    assert made["StackName"] == name_for("tide", "group-g_1") != "tide-group-g_1"


def test_an_update_keeps_what_is_not_given():
    there = stack("tide-service-c-web", Cluster="c", Service="web", Scaling="native", TasksMin="3")
    there["StackStatus"] = "UPDATE_COMPLETE"
    found = region(there)
    scale_service(context(found.session()), "c", "web", {"Scaling": "alarm-scaling"})
    (name, made), = [call for call in found.cloudformation.calls if call[0] in WRITES]  # fmt: skip
    assert name == "update_stack"
    assert {"ParameterKey": "TasksMin", "UsePreviousValue": True} in made["Parameters"]
    assert given(made)["Scaling"] == "alarm-scaling"


def test_nothing_to_change_is_no_failure():
    found, said = region(stack("tide-service-c-web", Cluster="c", Service="web", Scaling="native")), []
    found.cloudformation.answers["update_stack"] = error(
        "UpdateStack", "ValidationError", "No updates are to be performed."
    )
    scale_service(context(found.session(), say=said.append), "c", "web", {})
    assert "nothing to change" in said


def test_alarm_scaling_needs_the_installation_and_native_does_not():
    found = Region()
    with pytest.raises(Refused, match="stack tide does not exist, and has the function alarm-scaling"):
        scale_service(context(found.session()), "c", "web", {"Scaling": "alarm-scaling"})
    scale_service(context(found.session()), "c", "web", {})
    assert found.cloudformation.called(*WRITES) == ["create_stack"]


def test_an_unknown_parameter_and_a_failed_creation_are_refused():
    with pytest.raises(Refused, match="stacks/service-scaling.yaml has no parameter TaskMax"):
        scale_service(context(region().session()), "c", "web", {"TaskMax": "9"})
    undone = stack("tide-service-c-web")
    undone["StackStatus"] = "ROLLBACK_COMPLETE"
    with pytest.raises(Refused, match="its creation failed"):
        scale_service(context(region(undone).session()), "c", "web", {})


def test_a_stack_that_comes_to_another_rest_is_a_failure():
    found = region()
    found.cloudformation.answers["create_stack"] = lambda StackName, **_: (
        found.stacks.update({StackName: stack(StackName) | {"StackStatus": "ROLLBACK_COMPLETE"}}),
        {"StackId": found.stacks[StackName]["StackId"]},
    )[1]
    with pytest.raises(Failed, match="is ROLLBACK_COMPLETE"):
        scale_service(context(found.session()), "c", "web", {})


def test_the_command_line_names_what_is_missing(capsys):
    assert main(["scale-service", "--cluster", "", "--service", "web"], session=region().session()) == 2
    assert "give CLUSTER=NAME" in capsys.readouterr().err

import pytest

from ops.__main__ import main
from ops.demo import delete_demo, deploy_demo
from ops.errors import Failed, Refused
from ops.settings import ROOT, load
from ops.template import load as load_template

from .fakes import Region, Sam, context, group, stack

PROTECTED = ("update_termination_protection", {"StackName": "tide", "EnableTerminationProtection": True})


def demo(*states):
    return Region(stack("tide", Group="tide-group"), groups=[group("tide-group", *states)])


def test_the_demo_is_packaged_without_a_build_and_protected():
    found, sam = demo("InService"), Sam()
    deploy_demo(context(found.session(), run=sam, parameters={"TaskCpu": "512"}), {"InstancesMax": "4"})
    (line,) = sam.lines
    assert line[:2] == ["sam", "deploy"]
    assert line[line.index("--template-file") + 1] == str(ROOT / "stacks/demo.yaml")
    assert line[-3:] == ["--parameter-overrides", 'TaskCpu="512"', 'InstancesMax="4"']
    assert PROTECTED in found.cloudformation.calls


def test_parameters_of_the_main_stack_are_refused():
    with pytest.raises(Refused, match="stacks/demo.yaml has no parameter DryRun"):
        deploy_demo(context(Region().session()), {"DryRun": "on"})


def test_a_failed_deployment_of_the_demo_is_reported():
    with pytest.raises(Failed, match="sam deploy failed with exit code 1"):
        deploy_demo(context(Region().session(), run=Sam(1)), {})


def test_a_demo_without_drains_is_deleted():
    found = demo("InService")
    delete_demo(context(found.session()))
    assert "delete_stack" in found.cloudformation.called()


def test_a_drain_refuses_the_deletion_of_the_demo():
    found = demo("Terminating:Wait")
    with pytest.raises(Refused, match=r"^i-0 \(tide-group, .*deleting stack tide would terminate it"):
        delete_demo(context(found.session()))
    assert "delete_stack" not in found.cloudformation.called()


def test_the_commands_use_the_environment_of_the_demo():
    settings = load("demo", ROOT / "samconfig.toml")
    found, sam = Region(), Sam()
    assert main(["deploy-demo", "--yes"], session=found.session(), run=sam, say=lambda _: None) == 0
    assert sam.lines[0][sam.lines[0].index("--config-env") + 1] == "demo"
    found = Region(stack(settings.stack, Group="tide-group"), groups=[group("tide-group", "InService")])
    assert main(["delete-demo", "--yes"], session=found.session(), say=lambda _: None, sleep=lambda _: None) == 0
    assert ("delete_stack", {"StackName": settings.stack}) in found.cloudformation.calls


def test_the_group_of_the_demo_is_opted_in_by_its_tag():
    tags = load_template(ROOT / "stacks/demo.yaml")["Resources"]["DemoGroup"]["Properties"]["Tags"]
    assert {"Key": "ecs-tide:cluster", "Value": {"Ref": "DemoCluster"}, "PropagateAtLaunch": False} in tags

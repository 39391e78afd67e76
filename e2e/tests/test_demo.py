"""The demo, deployed and deleted as a stack of its own, before and after the functions."""

import os

import pytest

from e2e.emulator import ROOT
from e2e.run import Run, simulators
from e2e.stack import CAPABILITIES, NAME, SAM, SAM_SECONDS
from e2e.stack import run as run_command
from e2e.transcript import say

DEMO = f"{NAME}-demo"


def deploy_demo(run: Run, folder) -> None:
    command = [SAM, "deploy", "--template-file", ROOT / "stacks/demo.yaml", "--stack-name", DEMO]
    command += ["--resolve-s3", "--no-confirm-changeset", "--no-progressbar", "--config-env", "none"]
    command += ["--capabilities", *CAPABILITIES]
    boundary = "arn:aws:iam::aws:policy/PowerUserAccess"
    command += ["--parameter-overrides", "InstancesDesired=3", f"PermissionsBoundary={boundary}"]
    run_command(command, folder / "demo.log", os.environ | run.account.environment, SAM_SECONDS)


@pytest.fixture(scope="module")
def run(built, request):
    before = request.session.testsfailed
    with simulators() as simulated:
        run = simulated.run()
        deploy_demo(run, simulated.folder)
        say(f"sam has deployed {DEMO}")
        run.stack.deploy(built, ClusterPatterns="tide")
        say(f"sam has deployed {NAME} for it")
        yield run
        simulated.failed = request.session.testsfailed > before


def groups(run: Run) -> list:
    return run.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]


def test_one_deployment_makes_cluster_group_and_service(run: Run):
    ecs = run.client("ecs")
    (service,) = ecs.describe_services(cluster="tide", services=["web"])["services"]
    assert service["desiredCount"] == 1
    assert service["deploymentConfiguration"]["minimumHealthyPercent"] == 100
    (group,) = groups(run)
    assert group["AutoScalingGroupName"] == "tide-group"
    assert (group["MinSize"], group["DesiredCapacity"], group["MaxSize"]) == (2, 3, 6)
    say("cluster, group of three and service are there")


# hook-keeper does not see this group: it reads those of the simulated region.
def test_the_group_is_opted_in_and_the_demo_has_an_address(run: Run):
    (group,) = groups(run)
    assert {tag["Key"]: tag["Value"] for tag in group["Tags"]}["ecs-tide:cluster"] == "tide"
    (balancer,) = run.client("elbv2").describe_load_balancers()["LoadBalancers"]
    (described,) = run.client("cloudformation").describe_stacks(StackName=DEMO)["Stacks"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}
    assert outputs["Url"] == f"http://{balancer['DNSName']}/"
    say(f"tide-group is opted in; the page would be at {outputs['Url']}")


def test_it_is_deleted_before_the_functions(run: Run):
    run.stack.delete(DEMO)
    assert not groups(run)
    assert not run.client("elbv2").describe_load_balancers()["LoadBalancers"]
    run.stack.delete()
    say("deleted")

"""The demo cluster, deployed together with the functions."""

import pytest

from e2e.run import Run, simulators
from e2e.stack import NAME
from e2e.transcript import say


@pytest.fixture(scope="module")
def run(built, request):
    before = request.session.testsfailed
    with simulators() as simulated:
        run = simulated.run()
        run.stack.deploy(
            built,
            Demo="true",
            Cluster="tide",
            Group="tide-group",
            Service="web",
            AdditionalGroups="",
            InstancesDesired="3",
            PermissionsBoundary="arn:aws:iam::aws:policy/PowerUserAccess",
        )
        say(f"sam has deployed {NAME} with its demo")
        yield run
        simulated.failed = request.session.testsfailed > before


def test_one_deployment_makes_cluster_group_and_service(run: Run):
    ecs = run.client("ecs")
    (service,) = ecs.describe_services(cluster="tide", services=["web"])["services"]
    assert service["desiredCount"] == 1
    assert service["deploymentConfiguration"]["minimumHealthyPercent"] == 100
    groups = run.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=["tide-group"])[
        "AutoScalingGroups"
    ]
    (group,) = groups
    assert (group["MinSize"], group["DesiredCapacity"], group["MaxSize"]) == (2, 3, 6)
    say("cluster, group of three and service are there")


def test_the_hook_is_on_the_group_and_the_demo_has_an_address(run: Run):
    assert [hook["LifecycleHookName"] for hook in run.stack.hooks("tide-group")] == ["ecs-tide-drain"]
    (balancer,) = run.client("elbv2").describe_load_balancers()["LoadBalancers"]
    assert run.stack.outputs["Url"] == f"http://{balancer['DNSName']}/"
    say(f"the hook is on tide-group; the page would be at {run.stack.outputs['Url']}")


def test_it_is_deleted_with_the_functions(run: Run):
    run.stack.delete()
    assert not run.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    assert not run.client("elbv2").describe_load_balancers()["LoadBalancers"]
    say("deleted")

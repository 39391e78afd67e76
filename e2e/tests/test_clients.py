"""The protocols of the simulated region, with boto3 and the AWS CLI instead of the Rust SDK."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from e2e.clients import REGION
from e2e.emulator import ROOT
from e2e.processes import eventually
from e2e.region import ACCOUNT, CLUSTER, GROUP, Region

HOOK = "ecs-tide-drain"
AWS = ROOT / ".venv/bin/aws"


@pytest.fixture
def region(tmp_path: Path):
    region = Region(tmp_path)
    try:
        region.wait()
        yield region
    finally:
        region.end()


def boto3_client(region: Region):
    """Calls with boto3: `call("ecs", "list_tasks", cluster=…)`."""
    return lambda service, operation, **given: getattr(region.client(service), operation)(**given)


def run_aws_cli(region: Region, service: str, operation: str, given: dict) -> subprocess.CompletedProcess:
    """A call with the AWS CLI, with JSON input."""
    environment = os.environ | {
        "AWS_ENDPOINT_URL": region.url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    command = [AWS, service, operation.replace("_", "-"), "--output", "json", "--cli-input-json", json.dumps(given)]
    return subprocess.run(command, check=False, env=environment, capture_output=True, timeout=60)


def aws_cli(region: Region):
    """The same calls with the AWS CLI."""

    def call(service: str, operation: str, **given):
        said = run_aws_cli(region, service, operation, given)
        assert said.returncode == 0, said.stderr.decode()
        return json.loads(said.stdout or b"{}")

    return call


@pytest.mark.parametrize("client", [boto3_client, aws_cli])
def test_a_client_lists_describes_drains_and_releases(region: Region, client):
    call = client(region)
    ec2 = region.serving(GROUP)[0]
    region.control("terminate-instance", {"instance": ec2, "decrement": True})

    (group,) = call("autoscaling", "describe_auto_scaling_groups", AutoScalingGroupNames=[GROUP])["AutoScalingGroups"]
    states = {one["InstanceId"]: one["LifecycleState"] for one in group["Instances"]}
    assert states[ec2] == "Terminating:Wait"

    listed = call("ecs", "list_container_instances", cluster=CLUSTER)["containerInstanceArns"]
    assert len(listed) == 2
    (arn,) = call("ecs", "list_container_instances", cluster=CLUSTER, filter=f"ec2InstanceId == {ec2}")[
        "containerInstanceArns"
    ]
    assert arn in listed
    (instance,) = call("ecs", "describe_container_instances", cluster=CLUSTER, containerInstances=[arn])[
        "containerInstances"
    ]
    assert (instance["ec2InstanceId"], instance["status"]) == (ec2, "ACTIVE")
    assert instance["runningTasksCount"] > 0

    def unstopped() -> list[str]:
        tasks = [
            task
            for desired in ("RUNNING", "STOPPED")
            for task in call("ecs", "list_tasks", cluster=CLUSTER, containerInstance=arn, desiredStatus=desired)[
                "taskArns"
            ]
        ]
        described = call("ecs", "describe_tasks", cluster=CLUSTER, tasks=tasks)["tasks"]
        return [task["taskArn"] for task in described if task["lastStatus"] != "STOPPED"]

    assert unstopped()
    drained = call(
        "ecs",
        "update_container_instances_state",
        cluster=CLUSTER,
        containerInstances=[arn],
        status="DRAINING",
    )
    assert (drained["failures"], drained["containerInstances"][0]["status"]) == ([], "DRAINING")

    held = {
        "AutoScalingGroupName": GROUP,
        "LifecycleHookName": HOOK,
        "InstanceId": ec2,
    }
    call("autoscaling", "record_lifecycle_action_heartbeat", **held)

    # Waiting with the AWS CLI would cost a second of CPU time for each call.
    def stopped() -> bool:
        return all(task["last-status"] == "STOPPED" for task in region.instances()[ec2]["tasks"])

    eventually("every task is STOPPED", stopped, 60)
    assert not unstopped()
    call("autoscaling", "complete_lifecycle_action", LifecycleActionResult="CONTINUE", **held)
    assert region.instances()[ec2]["state"] != "Terminating:Wait"


def test_a_late_completion_fails_as_on_aws(region: Region):
    client = region.client("autoscaling")
    ec2 = region.serving(GROUP)[0]
    with pytest.raises(client.exceptions.ClientError) as refused:
        client.complete_lifecycle_action(
            AutoScalingGroupName=GROUP,
            LifecycleHookName=HOOK,
            InstanceId=ec2,
            LifecycleActionResult="CONTINUE",
        )
    error = refused.value.response["Error"]
    assert error["Code"] == "ValidationError"
    assert error["Message"] == f"No active Lifecycle Action found with instance ID {ec2}"


def test_failures_are_listed_next_to_results(region: Region):
    missing = f"arn:aws:ecs:{REGION}:{ACCOUNT}:container-instance/{CLUSTER}/{'0' * 32}"
    described = region.client("ecs").describe_container_instances(cluster=CLUSTER, containerInstances=[missing])
    assert described["containerInstances"] == []
    assert [failure["reason"] for failure in described["failures"]] == ["MISSING"]

"""Deploys the demo, then builds and deploys ecs-tide for it, with the SAM CLI, under the names of this run."""

import os
import subprocess
import sys
from pathlib import Path

from . import probe_scaling
from .errors import tolerated
from .finding import ROOT

# A small demo with one additional instance for each drain.
DEMO = {
    "InstancesDesired": "2",
    "InstancesMin": "1",
    "InstancesMax": "3",
    "InstanceType": "t3.small",
    "TaskMemory": "256",
    "LogRetentionDays": "1",
}

# The loop reconciles every 10 s, so that its 16th round comes within minutes.
PARAMETERS = {
    "ServiceScaling": "native",
    "ClusterScaling": "native",
    "TasksMin": "2",
    "TasksMax": "4",
    "SoonSeconds": "6",
    "LaterSeconds": "10",
    "LogRetentionDays": "1",
}

# alarm-scaling instead, with alarms that fire soon: tasks and instances are idle.
ALARM_SCALING = {
    "ServiceScaling": "alarm-scaling",
    "ClusterScaling": "alarm-scaling",
    "ServiceInMinutes": "1",
    "ClusterInMinutes": "1",
}

TASKS = 2

# An environment that samconfig.toml does not have, so that its settings have no effect here.
NO_SETTINGS = ("--config-env", "tide-live")


def build():
    return ["sam", "build", *NO_SETTINGS, "--no-cached"]


def update(names, region, alarm_scaling):
    parameters = PARAMETERS | named(names)
    if alarm_scaling:
        parameters |= ALARM_SCALING | {"AdditionalPolicies": probe_scaling.policies(names)}
    return sam_deploy(names, names.stack, region, parameters)


def bring_demo(names, region):
    return sam_deploy(names, names.demo, region, DEMO | named(names), "--template-file", "stacks/demo.yaml")


def named(names):
    return {"Cluster": names.cluster, "Group": names.group, "Service": names.service}


def sam_deploy(names, stack, region, parameters, *words):
    return [
        "sam", "deploy", *NO_SETTINGS, "--stack-name", stack, "--region", region, *words,
        # A bucket of this run, because the one that SAM manages would not be deleted.
        "--s3-bucket", names.bucket,
        "--capabilities", "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND",
        "--no-confirm-changeset", "--no-fail-on-empty-changeset",
        "--parameter-overrides", *(f'{key}="{value}"' for key, value in parameters.items()),
        "--tags", f"tide-live={names.stack}",
    ]  # fmt: skip


def deploy(context, alarm_scaling, run=subprocess.run):
    """Create the stacks, or update those of an earlier part or of a run that is resumed."""
    names = context.names
    place = (
        {} if context.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": context.region}}
    )
    with tolerated("BucketAlreadyOwnedByYou"):
        context.client("s3").create_bucket(Bucket=names.bucket, **place)
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "SAM_CLI_TELEMETRY": "0",
        "AWS_DEFAULT_REGION": context.region,
    }
    for command in (bring_demo(names, context.region), build(), update(names, context.region, alarm_scaling)):
        context.say(" ".join(command[:2]))
        run(command, cwd=ROOT, env=environment, check=True)
    cloudformation = context.client("cloudformation")
    # Both have a Url, and that of the demo is used.
    context.outputs = outputs(cloudformation, names.stack) | outputs(cloudformation, names.demo)
    # Scaling policies must not change the size of the group during a check.
    context.client("autoscaling").suspend_processes(
        AutoScalingGroupName=names.group, ScalingProcesses=["AlarmNotification"]
    )
    # The service of the demo starts with one task.
    context.client("ecs").update_service(cluster=names.cluster, service=names.service, desiredCount=TASKS)
    context.deployed = context.now()


def outputs(cloudformation, stack):
    """The outputs of the stack and its nested stacks. Those of the stack take precedence."""
    found = {}
    for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack):
        for resource in page["StackResourceSummaries"]:
            if resource["ResourceType"] == "AWS::CloudFormation::Stack":
                found |= outputs(cloudformation, resource["PhysicalResourceId"])
    described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    return found | {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}

"""The stack, deployed with the SAM CLI as a user would, and clients of its resources."""

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

from e2e.emulator import ROOT, Account
from e2e.processes import E2eError, eventually
from e2e.region import CLUSTER, GROUP, SHOP, Region

NAME = "ecs-tide"
EVENTS = "EventsStack"
"""The nested stack with the rules of EventBridge."""
SERVICE = "web"
GROUP_FULL, GROUP_EMPTY = "e2e-group-full", "e2e-group-empty"
GROUP_TARGET = f"autoScalingGroup/{GROUP}"
_GROUP_POLICIES = [
    {
        "Alarm": alarm,
        "ResourceId": GROUP_TARGET,
        "MinCapacity": 1,
        "MaxCapacity": 4,
        "AdjustmentType": "ChangeInCapacity",
        "StepAdjustments": [{bound: 0, "ScalingAdjustment": adjustment}],
    }
    for alarm, bound, adjustment in (
        (GROUP_FULL, "MetricIntervalLowerBound", 1),
        (GROUP_EMPTY, "MetricIntervalUpperBound", -1),
    )
]
SAM = ROOT / ".venv/bin/sam"
SAM_SECONDS = 600
"""Time limit of a command, which takes 90 s on a machine that compiles at the same time."""
CAPABILITIES = ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
PARAMETERS = {
    "ClusterPatterns": f"{CLUSTER},{SHOP}",
    "Architecture": "x86_64",
    # The shortest allowed values, to save time.
    "SoonSeconds": "6",
    "LaterSeconds": "10",
}
SERVICE_PARAMETERS = {
    "Cluster": CLUSTER,
    "Service": SERVICE,
    "Scaling": "alarm-scaling",
    # ministack has no composite alarms, and no alarms on metric math, which those of the group
    # are. Two minutes contain at least one that is over.
    "ScaleInOnBoth": "false",
    "ServiceOutMinutes": "2",
    "ServiceInMinutes": "2",
}


def run(command: list[str | Path], log: Path, environment: dict[str, str], seconds: float) -> None:
    """Run a command. Raises E2eError with the end of its output if it fails."""
    with log.open("ab") as file:
        ended = subprocess.run(
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            env=environment,
            timeout=seconds,
            cwd=ROOT,
        )
    if ended.returncode != 0:
        raise E2eError(f"{command[1]} ended with {ended.returncode}:\n{log.read_text()[-3000:]}")


class Stack:
    """The stack in an account, with ECS and Auto Scaling of auto-drain in the simulated region."""

    def __init__(self, folder: Path, account: Account, region: Region, name: str):
        self.name = name
        self._log = folder / "sam.log"
        self._environment = os.environ | account.environment
        self._region = region
        self.parameters = dict(PARAMETERS)
        self.outputs: dict[str, str] = {}
        self.client = account.client

    def deploy(self, built: Path, **parameters: str) -> None:
        """Deploy or update a built template with the SAM CLI."""
        self.parameters |= parameters
        command: list[str | Path] = [SAM, "deploy", "--template-file", built, "--stack-name", self.name]
        command += ["--resolve-s3", "--no-confirm-changeset", "--no-progressbar", "--config-env", "none"]
        command += ["--capabilities", *CAPABILITIES]
        given = [f'{key}="{value}"' for key, value in self.parameters.items()]
        command += ["--parameter-overrides", *given]
        run(command, self._log, self._environment, SAM_SECONDS)
        self._configure()

    def create(self, template_url: str, **parameters: str) -> None:
        """Create it from a packaged template. Raises E2eError if a resource cannot be created."""
        self.parameters |= parameters
        cloudformation = self.client("cloudformation")
        cloudformation.create_stack(
            StackName=self.name,
            TemplateURL=template_url,
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in self.parameters.items()],
            Capabilities=CAPABILITIES,
        )

        def ended() -> str | None:
            status = cloudformation.describe_stacks(StackName=self.name)["Stacks"][0]["StackStatus"]
            return None if status.endswith("IN_PROGRESS") else status

        status = eventually("the stack is created", ended, 180, interval=0.1)
        if status != "CREATE_COMPLETE":
            pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName=self.name)
            events = [event for page in pages for event in page["StackEvents"]]
            failed = [event for event in events if event["ResourceStatus"] == "CREATE_FAILED"]
            reasons = [f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason')}" for event in failed]
            raise E2eError(f"the stack is in {status}: {'; '.join(reasons)}")
        self._configure()

    def _configure(self) -> None:
        described = self.client("cloudformation").describe_stacks(StackName=self.name)["Stacks"][0]
        self.outputs = {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}
        lambda_ = self.client("lambda")
        for name in (self.outputs["AutoDrainName"], self.outputs["HookKeeperName"]):
            environment = lambda_.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
            environment |= {f"AWS_ENDPOINT_URL_{service}": self._region.url for service in ("ECS", "AUTO_SCALING")}
            lambda_.update_function_configuration(FunctionName=name, Environment={"Variables": environment})
        # ministack's CloudFormation does not store that a topic is FIFO. Deduplication needs it.
        self.client("sns").set_topic_attributes(
            TopicArn=self.outputs["ReinvokeTopicArn"], AttributeName="FifoTopic", AttributeValue="true"
        )
        # A failed message would be delivered again only after 6 minutes.
        self.client("sqs").set_queue_attributes(
            QueueUrl=self.outputs["InboxUrl"], Attributes={"VisibilityTimeout": "1"}
        )
        self._scale()

    @property
    def service_stack(self) -> str:
        """The name of the stack that scales the service."""
        return f"{self.name}-service"

    def _scale(self) -> None:
        """Deploy the stack of the service once, and put the document of the group, whose alarms the
        checks create."""
        cloudformation, ssm = self.client("cloudformation"), self.client("ssm")
        document = {"Policies": _GROUP_POLICIES}
        ssm.put_parameter(
            Name=f"/ecs-tide/targets/{GROUP_TARGET}", Type="String", Value=json.dumps(document), Overwrite=True
        )
        stacks = cloudformation.describe_stacks()["Stacks"]
        if any(stack["StackName"] == self.service_stack for stack in stacks):
            return
        cloudformation.create_stack(
            StackName=self.service_stack,
            TemplateBody=(ROOT / "stacks/service-scaling.yaml").read_text(),
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in SERVICE_PARAMETERS.items()],
        )
        cloudformation.get_waiter("stack_create_complete").wait(
            StackName=self.service_stack, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
        )

    def keep_hooks(self) -> None:
        """Let hook-keeper look after all groups."""
        name = self.outputs["HookKeeperName"]
        answer = self.client("lambda").invoke(FunctionName=name, Payload=b"{}")
        said = answer["Payload"].read().decode()
        if "FunctionError" in answer:
            raise E2eError(f"hook-keeper failed: {said}")

    def hook(self, group: str) -> dict[str, Any]:
        """The only hook of a group."""
        found = self.hooks(group)
        if len(found) != 1:
            raise E2eError(f"{group} has {len(found)} hooks, not one: {found}")
        return found[0]

    def delete(self, name: str | None = None) -> None:
        """Delete another stack, or this one and that of the service."""
        if name is None:
            self.delete(self.service_stack)
        name = name or self.name
        cloudformation = self.client("cloudformation")
        cloudformation.delete_stack(StackName=name)
        cloudformation.get_waiter("stack_delete_complete").wait(
            StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
        )

    def physical(self, logical_id: str, nested: str | None = None) -> str:
        """The physical ID of a resource, of this stack or of one that is nested in it."""
        described = self.client("cloudformation").describe_stack_resource(
            StackName=self.physical(nested) if nested else self.name, LogicalResourceId=logical_id
        )
        return described["StackResourceDetail"]["PhysicalResourceId"]

    def hooks(self, group: str) -> list[dict[str, Any]]:
        """The lifecycle hooks of a group, in the simulated region."""
        described = self._region.client("autoscaling").describe_lifecycle_hooks(AutoScalingGroupName=group)
        return described["LifecycleHooks"]

    def records(self, function: str, since: float = 0.0) -> list[dict[str, Any]]:
        """The log records that a function wrote since a time, in seconds since 1970."""
        group = f"/aws/lambda/{self.name}-{function}"
        pages = (
            self.client("logs")
            .get_paginator("filter_log_events")
            .paginate(logGroupName=group, startTime=int(since * 1000))
        )
        messages = [event["message"] for page in pages for event in page["events"]]
        return [json.loads(message) for message in messages if message.startswith("{")]

    def now(self) -> float:
        """The current time, in seconds since 1970, for `since` of `records`."""
        return time.time()

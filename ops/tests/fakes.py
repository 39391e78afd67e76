"""Fakes of a session and its clients. The service model of botocore validates their calls."""

from datetime import UTC, datetime
from functools import cache

import botocore.session
from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.validate import validate_parameters

from ops.context import Context
from ops.settings import Settings

ACCOUNT = "123456789012"

# Fields of a group that the service model requires and no command reads.
GROUP_SHAPE = {
    "MinSize": 0,
    "MaxSize": 1,
    "DesiredCapacity": 1,
    "DefaultCooldown": 1,
    "AvailabilityZones": [],
    "HealthCheckType": "EC2",
    "CreatedTime": "2026-11-25",
}


@cache
def operations(service):
    """The input shapes of a service, by the name of the client method."""
    model = botocore.session.get_session().get_service_model(service)
    return {xform_name(name): model.operation_model(name).input_shape for name in model.operation_names}


def error(operation, code, message):
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


class Client:
    """Answers each call with the given answer of that name, and records all calls.
    A call that does not exist in the service model, or with invalid arguments, fails."""

    def __init__(self, service, **answers):
        self.service = service
        self.answers = answers
        self.calls = []

    def __getattr__(self, name):
        def call(**arguments):
            validate_parameters(arguments, operations(self.service)[name])
            self.calls.append((name, arguments))
            answer = self.answers.get(name, {})
            if callable(answer):
                answer = answer(**arguments)
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call

    def get_paginator(self, name):
        return Paginator(getattr(self, name))

    def called(self, *among):
        return [name for name, _ in self.calls if not among or name in among]


class Paginator:
    """A list as an answer is a list of pages."""

    def __init__(self, call):
        self._call = call

    def paginate(self, **arguments):
        answer = self._call(**arguments)
        yield from answer if isinstance(answer, list) else [answer]


class Session:
    region_name = "eu-west-1"

    def __init__(self, **clients):
        self._clients = {"sts": Client("sts", get_caller_identity={"Account": ACCOUNT})} | clients

    def client(self, service):
        return self._clients.setdefault(service, Client(service))


class Region:
    """The stacks and groups of an account, as far as the commands read them."""

    def __init__(self, *stacks, groups=(), hooked=()):
        self.stacks = {stack["StackName"]: stack for stack in stacks}
        self.cloudformation = Client(
            "cloudformation",
            describe_stacks=self._describe,
            delete_stack=self._delete,
            create_stack=self._create,
            describe_stack_events={"StackEvents": []},
            list_stack_resources={"StackResourceSummaries": []},
        )
        self.autoscaling = Client(
            "autoscaling",
            describe_auto_scaling_groups=self._groups,
            describe_lifecycle_hooks=self._hooks,
            delete_lifecycle_hook=self._remove,
        )
        self.hooks = {group: [hook()] for group in hooked}
        self.groups = list(groups)
        self.ends = "DELETE_COMPLETE"

    def _describe(self, StackName):
        found = [stack for stack in self.stacks.values() if StackName in (stack["StackName"], stack["StackId"])]
        return (
            {"Stacks": found}
            if found
            else error("DescribeStacks", "ValidationError", f"Stack with id {StackName} does not exist")
        )

    def _delete(self, StackName):
        self.stacks[StackName]["StackStatus"] = self.ends
        return {}

    def _create(self, StackName, **_):
        self.stacks[StackName] = stack(StackName)
        return {"StackId": self.stacks[StackName]["StackId"]}

    def _groups(self, AutoScalingGroupNames=None, Filters=(), IncludeInstances=True):
        keys = [key for condition in Filters for key in condition["Values"]]
        wanted = [
            group
            for group in self.groups
            if AutoScalingGroupNames is None or group["AutoScalingGroupName"] in AutoScalingGroupNames
            if not keys or any(tag["Key"] in keys for tag in group.get("Tags", []))
        ]
        return {"AutoScalingGroups": wanted}

    def _hooks(self, AutoScalingGroupName):
        return {"LifecycleHooks": self.hooks.get(AutoScalingGroupName, [])}

    def _remove(self, AutoScalingGroupName, LifecycleHookName):
        there = self.hooks.get(AutoScalingGroupName, [])
        self.hooks[AutoScalingGroupName] = [hook for hook in there if hook["LifecycleHookName"] != LifecycleHookName]
        return {}

    def session(self):
        return Session(cloudformation=self.cloudformation, autoscaling=self.autoscaling)


def stack(name, status="CREATE_COMPLETE", **parameters):
    return {
        "StackName": name,
        "StackId": f"arn:aws:cloudformation:eu-west-1:{ACCOUNT}:stack/{name}/1",
        "StackStatus": status,
        "CreationTime": datetime(2026, 11, 25, tzinfo=UTC),
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
    }


def group(name, *states, **more):
    instances = [{"InstanceId": f"i-{number}", "LifecycleState": state} for number, state in enumerate(states)]
    return {"AutoScalingGroupName": name, "Instances": instances, **more}


def hook(name="ecs-tide-drain", heartbeat=1800, default="CONTINUE"):
    topic = f"arn:aws:sns:eu-west-1:{ACCOUNT}:ecs-tide-lifecycle"
    return {
        "LifecycleHookName": name,
        "HeartbeatTimeout": heartbeat,
        "DefaultResult": default,
        "NotificationTargetARN": topic,
    }


def tags(**values):
    """Tags of ecs-tide, for example `tags(cluster="prod", at_deadline="wait")`."""
    return [{"Key": f"ecs-tide:{key.replace('_', '-')}", "Value": value} for key, value in values.items()]


class Sam:
    """Records the commands, and returns the given exit codes."""

    def __init__(self, *codes):
        self.lines = []
        self._codes = list(codes)

    def __call__(self, line, **_):
        self.lines.append(line)

        class Ended:
            returncode = self._codes.pop(0) if self._codes else 0

        return Ended

    def commands(self):
        return [line[1] for line in self.lines]


def never(*_):
    raise AssertionError("no question may be asked")


def context(session, path=None, yes=True, parameters=None, **ways):
    settings = Settings("default", path, "tide", None, parameters or {}, {"Project": "ecs-tide"})
    ways = {"say": lambda _: None, "ask": never, "run": Sam(), "sleep": lambda _: None, "interactive": True} | ways
    return Context(settings, session, yes, **ways)

"""A fake cluster of two instances, complete enough to run each check.

By default it behaves as AWS is expected to. A test can change its settings. It uses the fake clock,
so a drain takes no real time.
"""

import json
from datetime import UTC, datetime

from botocore.exceptions import ClientError

from .fakes import NAMES, Client, Clock, context

DRAIN_SECONDS = 60


class Pages:
    def __init__(self, pages):
        self._pages = pages

    def paginate(self, **_):
        return self._pages


class Region:
    def __init__(self):
        self.clock = Clock()
        self.instances = {}
        self.events = []
        self.attributes = {}
        self.desired_tasks = 2
        self.held = None
        self.hook_target = None
        self.recursion = "Allow"
        self.requeue_seconds = 10
        # Settings that a test can change.
        self.released_early = 0
        self.counts_in_events = True
        self.keeps_attributes = True
        self.agent_shows_absence = True
        self.takes_function = True
        self.drops = {"Allow": 0, "Terminate": 3}
        self.samples_a_task = 1
        self.silent_without_tasks = True
        self._rebooted = None
        self._held_since = None
        self._silent_since = None
        for ec2 in ("i-0a", "i-0b"):
            self._launch(ec2)

    def context(self):
        made = context(
            minutes=600,
            clock=self.clock,
            autoscaling=self._autoscaling(),
            ecs=self._ecs(),
            ec2=Client(reboot_instances=lambda **_: setattr(self, "_rebooted", self.clock.now())),
            sqs=Client(receive_message=self._receive),
            sts=Client(get_caller_identity=lambda **_: self._dated()),
            cloudwatch=Client(get_metric_statistics=self._statistics, get_metric_data=self._data),
            iam=Client(create_role={"Role": {"Arn": "arn:aws:iam::123456789012:role/direct"}}),
            **{"lambda": self._lambda(), "logs": self._logs()},
        )
        made.queue = "https://queue"
        made.outputs = {"Url": "http://demo", "AutoDrainName": "drain", "ReinvokeName": "reinvoke"}
        return made

    def _launch(self, ec2):
        self.instances[ec2] = {"state": "InService", "status": "ACTIVE", "left": None}

    def _arn(self, ec2):
        return f"arn:aws:ecs:eu-west-1:123456789012:container-instance/{NAMES.cluster}/{ec2}"

    def _event(self, kind, at, **detail):
        self.events.append({
            "id": str(len(self.events)),
            "time": f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}",
            "detail-type": f"ECS {kind} State Change",
            "detail": detail,
        })  # fmt: skip

    def _drained(self, ec2):
        """Complete the drain of an instance if it is due."""
        instance, now = self.instances[ec2], self.clock.now()
        if instance["left"] is None or instance["state"] == "Terminating:Proceed" or self.held == ec2:
            return
        stopped = instance["left"] + DRAIN_SECONDS
        if now >= stopped + 5 - self.released_early:
            counts = {"runningTasksCount": 0, "pendingTasksCount": 0} if self.counts_in_events else {}
            at = datetime.fromtimestamp(stopped, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            self._event("Container Instance", stopped - 50, status="DRAINING", **counts)
            self._event(
                "Task",
                stopped,
                containerInstanceArn=self._arn(ec2),
                taskArn=f"task/{ec2}",
                lastStatus="STOPPED",
                stoppedAt=at,
            )
            instance["state"] = "Terminating:Proceed"

    # ---- Auto Scaling ----

    def _autoscaling(self):
        def groups(**_):
            for ec2 in self.instances:
                self._drained(ec2)
            listed = [{"InstanceId": ec2, "LifecycleState": one["state"]} for ec2, one in self.instances.items()]
            return {"AutoScalingGroups": [{"Instances": listed}]}

        def desire(DesiredCapacity, **_):
            while sum(one["state"] == "InService" for one in self.instances.values()) < DesiredCapacity:
                self._launch(f"i-{len(self.instances):02}")

        def leave(InstanceId, **_):
            self.instances[InstanceId] |= {"state": "Terminating:Wait", "status": "DRAINING", "left": self.clock.now()}

        def hook(NotificationTargetARN, **_):
            if not self.takes_function:
                answer = {"Code": "ValidationError", "Message": "not a valid target in 123456789012"}
                raise ClientError({"Error": answer}, "PutLifecycleHook")
            self.hook_target = NotificationTargetARN

        return Client(
            describe_auto_scaling_groups=groups,
            set_desired_capacity=desire,
            terminate_instance_in_auto_scaling_group=leave,
            put_lifecycle_hook=hook,
        )

    # ---- ECS ----

    def _ecs(self):
        def describe(containerInstances, **_):
            return {"containerInstances": [self._container_instance(arn.rsplit("/")[-1]) for arn in containerInstances]}

        def listed(**_):
            serving = [ec2 for ec2, one in self.instances.items() if one["state"] != "Terminating:Proceed"]
            return {"containerInstanceArns": [self._arn(ec2) for ec2 in serving]}

        def services(**_):
            found = {"runningCount": self.desired_tasks, "desiredCount": self.desired_tasks, "taskDefinition": "web:1"}
            return {"services": [found]}

        def set_state(containerInstances, status, **_):
            self.instances[containerInstances[0].rsplit("/")[-1]]["status"] = status
            return {"failures": []}

        def put(attributes, **_):
            self.attributes = {one["targetId"]: one["value"] for one in attributes}

        def start(containerInstances, **_):
            self.held, self._held_since = containerInstances[0].rsplit("/")[-1], self.clock.now()
            return {"failures": [], "tasks": [{"taskArn": "task/held"}]}

        def stop(**_):
            self.held = None

        def resize(desiredCount, **_):
            self.desired_tasks = desiredCount
            self._silent_since = None if desiredCount else self.clock.now()

        return Client(
            describe_container_instances=describe,
            list_container_instances=listed,
            describe_services=services,
            update_container_instances_state=set_state,
            put_attributes=put,
            start_task=start,
            stop_task=stop,
            describe_tasks=lambda **_: {"tasks": [{"lastStatus": "RUNNING" if self.held else "STOPPED"}]},
            list_tasks={"taskArns": []},
            update_service=resize,
        )

    def _container_instance(self, ec2):
        one, arn = self.instances[ec2], self._arn(ec2)
        since = self.clock.now() - self._rebooted if self._rebooted else 0
        away = self.agent_shows_absence and 0 < since < 30
        kept = self.keeps_attributes or not self._rebooted
        custom = [{"name": "tide-live", "value": self.attributes[arn]}] if kept and arn in self.attributes else []
        return {
            "ec2InstanceId": ec2,
            "containerInstanceArn": arn,
            "status": one["status"],
            "agentConnected": not away,
            "runningTasksCount": 1 if one["status"] == "ACTIVE" else 0,
            "attributes": [{"name": "ecs.os-type", "value": "linux"}, *custom],
        }

    # ---- Other services ----

    def _receive(self, **_):
        events, self.events = self.events, []
        return (
            {"Messages": [{"Body": json.dumps(event), "ReceiptHandle": "r"} for event in events[:10]]} if events else {}
        )

    def _dated(self):
        date = f"{datetime.fromtimestamp(self.clock.now(), UTC):%a, %d %b %Y %H:%M:%S GMT}"
        return {"ResponseMetadata": {"HTTPHeaders": {"date": date}}}

    def _rounds(self):
        return int((self.clock.now() - self._held_since) / self.requeue_seconds)

    def _statistics(self, MetricName, StartTime, Statistics, **_):
        if MetricName == "RecursiveInvocationsDropped":
            lost = self.drops[self.recursion] if self._rounds() > 16 else 0
            return {"Datapoints": [{"Sum": float(lost)}] if lost else []}
        at, points = StartTime.timestamp(), []
        ends = self.clock.now() if self._silent_since is None or not self.silent_without_tasks else self._silent_since
        while at < ends:
            points.append({"Timestamp": datetime.fromtimestamp(at, UTC), Statistics[0]: 2.0 * self.samples_a_task})
            at += 60
        return {"Datapoints": points}

    def _data(self, **_):
        return {"MetricDataResults": [{"Id": "woken", "Values": []}]}

    def _lambda(self):
        made = Client(
            create_function={"FunctionArn": "arn:aws:lambda:eu-west-1:123456789012:function:direct"},
            put_function_recursion_config=lambda RecursiveLoop, **_: setattr(self, "recursion", RecursiveLoop),
        )
        made.get_waiter = lambda _: type("Waiter", (), {"wait": lambda self, **_: None})()
        return made

    def _logs(self):
        made = Client()

        def pages():
            if self.hook_target:
                left = [ec2 for ec2, one in self.instances.items() if one["left"] is not None]
                payload = {"LifecycleActionToken": "t", "EC2InstanceId": left[-1], "LifecycleHookName": NAMES.direct}
                return [{"events": [{"message": json.dumps({"direct": payload})}]}]
            return [{"events": [{"message": json.dumps({"RequeuesDelivered": self._rounds()})}]}]

        made.get_paginator = lambda _: Pages(pages())
        return made

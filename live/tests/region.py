"""A fake cluster of two instances, complete enough to run each check.

By default it behaves as AWS is expected to. A test can change its settings. It uses the fake clock,
so a drain takes no real time.
"""

import json
from datetime import UTC, datetime
from itertools import count

from botocore.exceptions import ClientError

from .fakes import NAMES, Client, Clock, context

DRAIN_SECONDS = 60


class Pages:
    """Answers to a paginated call."""

    def __init__(self, answer):
        self._answer = answer

    def paginate(self, **arguments):
        return [self._answer(**arguments)]


def iso(at):
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Region:
    def __init__(self):
        self.clock = Clock()
        self.instances = {}
        self.events = []
        self._event_ids = count()
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
        self.longest_filter = 10_000
        self.finds_by_filter = True
        self.hooks = ["ecs-tide-drain"]
        self.puts_while_draining = True
        self.record = "hook began/2026-11-22T09:00:03Z beat/2026-11-22T09:20:03Z"
        self.activity = "Terminating EC2 instance: {} - Waiting For ELB Connection Draining."
        self.daemon_last = True
        self.forced_code = "UserInitiated"
        self.stop_code = "TerminationNotice"
        self.metrics_from_logs = 1
        self.event_delay = 1
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
            ec2=Client(
                reboot_instances=lambda **_: setattr(self, "_rebooted", self.clock.now()),
                terminate_instances=self._terminate,
            ),
            sqs=Client(receive_message=self._receive, get_queue_url={"QueueUrl": "https://queue"}),
            sts=Client(get_caller_identity=lambda **_: self._dated()),
            cloudwatch=Client(get_metric_statistics=self._statistics, get_metric_data=self._data),
            **{"lambda": self._lambda(), "logs": self._logs()},
        )
        made.outputs = {
            "Url": "http://demo",
            "AutoDrainName": "drain",
            "ReinvokeName": "reinvoke",
            "HookName": "ecs-tide-drain",
        }
        return made

    def _launch(self, ec2):
        self.instances[ec2] = {"state": "InService", "status": "ACTIVE", "left": None}

    def _terminate(self, InstanceIds):
        (ec2,) = InstanceIds
        self.instances[ec2]["state"] = "Terminating:Proceed"
        reason = f"Host EC2 (instance {ec2}) terminated."
        self._stop(ec2, "lost", self.clock.now(), stopCode=self.stop_code, stoppedReason=reason)

    def _deregister(self, containerInstance, **_):
        if self.forced_code:
            self._stop(containerInstance.rsplit("/")[-1], "forced", self.clock.now(), stopCode=self.forced_code)

    def _stop(self, ec2, task, at, group="service:web", **more):
        """The last event of a task on an instance."""
        times = {key: iso(at - early) for key, early in (("stoppedAt", 0), ("executionStoppedAt", 2))}
        self._event(
            "Task",
            at,
            containerInstanceArn=self._arn(ec2),
            taskArn=f"task/{ec2}/{task}",
            group=group,
            lastStatus="STOPPED",
            **times,
            **more,
        )

    def _arn(self, ec2):
        return f"arn:aws:ecs:eu-west-1:123456789012:container-instance/{NAMES.cluster}/{ec2}"

    def _event(self, kind, at, **detail):
        self.events.append({
            "id": str(next(self._event_ids)),
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
            self._event("Container Instance", stopped - 50, status="DRAINING", **counts)
            self._stop(ec2, "web", stopped)
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
            if self.record:
                self.attributes[self._arn(InstanceId), "ecs-tide.drain"] = self.record

        def activities(**_):
            left = [ec2 for ec2, one in self.instances.items() if one["left"] is not None]
            found = [{"StatusCode": "MidLifecycleAction", "Description": self.activity.format(ec2)} for ec2 in left]
            return {"Activities": found}

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
            describe_lifecycle_hooks={"LifecycleHooks": [{"LifecycleHookName": name} for name in self.hooks]},
            describe_scaling_activities=activities,
        )

    # ---- ECS ----

    def _ecs(self):
        def describe(containerInstances, **_):
            return {"containerInstances": [self._container_instance(arn.rsplit("/")[-1]) for arn in containerInstances]}

        def listed(filter="", **_):
            if len(filter) > self.longest_filter:
                answer = {"Code": "InvalidParameterException", "Message": "The filter is too long."}
                raise ClientError({"Error": answer}, "ListContainerInstances")
            if filter and not self.finds_by_filter:
                return {"containerInstanceArns": []}
            serving = [ec2 for ec2, one in self.instances.items() if one["state"] != "Terminating:Proceed"]
            return {"containerInstanceArns": [self._arn(ec2) for ec2 in serving]}

        def services(**_):
            found = {"runningCount": self.desired_tasks, "desiredCount": self.desired_tasks, "taskDefinition": "web:1"}
            return {"services": [found]}

        def set_state(containerInstances, status, **_):
            ec2, now = containerInstances[0].rsplit("/")[-1], self.clock.now()
            self.instances[ec2]["status"] = status
            if status == "DRAINING":
                self._stop(ec2, "daemon", now + (20 if self.daemon_last else 5), group=f"service:{NAMES.daemon}")
                self._stop(ec2, "web", now + 10)
            return {"failures": []}

        def put(attributes, **_):
            for one in attributes:
                if self.puts_while_draining or not self._is_draining(one["targetId"]):
                    self.attributes[one["targetId"], one["name"]] = one["value"]

        def drop(attributes, **_):
            for one in attributes:
                self.attributes.pop((one["targetId"], one["name"]), None)

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
            deregister_container_instance=self._deregister,
            delete_attributes=drop,
            start_task=start,
            stop_task=stop,
            describe_tasks=lambda **_: {"tasks": [{"lastStatus": "RUNNING" if self.held else "STOPPED"}]},
            list_tasks={"taskArns": []},
            update_service=resize,
        )

    def _is_draining(self, arn):
        return self.instances[arn.rsplit("/")[-1]]["status"] == "DRAINING"

    def _container_instance(self, ec2):
        one, arn = self.instances[ec2], self._arn(ec2)
        since = self.clock.now() - self._rebooted if self._rebooted else 0
        away = self.agent_shows_absence and 0 < since < 30
        kept = self.keeps_attributes or not self._rebooted
        set_here = {name: value for (target, name), value in self.attributes.items() if target == arn and kept}
        custom = [{"name": name, "value": value} for name, value in set_here.items()]
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
        events, self.events = self.events[:10], self.events[10:]
        return {"Messages": [self._message(event) for event in events]} if events else {}

    def _message(self, event):
        sent = datetime.fromisoformat(event["time"]).timestamp() + self.event_delay
        attributes = {"SentTimestamp": str(int(sent * 1000))}
        return {"Body": json.dumps(event), "ReceiptHandle": "r", "Attributes": attributes}

    def _dated(self):
        date = f"{datetime.fromtimestamp(self.clock.now(), UTC):%a, %d %b %Y %H:%M:%S GMT}"
        return {"ResponseMetadata": {"HTTPHeaders": {"date": date}}}

    def _rounds(self):
        return int((self.clock.now() - self._held_since) / self.requeue_seconds)

    def _statistics(self, MetricName, StartTime, Statistics, **_):
        if MetricName == "RecursiveInvocationsDropped":
            lost = self.drops[self.recursion] if self._rounds() > 16 else 0
            return {"Datapoints": [{"Sum": float(lost)}] if lost else []}
        if MetricName == "DrainsCompleted":
            points = [{"Timestamp": StartTime, "Sum": float(self.metrics_from_logs)}]
            return {"Datapoints": points if self.metrics_from_logs else []}
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
            put_function_recursion_config=lambda RecursiveLoop, **_: setattr(self, "recursion", RecursiveLoop),
        )
        made.get_waiter = lambda _: type("Waiter", (), {"wait": lambda self, **_: None})()
        return made

    def _logs(self):
        made = Client()

        def answer(logGroupName, filterPattern, **_):
            left = [ec2 for ec2, one in self.instances.items() if one["left"] is not None]
            if logGroupName == NAMES.log_of("direct"):
                payload = {"LifecycleActionToken": "t", "EC2InstanceId": left[-1], "LifecycleHookName": NAMES.direct}
                record = {"direct": payload}
            elif "DrainsCompleted" in filterPattern:
                record = {"DrainsCompleted": 1}
            else:
                record = {"RequeuesDelivered": self._rounds()}
            return {"events": [{"message": json.dumps(record)}]}

        made.get_paginator = lambda _: Pages(answer)
        return made

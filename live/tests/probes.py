"""Fakes of what the probes of a run call: alarms, groups that join no cluster, queues and functions."""

import json
from datetime import UTC, datetime

from botocore.exceptions import ClientError

from .fakes import NAMES, Client, context

SUBNETS = "subnet-0a,subnet-0b"


def refused(code, message="made up"):
    return ClientError({"Error": {"Code": code, "Message": message}}, "Any")


class Pages:
    def __init__(self, answer):
        self._answer = answer

    def paginate(self, **arguments):
        return [self._answer(**arguments)]


class Alarms:
    """Alarms that change once to the given state and reason, by the last part of their names."""

    def __init__(self, changes):
        self.changes = changes
        self.put = {}
        self.client = Client(
            put_metric_data={}, put_metric_alarm=self._put, describe_alarm_history=self._history, get_metric_data={}
        )

    def _put(self, AlarmName, **alarm):
        self.put[AlarmName.removeprefix(NAMES.probes)] = alarm

    def _history(self, AlarmName, **_):
        change = self.changes.get(AlarmName.removeprefix(NAMES.probes))
        if change is None:
            return {"AlarmHistoryItems": []}
        value, reason, at = change
        data = json.dumps({"newState": {"stateValue": value, "stateReason": reason}})
        return {"AlarmHistoryItems": [{"Timestamp": datetime.fromtimestamp(at, UTC), "HistoryData": data}]}


class Groups:
    """Groups whose instances wait for a hook. `timeout` gives the seconds of a wait, by the group's last part."""

    def __init__(self, clock, timeout=lambda group: 10, status="Cancelled", description="Terminating EC2 instance: {}"):
        self.clock = clock
        self.timeout = timeout
        self.status = status
        self.description = description
        self.groups = {NAMES.group: {"instances": [], "desired": 2}}
        self.ended = {}
        self.retained = False
        # The capacity that an executed policy sets, and which of the instances a scale-in takes.
        self.executed = 2
        self.taken = 0
        self.client = Client(
            create_auto_scaling_group=self._create,
            describe_auto_scaling_groups=self._describe,
            set_desired_capacity=self._desire,
            terminate_instance_in_auto_scaling_group=self._terminate,
            complete_lifecycle_action=lambda **_: setattr(self, "retained", True),
            describe_scaling_activities=self._activities,
            execute_policy=lambda AutoScalingGroupName, **_: self._sized(AutoScalingGroupName, self.executed),
        )

    def _sized(self, name, desired):
        self.groups[name]["desired"] = desired

    def _create(self, AutoScalingGroupName, DesiredCapacity, **_):
        self.groups[AutoScalingGroupName] = {"instances": [], "desired": 0}
        self._desire(AutoScalingGroupName, DesiredCapacity)

    def _desire(self, AutoScalingGroupName, DesiredCapacity):
        group = self.groups[AutoScalingGroupName]
        while len(group["instances"]) < DesiredCapacity:
            number = len(group["instances"])
            group["instances"].append(f"i-{AutoScalingGroupName}-{number}")
        if len(group["instances"]) > DesiredCapacity:
            del group["instances"][self.taken]
        group["desired"] = DesiredCapacity

    def _describe(self, AutoScalingGroupNames, **_):
        (name,) = AutoScalingGroupNames
        group = self.groups[name]
        shown = [
            {"InstanceId": ec2, "LifecycleState": self._state(name, ec2), "AvailabilityZone": "ab"[int(ec2[-1]) % 2]}
            for ec2 in group["instances"]
        ]
        found = {"Instances": shown, "DesiredCapacity": group["desired"], "VPCZoneIdentifier": SUBNETS}
        return {"AutoScalingGroups": [found]}

    def _terminate(self, InstanceId, **_):
        self.ended[InstanceId] = self.clock.now()

    def _state(self, name, ec2):
        if ec2 not in self.ended:
            return "InService"
        if self.retained:
            return "Terminating:Retained"
        waits = self.timeout(name.removeprefix(f"{NAMES.stack}-"))
        return "Terminating:Wait" if self.clock.now() < self.ended[ec2] + waits else "Terminating:Proceed"

    def _activities(self, **_):
        status = self.status if self.retained else "MidLifecycleAction"
        return {
            "Activities": [{"StatusCode": status, "Description": self.description.format(ec2)} for ec2 in self.ended]
        }


class Topic:
    """A topic with two queues that get all wanted messages, and others until the filter takes effect."""

    def __init__(self, clock, effective=10, loses=False):
        self.clock, self.loses = clock, loses
        self.effective = clock.now() + effective
        self.bodies = {}
        self.sns = Client(
            create_topic={"TopicArn": f"arn:aws:sns:eu-west-1:123456789012:{NAMES.of('filters')}"},
            subscribe={"SubscriptionArn": "subscription"},
            publish=self._publish,
        )
        self.sqs = Client(
            create_queue=lambda QueueName, **_: {"QueueUrl": QueueName},
            get_queue_url=lambda QueueName: {"QueueUrl": QueueName},
            receive_message=self._receive,
        )

    def _publish(self, Message, MessageAttributes, **_):
        wanted = MessageAttributes["wanted"]["StringValue"] == "yes" and not self.loses
        if wanted or self.clock.now() < self.effective:
            for what in ("filtered", "refiltered"):
                self.bodies.setdefault(NAMES.of(what), []).append(Message)

    def _receive(self, QueueUrl, **_):
        found, self.bodies[QueueUrl] = self.bodies.get(QueueUrl, []), []
        return {"Messages": [{"Body": body} for body in found]}


class Function:
    """A function that has printed these records, and its other clients."""

    def __init__(self, records):
        self.functions = Client()
        self.functions.get_waiter = lambda _: type("Waiter", (), {"wait": lambda self, **_: None})()
        self.logs = Client()
        messages = [{"message": json.dumps(record)} for record in records]
        self.logs.get_paginator = lambda _: Pages(lambda **_: {"events": messages})

    def clients(self):
        return {"lambda": self.functions, "logs": self.logs, "sqs": Client(create_queue={"QueueUrl": "url"})}


def made(clock, **clients):
    found = context(minutes=600, clock=clock, **clients)
    found.outputs = {"TargetGroup": "targetgroup/demo/0123456789abcdef", "ScalingTopicArn": "arn:aws:sns:topic"}
    return found

"""The checks of alarm-scaling against fakes of its log and its targets."""

import json

import jsonschema
import pytest

from live import probe_scaling
from live.checks import scaling
from live.finding import AGREES, DIFFERS, NOT_SHOWN, ROOT

from .fakes import NAMES, Client, Clock
from .probes import Alarms, Pages, made

TAGGED = {"tags": [{"key": probe_scaling.TAG, "value": "out"}], "Tags": [{"Key": probe_scaling.TAG, "Value": "out"}]}


class Scaled:
    """A service and a group that alarm-scaling scales by one alarm, once the log is read."""

    def __init__(self, alarm, after, tags=TAGGED, applied=True):
        self.desired = 2
        self._after, self._tags = after, tags
        arn = f"arn:aws:cloudwatch:eu-west-1:123456789012:alarm:{alarm}"
        outcome = {"scale": {"from": 2, "to": 3}}
        decision = {"breach": {"alarm": arn}, "target": "target", "outcome": outcome}
        self._record = json.dumps({"decision": decision, "applied": applied})

    def clients(self):
        logs = Client()
        logs.get_paginator = lambda _: Pages(self._log)
        return {
            "logs": logs,
            "cloudwatch": Alarms({}).client,
            "ecs": Client(describe_services=self._services, update_service=self._set),
            "autoscaling": Client(describe_auto_scaling_groups=self._groups, set_desired_capacity=self._set),
        }

    def _set(self, desiredCount=None, DesiredCapacity=None, **_):
        self.desired = desiredCount or DesiredCapacity

    def _log(self, **_):
        self.desired = self._after
        return {"events": [{"message": self._record}]}

    def _services(self, **_):
        return {"services": [{"desiredCount": self.desired, "tags": self._tags["tags"]}]}

    def _groups(self, **_):
        return {"AutoScalingGroups": [{"DesiredCapacity": self.desired, "Tags": self._tags["Tags"]}]}


CHECKS = [
    (scaling.tasks_out, f"{NAMES.probes}busy", 3, 2),
    (scaling.instances_out, f"{NAMES.probes}full", 3, 2),
    (scaling.tasks_in, f"{NAMES.scaling('service')}-tasks-in-both", 2, 3),
    (scaling.instances_in, f"{NAMES.scaling('group')}-instances-in", 1, 2),
]


@pytest.mark.parametrize("check, alarm, after, before", CHECKS)
def test_a_scaling_by_its_alarm(check, alarm, after, before):
    def verdict(**settings):
        scaled = Scaled(alarm, **({"after": after} | settings))
        return check.run(made(Clock(), **scaled.clients())).verdict

    assert verdict() == AGREES
    assert verdict(after=before) == DIFFERS
    assert verdict(tags={"tags": [], "Tags": []}) == DIFFERS


@pytest.mark.parametrize("settings", [{"alarm": "another"}, {"alarm": f"{NAMES.probes}busy", "applied": False}])
def test_without_a_scaling_the_wait_ends(settings):
    scaled = Scaled(**({"after": 3} | settings))
    with pytest.raises(TimeoutError):
        scaling.tasks_out.run(made(Clock(), **scaled.clients()))


def actions(**found):
    def history(AlarmName, **_):
        texts = next((text for part, text in found.items() if AlarmName.endswith(part)), [])
        return {"AlarmHistoryItems": [{"HistorySummary": text} for text in texts]}

    return made(Clock(), cloudwatch=Client(describe_alarm_history=history))


DONE = ["Successfully executed action arn:aws:sns:eu-west-1:123456789012:topic"]


@pytest.mark.parametrize("found, expected", [
    ({"busy": DONE, "both": DONE, "in": DONE}, AGREES),
    ({"busy": DONE, "both": ["Failed to execute action"], "in": DONE}, DIFFERS),
    ({"busy": DONE, "in": DONE}, NOT_SHOWN),
])  # fmt: skip
def test_the_policy_of_the_topic(found, expected):
    assert scaling.topic_policy.run(actions(**found)).verdict == expected


@pytest.mark.parametrize("decided, denied, expected", [
    (2, [], AGREES), (2, [{"error": "AccessDenied"}], DIFFERS), (0, [], NOT_SHOWN),
])  # fmt: skip
def test_the_permissions_of_alarm_scaling(decided, denied, expected):
    assert scaling.judge_permitted(decided, denied).verdict == expected


def test_the_additional_policies_are_valid():
    schema = json.loads((ROOT / "crates/scaling/policy.schema.json").read_text())
    policies = [json.loads(policy) for policy in probe_scaling.policies(NAMES).values()]
    jsonschema.validate({"Policies": policies}, schema)
    assert [policy["Alarm"] for policy in policies] == [f"{NAMES.probes}busy", f"{NAMES.probes}full"]

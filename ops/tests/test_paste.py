"""Runs the commands for alarm-scaling that the advisor prints, with a fake of the AWS CLI.

A test of the crate `advice` compares the text with what the advisor prints, and reads the document with
the parser of alarm-scaling.
"""

import json
import subprocess

from ops.settings import ROOT

from .fakes import Client

PRINTED = (ROOT / "crates/advice/src/paste/tests/own-policies.sh").read_text()
TOPIC = "arn:aws:sns:eu-west-1:123456789012:ecs-tide-alarms"
TARGET = "service/demo/web"


def run():
    """The arguments of each call of the AWS CLI that changes something."""
    fake = f'aws() {{ if [ "$1" = cloudformation ]; then echo {TOPIC}; else printf "%s\\0" "$@" END; fi; }}'
    ended = subprocess.run(["bash", "-c", f"{fake}\n{PRINTED}"], check=True, capture_output=True, text=True)
    calls = ended.stdout.split("\0END\0")[:-1]
    return [call.split("\0") for call in calls]


def options(call):
    return {call[at].removeprefix("--"): call[at + 1] for at in range(2, len(call), 2)}


def test_the_document_is_put_before_its_alarms():
    assert [call[:2] for call in run()] == [
        ["ssm", "put-parameter"],
        ["cloudwatch", "put-metric-alarm"],
        ["cloudwatch", "put-metric-alarm"],
    ]


def test_aws_accepts_each_call():
    document, *alarms = [options(call) for call in run()]
    Client("ssm").put_parameter(Name=document["name"], Type=document["type"], Value=document["value"])
    for alarm in alarms:
        tags = [dict(pair.split("=", 1) for pair in alarm["tags"].split(","))]
        actions = [alarm["alarm-actions"]]
        Client("cloudwatch").put_metric_alarm(**json.loads(alarm["cli-input-json"]), AlarmActions=actions, Tags=tags)


def test_each_alarm_notifies_alarm_scaling_and_names_the_target_of_its_policy():
    document, *alarms = [options(call) for call in run()]
    assert document["name"] == f"/ecs-tide/targets/{TARGET}"
    policies = json.loads(document["value"])["Policies"]
    assert {policy["ResourceId"] for policy in policies} == {TARGET}
    assert {policy["Alarm"] for policy in policies} == {
        json.loads(alarm["cli-input-json"])["AlarmName"] for alarm in alarms
    }
    for alarm in alarms:
        assert alarm["alarm-actions"] == TOPIC
        assert alarm["tags"] == f"Key=ecs-tide:target,Value={TARGET}"

"""The shared tools of the checks: requests, captured events, the deployment."""

import io
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from botocore.exceptions import ClientError
from samcli.cli.types import CfnParameterOverridesType

from live import capture, deploy, names, probe_scaling
from live.finding import ROOT
from live.load import Load, fetch
from ops import template

from .fakes import NAMES, Client, context


@pytest.fixture
def server():
    pages = {"/": (200, b"<h1>It works</h1>"), "/other": (200, b"hello"), "/bad": (502, b"Bad Gateway")}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            status, body = pages[self.path]
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    serving = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{serving.server_port}"
    serving.shutdown()
    serving.server_close()


def test_a_request_fails_by_status_by_content_and_by_connection(server):
    assert fetch(f"{server}/") is None
    assert "another page" in fetch(f"{server}/other")
    assert "502" in fetch(f"{server}/bad")
    assert "refused" in fetch("http://127.0.0.1:9")


def test_requests_are_counted_and_end_at_their_limit(server):
    with Load(f"{server}/", limit=5, pause=0) as load:
        load._thread.join(timeout=10)
    assert (load.sent, load.failures) == (5, [])
    with Load(f"{server}/bad", limit=2, pause=0) as load:
        load._thread.join(timeout=10)
    assert [failure["failure"] for failure in load.failures] == ["HTTPError: HTTP Error 502: Bad Gateway"] * 2


def test_events_come_once_each_and_in_their_order():
    bodies = [{"id": "b", "time": "2"}, {"id": "a", "time": "1"}, {"id": "b", "time": "2"}]
    batches = [[{"Body": json.dumps(body), "ReceiptHandle": "r", "Attributes": {}} for body in bodies]]

    def receive(**_):
        return {"Messages": batches.pop()} if batches else {}

    sqs = Client(receive_message=receive, get_queue_url={"QueueUrl": "https://queue"})
    made = context(sqs=sqs)
    assert [event["id"] for event in capture.events(made)] == ["a", "b"]
    assert [event["id"] for event in capture.events(made)] == ["a", "b"], "what was received is kept"
    assert sqs.called().count("delete_message_batch") == 1


def test_the_capture_rule_matches_the_cluster_and_may_send():
    sqs = Client(create_queue={"QueueUrl": "https://queue"})
    events = Client(put_rule={"RuleArn": "rule-arn"}, put_targets={"FailedEntryCount": 0})
    capture.start(context(sqs=sqs, events=events))
    pattern = json.loads(events.calls[0][1]["EventPattern"])
    assert pattern["detail"]["clusterArn"] == [f"arn:aws:ecs:eu-west-1:123456789012:cluster/{NAMES.cluster}"]
    policy = json.loads(sqs.calls[-1][1]["Attributes"]["Policy"])
    assert policy["Statement"][0]["Condition"] == {"ArnEquals": {"aws:SourceArn": "rule-arn"}}


def test_a_rule_without_a_target_is_an_error():
    sqs = Client(create_queue={"QueueUrl": "https://queue"})
    events = Client(put_rule={"RuleArn": "rule-arn"}, put_targets={"FailedEntryCount": 1, "FailedEntries": ["why"]})
    with pytest.raises(RuntimeError, match="why"):
        capture.start(context(sqs=sqs, events=events))


class Pages:
    def paginate(self, StackName):
        nested = [{"ResourceType": "AWS::CloudFormation::Stack", "PhysicalResourceId": "nested"}]
        return [{"StackResourceSummaries": nested if StackName == NAMES.stack else []}]


def deployed(alarm_scaling, **clients):
    described = {
        "nested": [("Url", "http://dashboard"), ("Alarms", "arns"), ("HookName", "inner")],
        NAMES.demo: [("Url", "http://demo")],
        NAMES.stack: [("HookName", "outer"), ("HookKeeperName", "keeper")],
    }

    def describe(StackName):
        listed = [{"OutputKey": key, "OutputValue": value} for key, value in described[StackName]]
        return {"Stacks": [{"Outputs": listed}]}

    cloudformation = Client(describe_stacks=describe)
    cloudformation.get_paginator = lambda _: Pages()
    made, commands = context(cloudformation=cloudformation, **clients), []
    deploy.deploy(made, alarm_scaling, run=lambda command, **settings: commands.append((command, settings)))
    return made, commands


def test_a_deployment_uses_its_names_and_suspends_alarms():
    made, commands = deployed(False)
    words = [command[1] for command, _ in commands]
    assert words == ["deploy", "build", "deploy", "deploy", "deploy"]
    assert all(settings["check"] for _, settings in commands)
    demo, _, main, *scaling = [command for command, _ in commands]
    assert {NAMES.demo, "stacks/demo.yaml", f'Cluster="{NAMES.cluster}"', 'InstancesMin="1"'} <= set(demo)
    patterns = {f'ClusterPatterns="{NAMES.cluster}"', f'GroupPatterns="{NAMES.group}"'}
    assert {NAMES.stack, 'LaterSeconds="10"'} | patterns <= set(main)
    assert all(NAMES.scaling(what) in line for what, line in zip(names.SCALED, scaling, strict=True))
    assert made.outputs == {"Url": "http://demo", "Alarms": "arns", "HookName": "outer", "HookKeeperName": "keeper"}
    assert made.client("s3").calls == [
        ("create_bucket", {"Bucket": NAMES.bucket, "CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}})
    ]
    assert made.client("lambda").calls == [
        ("invoke", {"FunctionName": "keeper", "Payload": json.dumps({"groups": [NAMES.group]}).encode()})
    ]
    assert made.client("autoscaling").calls == [
        ("suspend_processes", {"AutoScalingGroupName": NAMES.group, "ScalingProcesses": ["AlarmNotification"]})
    ]
    assert made.client("ecs").calls == [
        ("update_service", {"cluster": NAMES.cluster, "service": "web", "desiredCount": 2})
    ]


def test_a_failure_of_hook_keeper_is_one_of_the_deployment():
    failed = {"FunctionError": "Unhandled", "Payload": io.BytesIO(b"timed out")}
    with pytest.raises(RuntimeError, match="hook-keeper failed: timed out"):
        deployed(False, **{"lambda": Client(invoke=failed)})


def test_a_bucket_of_a_run_that_is_resumed_is_used_again():
    owned = ClientError({"Error": {"Code": "BucketAlreadyOwnedByYou", "Message": "yours"}}, "CreateBucket")
    assert deployed(False, s3=Client(create_bucket=owned))[0].outputs


def test_sam_reads_the_parameters_as_they_are_meant():
    _, commands = deployed(True)
    scaling = (ROOT / "stacks/service-scaling.yaml", ROOT / "stacks/cluster-scaling.yaml")
    files = (ROOT / "stacks/demo.yaml", template.TEMPLATE, *scaling)
    reads = []
    deployments = [line for line, _ in commands if line[:2] == ["sam", "deploy"]]
    for line, file in zip(deployments, files, strict=True):
        words = line[line.index("--parameter-overrides") + 1 : line.index("--tags")]
        reads.append(CfnParameterOverridesType().convert(tuple(words), None, None))
        assert set(reads[-1]) <= set(template.defaults(file))
    policies = probe_scaling.policies(NAMES)
    assert [read.get("Scaling") for read in reads] == [None, None, "alarm-scaling", "alarm-scaling"]
    assert reads[2]["AdditionalServicePolicies"] == policies[probe_scaling.BUSY]
    assert reads[3]["AdditionalGroupPolicies"] == policies[probe_scaling.FULL]

"""Compares policy/live.json with the calls of live/. The documents of the deployer allow what `sam deploy` needs.

Resources and conditions are not evaluated.
"""

import json

from live.finding import ROOT
from ops.tests.test_deployer import LONGEST, granted, operations

DOCUMENT = json.loads((ROOT / "policy/live.json").read_text())
SERVICES = [
    "autoscaling", "cloudformation", "cloudwatch", "ec2", "ecs", "events", "iam", "lambda", "logs", "s3", "sns", "sqs",
]  # fmt: skip
# The code calls the operation of that name of Lambda.
NAMESAKES = {"sns:AddPermission", "sqs:AddPermission"}
# IAM has other names for these.
RENAMED = {
    "s3:DeleteObjects": "s3:DeleteObject",
    "s3:ListObjectsV2": "s3:ListBucket",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "lambda:Invoke": "lambda:InvokeFunction",
    "sns:PublishBatch": "sns:Publish",
}
# Calls that are not in the code.
FURTHER = {
    "waiters": {"lambda:GetFunction"},
    "what Auto Scaling checks for the caller of CreateAutoScalingGroup": {
        "autoscaling:CreateOrUpdateTags",
        "ec2:RunInstances",
        "ssm:GetParameters",
    },
    "the roles of functions": {"iam:PassRole"},
}


def called():
    sources = [path.read_text() for folder in ("live", "live/checks") for path in (ROOT / folder).glob("*.py")]
    found = {RENAMED.get(action, action) for action in operations(SERVICES, sources)} - NAMESAKES
    return found.union(*FURTHER.values())


def test_the_document_allows_what_the_live_check_calls_and_nothing_else():
    assert {"autoscaling:ExecutePolicy", "sns:Subscribe", "cloudwatch:PutMetricAlarm"} <= called()
    assert granted(DOCUMENT) == called()


def test_what_the_document_changes_is_of_a_run():
    free = {"Read", "LaunchTemplate"}
    for statement in DOCUMENT["Statement"]:
        assert statement["Sid"] in free or "tide-live" in json.dumps(statement).lower().replace("tidelive", "tide-live")


def test_the_document_fits_a_managed_policy():
    assert len("".join(json.dumps(DOCUMENT, separators=(",", ":")).split())) <= LONGEST

"""Errors, request ids, failures and pages as a user of boto3 or of the AWS CLI sees them.

Codes and messages are those of AWS: of its documentation, of its service models, or recorded from it.
"""

import re

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from e2e.clients import REGION
from e2e.region import ACCOUNT, CLUSTER, GROUP, Region
from e2e.tests.test_clients import HOOK, run_aws_cli

UNCHECKED = Config(parameter_validation=False)
"""The region is to refuse what boto3 would not send."""

INBOX = f"arn:aws:sns:{REGION}:{ACCOUNT}:ecs-tide-lifecycle"
REQUEUES = f"arn:aws:sns:{REGION}:{ACCOUNT}:ecs-tide-reinvoke.fifo"
NOBODY = "0" * 32


def arn(kind: str, cluster: str = CLUSTER) -> str:
    """The ARN of something that does not exist."""
    return f"arn:aws:ecs:{REGION}:{ACCOUNT}:{kind}/{cluster}/{NOBODY}"


# Service, operation, input, code, HTTP status, message.
REFUSED = {
    "unknown cluster": (
        *("ecs", "list_container_instances", {"cluster": "nowhere"}),
        *("ClusterNotFoundException", 400, "Cluster not found."),
    ),
    "no tasks": (
        *("ecs", "describe_tasks", {"cluster": CLUSTER, "tasks": []}),
        *("InvalidParameterException", 400, "Tasks cannot be empty."),
    ),
    "no container instances": (
        *("ecs", "describe_container_instances", {"cluster": CLUSTER, "containerInstances": []}),
        *("InvalidParameterException", 400, "Container instance cannot be empty."),
    ),
    "task of another cluster": (
        *("ecs", "describe_tasks", {"cluster": CLUSTER, "tasks": [arn("task", "other")]}),
        *("InvalidParameterException", 400, f"Identifier is for cluster other. Your cluster is {CLUSTER}"),
    ),
    "short task id": (
        *("ecs", "describe_tasks", {"cluster": CLUSTER, "tasks": ["0123"]}),
        *("InvalidParameterException", 400, "taskId length should be one of [32,36]"),
    ),
    "late completion": (
        "autoscaling",
        "complete_lifecycle_action",
        {
            "AutoScalingGroupName": GROUP,
            "LifecycleHookName": HOOK,
            "InstanceId": "i-0123456789abcdef0",
            "LifecycleActionResult": "CONTINUE",
        },
        *("ValidationError", 400, "No active Lifecycle Action found with instance ID i-0123456789abcdef0"),
    ),
    "above the maximum": (
        *("autoscaling", "set_desired_capacity", {"AutoScalingGroupName": GROUP, "DesiredCapacity": 9_999}),
        *("ValidationError", 400, "New SetDesiredCapacity value 9999 is above max value"),
    ),
    "unknown alarm": (
        "cloudwatch",
        "set_alarm_state",
        {"AlarmName": "nowhere", "StateValue": "OK", "StateReason": "test"},
        *("ResourceNotFound", 404, ""),
    ),
    "unknown state": (
        "cloudwatch",
        "set_alarm_state",
        {"AlarmName": "nowhere", "StateValue": "GONE", "StateReason": "test"},
        *("ValidationError", 400, "1 validation error detected: Value 'GONE' at 'stateValue' failed to satisfy"),
    ),
    "unknown topic": (
        *("sns", "publish", {"TopicArn": f"{INBOX}-gone", "Message": "text"}),
        *("NotFound", 404, "Topic does not exist"),
    ),
    "empty message": (
        *("sns", "publish", {"TopicArn": INBOX, "Message": ""}),
        *("InvalidParameter", 400, "Invalid parameter: Empty message"),
    ),
    "subject of two lines": (
        *("sns", "publish", {"TopicArn": INBOX, "Message": "text", "Subject": "two\nlines"}),
        *("InvalidParameter", 400, "Invalid parameter: Subject"),
    ),
    "no message group": (
        *("sns", "publish", {"TopicArn": REQUEUES, "Message": "text"}),
        *("InvalidParameter", 400, "Invalid parameter: The MessageGroupId parameter is required for FIFO topics"),
    ),
    "batch of which one has no message group": (
        "sns",
        "publish_batch",
        {
            "TopicArn": REQUEUES,
            "PublishBatchRequestEntries": [
                {"Id": "one", "Message": "text", "MessageGroupId": "group", "MessageDeduplicationId": "id"},
                {"Id": "two", "Message": "text", "MessageDeduplicationId": "other"},
            ],
        },
        *("InvalidParameter", 400, "Invalid parameter: The MessageGroupId parameter is required for FIFO topics"),
    ),
    "operation that is not simulated": (
        *("ecs", "create_cluster", {"clusterName": "new"}),
        *("UnknownOperationException", 400, "CreateCluster"),
    ),
}


@pytest.fixture(scope="module")
def region(tmp_path_factory):
    region = Region(tmp_path_factory.mktemp("region"))
    try:
        region.wait()
        yield region
    finally:
        region.end()


@pytest.mark.parametrize("case", REFUSED)
def test_boto3_raises_the_error_of_aws(region: Region, case: str):
    service, operation, given, code, status, message = REFUSED[case]
    client = region.client(service, UNCHECKED)
    with pytest.raises(ClientError) as refused:
        getattr(client, operation)(**given)
    answer = refused.value.response
    assert (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)
    assert message in answer["Error"].get("Message", "")


@pytest.mark.parametrize("case", ["unknown cluster", "late completion", "unknown alarm", "unknown topic"])
def test_the_cli_prints_the_error_of_aws(region: Region, case: str):
    service, operation, given, code, _, message = REFUSED[case]
    said = run_aws_cli(region, service, operation, given)
    name = "".join(part.title() for part in operation.split("_"))
    assert said.returncode == 255
    assert f"An error occurred ({code}) when calling the {name} operation: " in said.stderr.decode()
    assert message in said.stderr.decode()


@pytest.mark.parametrize(
    ("service", "operation", "given"),
    [
        ("ecs", "list_clusters", {}),
        ("autoscaling", "describe_auto_scaling_groups", {}),
        ("cloudwatch", "describe_alarms", {}),
        ("sns", "publish", {"TopicArn": INBOX, "Message": "text"}),
    ],
)
def test_each_answer_has_a_request_id_of_its_own(region: Region, service: str, operation: str, given: dict):
    client = region.client(service)
    answers = [getattr(client, operation)(**given)["ResponseMetadata"] for _ in range(2)]
    ids = [answer["RequestId"] for answer in answers]
    assert all(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", id) for id in ids)
    assert ids[0] != ids[1]
    assert [answer["HTTPHeaders"]["x-amzn-requestid"] for answer in answers] == ids


def test_an_error_has_a_request_id(region: Region):
    for service, operation, given, *_ in REFUSED.values():
        with pytest.raises(ClientError) as refused:
            getattr(region.client(service, UNCHECKED), operation)(**given)
        assert refused.value.response["ResponseMetadata"]["RequestId"]


@pytest.mark.parametrize(
    ("operation", "name", "kind"),
    [
        ("describe_tasks", "tasks", "task"),
        ("describe_container_instances", "containerInstances", "container-instance"),
    ],
)
def test_what_is_missing_is_a_failure_with_its_full_arn(region: Region, operation: str, name: str, kind: str):
    answer = getattr(region.client("ecs"), operation)(cluster=CLUSTER, **{name: [NOBODY]})
    assert answer[name] == []
    assert answer["failures"] == [{"arn": arn(kind), "reason": "MISSING"}]


def test_pages_lead_to_everything_once(region: Region):
    ecs = region.client("ecs")
    pages = ecs.get_paginator("list_container_instances").paginate(cluster=CLUSTER, PaginationConfig={"PageSize": 1})
    pages = [page["containerInstanceArns"] for page in pages]
    assert [len(page) for page in pages] == [1, 1]
    listed = ecs.list_container_instances(cluster=CLUSTER)["containerInstanceArns"]
    assert sorted(one for page in pages for one in page) == sorted(listed)


def test_a_token_of_nowhere_is_refused(region: Region):
    for service, operation, given in [
        ("ecs", "list_tasks", {"cluster": CLUSTER, "nextToken": "nowhere"}),
        ("autoscaling", "describe_auto_scaling_groups", {"NextToken": "nowhere"}),
    ]:
        with pytest.raises(ClientError) as refused:
            getattr(region.client(service), operation)(**given)
        code = refused.value.response["Error"]["Code"]
        assert code in {"InvalidParameterException", "InvalidNextToken"}

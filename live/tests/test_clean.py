import boto3
import pytest
from botocore.exceptions import ClientError, WaiterError
from botocore.stub import Stubber

from live import clean, errors, names
from live.names import Names

from .fakes import NAMES, Client, Clock, Session


class Pages:
    def __init__(self, pages):
        self._pages = pages

    def paginate(self, **_):
        return self._pages


class Waiter:
    """Fails this many times, then succeeds."""

    def __init__(self, failures=0):
        self._failures = failures

    def wait(self, **_):
        if self._failures:
            self._failures -= 1
            raise WaiterError("stack_delete_complete", "DELETE_FAILED", {})


def error(code, message="made up"):
    return ClientError({"Error": {"Code": code, "Message": message}}, "Any")


def clients(failures=0, **other):
    found = {
        "ecs": Client(list_tasks={"taskArns": ["one", "two"]}),
        "sqs": Client(get_queue_url={"QueueUrl": "https://queue"}),
        "cloudformation": Client(),
        "s3": Client(),
        "autoscaling": Client(
            describe_lifecycle_hooks={"LifecycleHooks": [{"LifecycleHookName": "probe"}]},
            describe_auto_scaling_groups={"AutoScalingGroups": []},
        ),
        "cloudwatch": Client(describe_alarms={"MetricAlarms": [{"AlarmName": f"{NAMES.probes}one"}]}),
        "lambda": Client(list_event_source_mappings={"EventSourceMappings": [{"UUID": 36 * "0"}]}),
        "sns": Client(create_topic={"TopicArn": "arn:aws:sns:eu-west-1:123456789012:topic"}),
    } | other
    waiter = Waiter(failures)
    found["cloudformation"].get_waiter = lambda _: waiter
    found["s3"].get_paginator = lambda _: Pages([{"Contents": [{"Key": "a"}, {"Key": "b"}]}, {}])
    return found


def run(found):
    return clean.clean(NAMES, Session(found).client, lambda _: None, Clock().sleep)


def test_everything_that_a_run_makes_is_deleted():
    found = clients()
    assert run(found) == []
    assert found["ecs"].called() == ["list_tasks", "stop_task", "stop_task", "delete_service"]
    groups = [
        arguments["AutoScalingGroupName"] for name, arguments in found["autoscaling"].calls if "delete_auto" in name
    ]
    assert groups == [NAMES.of(group) for group in names.GROUPS]
    assert found["ec2"].called() == ["delete_launch_template"]
    assert found["cloudwatch"].calls[-1] == ("delete_alarms", {"AlarmNames": [f"{NAMES.probes}one"]})
    assert found["events"].called() == ["remove_targets", "delete_rule"] * len(names.RULES)
    assert found["sns"].called() == ["create_topic", "delete_topic"] * len(names.TOPICS)
    assert found["sqs"].called() == ["get_queue_url", "delete_queue"] * len(names.QUEUES)
    mapped = ["list_event_source_mappings", "delete_event_source_mapping", "delete_function"]
    assert found["lambda"].called() == mapped * len(names.FUNCTIONS)
    assert found["iam"].called() == ["delete_role_policy", "delete_role"] * len(names.FUNCTIONS)
    stacks = [arguments["StackName"] for _, arguments in found["cloudformation"].calls]
    assert stacks == [*map(NAMES.scaling, names.SCALED), NAMES.demo, NAMES.stack]
    assert found["logs"].called() == ["delete_log_group"] * (len(names.FUNCTIONS) + 1)
    assert found["s3"].calls == [
        ("delete_objects", {"Bucket": NAMES.bucket, "Delete": {"Objects": [{"Key": "a"}, {"Key": "b"}]}}),
        ("delete_bucket", {"Bucket": NAMES.bucket}),
    ]


def test_what_is_not_there_counts_as_deleted():
    found = clients(
        ecs=Client(list_tasks=error("ClusterNotFoundException")),
        autoscaling=Client(
            delete_lifecycle_hook=error("ValidationError", "No Lifecycle Hook found"),
            describe_lifecycle_hooks=error("ValidationError", "AutoScalingGroup name not found"),
            describe_auto_scaling_groups={"AutoScalingGroups": []},
        ),
        ec2=Client(delete_launch_template=error("InvalidLaunchTemplateName.NotFoundException")),
        cloudwatch=Client(describe_alarms={"MetricAlarms": []}),
        events=Client(remove_targets=error("ResourceNotFoundException")),
        sqs=Client(get_queue_url=error("AWS.SimpleQueueService.NonExistentQueue")),
        iam=Client(delete_role_policy=error("NoSuchEntity"), delete_role=error("NoSuchEntity")),
    )
    assert run(found) == []


def test_a_failed_step_is_reported_and_does_not_stop_the_others():
    found = clients(ecs=Client(list_tasks=error("AccessDenied")), iam=Client(delete_role=error("DeleteConflict")))
    left = run(found)
    roles = [f"the role of {one}" for one in names.FUNCTIONS]
    assert [item.split(":")[0] for item in left] == ["the tasks that held instances", *roles]
    assert found["cloudformation"].called() == ["delete_stack"] * 4
    assert found["s3"].called()[-1] == "delete_bucket"


def test_a_validation_error_does_not_count_as_deleted():
    assert not errors.is_gone(error("ValidationError", "1 validation error detected"))


@pytest.mark.parametrize("failures, left", [(0, 0), (1, 0), (2, 1)])
def test_a_failed_stack_deletion_is_retried_once(failures, left):
    found = clients(failures)
    assert len(run(found)) == left
    # The first of four stacks is the one that fails.
    assert found["cloudformation"].called() == ["delete_stack"] * (4 + min(failures, 1))


def test_a_stack_of_no_run_is_refused():
    for stack in ("ecs-tide", "tide-live-", "tide-live-0a1b2c3d/../other", "tide-live-0A1B2C3D"):
        with pytest.raises(ValueError, match="not the stack of a live check"):
            Names(stack)
    assert Names.new() != Names.new()


def test_a_missing_resource_of_the_real_client_counts_as_deleted():
    """Stubber raises the errors of botocore, which the fakes here only imitate."""
    iam = boto3.Session("testing", "testing", region_name="eu-west-1").client("iam")
    with Stubber(iam) as stub:
        for function in names.FUNCTIONS:
            stub.add_client_error("delete_role_policy", "NoSuchEntity", http_status_code=404)
            stub.add_response("delete_role", {}, {"RoleName": NAMES.of(function)})
        assert run(clients(iam=iam)) == []
        stub.assert_no_pending_responses()

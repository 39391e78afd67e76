import boto3
import pytest
from botocore.stub import Stubber

from ops.drains import draining, held

from .fakes import GROUP_SHAPE, Client, group


@pytest.mark.parametrize(
    "state",
    [
        "Terminating",
        "Terminating:Wait",
        "Terminating:Proceed",
        "Warmed:Terminating",
        "Warmed:Terminating:Wait",
        "Warmed:Terminating:Proceed",
        "ReplacingRootVolume",
        "ReplacingRootVolume:Wait",
        "ReplacingRootVolume:Proceed",
    ],
)
def test_an_instance_on_its_way_out_is_held(state):
    assert held(state)


@pytest.mark.parametrize(
    "state",
    [
        "InService",
        "Pending:Wait",
        "Terminated",
        "Terminating:Retained",
        "RootVolumeReplaced",
        "Warmed:Stopped",
        "Standby",
    ],
)
def test_an_instance_that_no_terminating_hook_holds_is_not(state):
    assert not held(state)


def test_every_page_of_groups_is_read_by_the_real_client():
    client = boto3.Session("testing", "testing", region_name="eu-west-1").client("autoscaling")
    names = {"AutoScalingGroupNames": ["a", "b"]}
    instance = {"AvailabilityZone": "a", "HealthStatus": "Healthy", "ProtectedFromScaleIn": False}
    pages = [
        [{"InstanceId": "i-0", "LifecycleState": "Terminating:Wait", **instance}],
        [{"InstanceId": "i-1", "LifecycleState": "Terminating:Wait", **instance}],
    ]
    with Stubber(client) as stub:
        for name, found, asked, further in (
            ("a", pages[0], {}, {"NextToken": "n"}),
            ("b", pages[1], {"NextToken": "n"}, {}),
        ):
            answer = {
                "AutoScalingGroups": [{"AutoScalingGroupName": name, "Instances": found, **GROUP_SHAPE}],
                **further,
            }
            stub.add_response("describe_auto_scaling_groups", answer, names | asked)
        assert [str(drain) for drain in draining(client, ["a", "b"])] == [
            "i-0 (a, Terminating:Wait)",
            "i-1 (b, Terminating:Wait)",
        ]
        stub.assert_no_pending_responses()


def test_a_warm_pool_is_asked_for_where_there_is_one():
    pool = {"Instances": [{"InstanceId": "i-9", "LifecycleState": "Warmed:Terminating:Wait"}]}
    answers = {
        "describe_auto_scaling_groups": {
            "AutoScalingGroups": [group("a", "InService"), group("b", WarmPoolConfiguration={})]
        },
        "describe_warm_pool": [{"Instances": []}, pool],
    }
    client = Client("autoscaling", **answers)
    assert draining(client, ["a", "b"]) == []
    client.answers["describe_auto_scaling_groups"]["AutoScalingGroups"][1]["WarmPoolConfiguration"] = {"MinSize": 1}
    assert [drain.instance for drain in draining(client, ["a", "b"])] == ["i-9"]


def test_no_groups_are_not_all_groups():
    client = Client("autoscaling")
    assert draining(client, []) == []
    assert client.calls == []

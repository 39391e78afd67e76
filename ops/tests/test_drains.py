import boto3
import botocore.session
import pytest
from botocore.stub import Stubber

from ops.drains import draining, held

from .fakes import GROUP_SHAPE, Client, group

# All states of the service model, by whether a terminating hook holds the instance.
HELD = {
    f"{state}{part}"
    for state in ("Terminating", "Warmed:Terminating", "ReplacingRootVolume")
    for part in ("", ":Wait", ":Proceed")
} | {"Warmed:Pending:Wait"}
FREE = {
    "Pending",
    "Pending:Wait",
    "Pending:Proceed",
    "Quarantined",
    "InService",
    "Terminated",
    "Terminating:Retained",
    "Detaching",
    "Detached",
    "EnteringStandby",
    "Standby",
    "RootVolumeReplaced",
    "Warmed:Pending",
    "Warmed:Pending:Proceed",
    "Warmed:Pending:Retained",
    "Warmed:Terminated",
    "Warmed:Terminating:Retained",
    "Warmed:Stopped",
    "Warmed:Running",
    "Warmed:Hibernated",
}


@pytest.mark.parametrize("state", sorted(HELD))
def test_an_instance_on_its_way_out_is_held(state):
    assert held(state)


@pytest.mark.parametrize("state", sorted(FREE))
def test_an_instance_that_no_terminating_hook_holds_is_not(state):
    assert not held(state)


def test_every_state_that_auto_scaling_knows_is_one_or_the_other():
    model = botocore.session.get_session().get_service_model("autoscaling")
    assert set(model.shape_for("LifecycleState").enum) == HELD | FREE


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


def test_groups_are_asked_for_fifty_names_at_a_time():
    names = [f"g{number}" for number in range(101)]

    def groups(AutoScalingGroupNames):
        assert 0 < len(AutoScalingGroupNames) <= 50
        return {"AutoScalingGroups": [group(name, "Terminating:Wait") for name in AutoScalingGroupNames]}

    client = Client("autoscaling", describe_auto_scaling_groups=groups)
    assert [drain.group for drain in draining(client, names)] == names
    assert len(client.calls) == 3


def test_no_groups_are_not_all_groups():
    client = Client("autoscaling")
    assert draining(client, []) == []
    assert client.calls == []

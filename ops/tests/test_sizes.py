import json

import pytest

from ops import template
from ops.deploy import deploy
from ops.errors import Refused
from ops.settings import ROOT
from ops.sizes import ENVIRONMENT, PARAMETER, environments, measured, refuse_too_large

from .fakes import Region, Sam, context, group, stack

PSEUDO = {
    "AWS::StackName": "ecs-tide",
    "AWS::AccountId": "123456789012",
    "AWS::Region": "us-east-1",
    "AWS::Partition": "aws",
}
NAMES = {"Cluster": "demo", "Group": "demo-group", "Service": "web"}
ALARM_SCALING = NAMES | {"ServiceScaling": "alarm-scaling", "ClusterScaling": "alarm-scaling"}


def known(**given):
    return template.defaults() | given


def variables(**given):
    return environments(known(**given), PSEUDO)


def policies(bytes):
    """A value of AdditionalPolicies with that many bytes, without quotation marks."""
    return "{Policies: []}".ljust(bytes)


def test_the_variables_are_those_that_the_template_sets():
    found = variables(**ALARM_SCALING)
    assert sorted(found) == ["AlarmScaling", "AutoDrain", "HookKeeper", "Reinvoke"]
    document = json.loads(found["AlarmScaling"]["POLICIES"])
    assert [policy["Alarm"] for policy in document["Policies"]] == [
        "ecs-tide-tasks-out",
        "ecs-tide-tasks-in-both",
        "ecs-tide-instances-out",
        "ecs-tide-instances-in",
    ]
    # crates/rehearse/tests/interface/stacks/alarm_scaling.rs has the same number, from another reader of the template.
    assert len(found["AlarmScaling"]["POLICIES"]) == 1532
    assert found["Reinvoke"]["REINVOKE_TOPIC_ARN"] == "arn:aws:sns:us-east-1:123456789012:ecs-tide-reinvoke.fifo"


def test_without_alarm_scaling_its_variables_do_not_count():
    found = variables(**NAMES)
    assert "AlarmScaling" not in found
    assert "MINUTE_QUEUE_ARN" in found["Reinvoke"] and found["Reinvoke"]["MINUTE_QUEUE_ARN"] == ""
    refuse_too_large(known(**NAMES, AdditionalPolicies=policies(PARAMETER)), PSEUDO)


def test_each_quotation_mark_of_a_value_counts_twice():
    assert measured({"A": "b"}) == len('{"A":"b"}')
    assert measured({"A": '"'}) == len('{"A":"' + r"\"" + '"}')
    assert measured({"A": "é"}) == len('{"A":"e"}') + 1


def test_policies_fit_to_the_last_byte_and_no_further():
    room = ENVIRONMENT - measured(variables(**ALARM_SCALING)["AlarmScaling"])
    fits = known(**ALARM_SCALING, AdditionalPolicies=policies(room))
    refuse_too_large(fits, PSEUDO)
    words = rf"of function AlarmScaling have {ENVIRONMENT + 1} bytes, .* of ADDITIONAL_POLICIES and .* of POLICIES, and Lambda accepts {ENVIRONMENT}"
    with pytest.raises(Refused, match=words):
        refuse_too_large(fits | {"AdditionalPolicies": policies(room + 1)}, PSEUDO)


def test_the_operations_page_has_the_measured_sizes():
    page = (ROOT / "docs" / "operations.md").read_text()
    found = variables(**ALARM_SCALING)["AlarmScaling"]
    room = ENVIRONMENT - measured(found)
    for number, words in (
        (len(json.dumps(found["POLICIES"])) - 2, "take {} bytes of its 4,096"),
        (measured(found), "all variables {}, which leaves"),
        (room, "\n{} for `AdditionalPolicies`"),
    ):
        assert words.format(f"{number:,}") in page


def test_a_parameter_has_its_own_limit():
    with pytest.raises(
        Refused, match=f"AdditionalPolicies has {PARAMETER + 1} bytes, and CloudFormation accepts {PARAMETER}"
    ):
        refuse_too_large(known(**NAMES, AdditionalPolicies=policies(PARAMETER + 1)), PSEUDO)


def test_names_of_any_length_leave_the_template_deployable():
    refuse_too_large(known(**ALARM_SCALING | {name: 255 * "n" for name in NAMES}), PSEUDO)


@pytest.mark.parametrize("kept", [{}, {"AdditionalPolicies": policies(4000)}])
def test_what_does_not_fit_is_refused_before_the_build(kept):
    found = Region(stack("tide", **ALARM_SCALING | kept), groups=[group("demo-group", "InService")])
    given, sam = {} if kept else {"AdditionalPolicies": policies(4000)}, Sam()
    with pytest.raises(Refused, match="Lambda accepts"):
        deploy(context(found.session(), run=sam), given)
    assert sam.lines == []

import pytest

from ops import sizes, template
from ops.deploy import deploy
from ops.errors import Refused
from ops.sizes import PARAMETER, environments, measured, refuse_too_large

from .fakes import Region, Sam, context, group, stack

PSEUDO = {
    "AWS::StackName": "ecs-tide",
    "AWS::AccountId": "123456789012",
    "AWS::Region": "us-east-1",
    "AWS::Partition": "aws",
}
NAMES = {"Cluster": "demo", "Group": "demo-group"}


def known(**given):
    return template.defaults() | given


def variables(**given):
    return environments(known(**given), PSEUDO)


def test_the_variables_are_those_that_the_template_sets():
    found = variables(**NAMES)
    assert sorted(found) == ["AlarmScaling", "AutoDrain", "HookKeeper", "Reinvoke"]
    assert found["Reinvoke"]["REINVOKE_TOPIC_ARN"] == "arn:aws:sns:us-east-1:123456789012:ecs-tide-reinvoke.fifo"


def test_each_quotation_mark_of_a_value_counts_twice():
    assert measured({"A": "b"}) == len('{"A":"b"}')
    assert measured({"A": '"'}) == len('{"A":"' + r"\"" + '"}')
    assert measured({"A": "é"}) == len('{"A":"e"}') + 1


def test_variables_have_to_fit_too(monkeypatch):
    largest = max(measured(one) for one in variables(**NAMES).values())
    monkeypatch.setattr(sizes, "ENVIRONMENT", largest)
    refuse_too_large(known(**NAMES), PSEUDO)
    monkeypatch.setattr(sizes, "ENVIRONMENT", largest - 1)
    with pytest.raises(Refused, match=f"have {largest} bytes, .* and Lambda accepts {largest - 1} for all of them"):
        refuse_too_large(known(**NAMES), PSEUDO)


def many_groups(bytes):
    """A value of AdditionalGroups with that many bytes."""
    return ",".join(["g" * 100] * (bytes // 101 + 1))[:bytes]


def test_a_parameter_has_its_own_limit():
    words = f"AdditionalGroups has {PARAMETER + 1} bytes, and CloudFormation accepts {PARAMETER}"
    with pytest.raises(Refused, match=words):
        refuse_too_large(known(**NAMES, AdditionalGroups=many_groups(PARAMETER + 1)), PSEUDO)


def test_names_of_any_length_leave_the_template_deployable():
    refuse_too_large(known(**NAMES | {name: 255 * "n" for name in NAMES}), PSEUDO)


def test_what_does_not_fit_is_refused_before_the_build():
    found, sam = Region(stack("tide", **NAMES), groups=[group("demo-group", "InService")]), Sam()
    with pytest.raises(Refused, match="CloudFormation accepts"):
        deploy(context(found.session(), run=sam), {"AdditionalGroups": many_groups(PARAMETER + 1)})
    assert sam.lines == []

"""Checks template.yaml and stacks/ against CloudFormation's schemas and limits."""

import re

import pytest

from ops.settings import ROOT
from ops.sizes import PARAMETER
from ops.template import load

from .schemas import schema

TEMPLATES = [ROOT / "template.yaml", *sorted((ROOT / "stacks").glob("*.yaml"))]
SAM = "AWS::Serverless::Function"


def references(node, key=None):
    """All references to resources and parameters, with the property that contains them."""
    if isinstance(node, dict):
        if "Ref" in node:
            yield node["Ref"], key
        if "Fn::Sub" in node:
            text = node["Fn::Sub"][0] if isinstance(node["Fn::Sub"], list) else node["Fn::Sub"]
            yield from ((name, key) for name in re.findall(r"\$\{([A-Za-z0-9]+)\}", text))
        for name, inner in node.items():
            yield from references(inner, key if name.startswith("Fn::") else name)
    elif isinstance(node, list):
        for inner in node:
            yield from references(inner, key)


# A reference to a policy is documented to be its ARN, and this property to accept that of a target.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-applicationautoscaling-scalingpolicy.html
ARN = "AWS::ApplicationAutoScaling::ScalingPolicy"
TAKES_REFERENCES = "ScalingTargetId"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_reference_to_a_resource_with_several_identifiers(path):
    template = load(path)
    kinds = {name: resource["Type"] for name, resource in template["Resources"].items()}
    for name, key in references([template["Resources"], template.get("Outputs", {})]):
        kind = kinds.get(name, SAM)
        if kind in (SAM, ARN) or key == TAKES_REFERENCES:
            continue
        assert len(schema(kind)["primaryIdentifier"]) == 1, f"{path.name}: {key} takes !Ref {name}, a {kind}"


def test_a_hook_is_identified_by_two_names():
    assert len(schema("AWS::AutoScaling::LifecycleHook")["primaryIdentifier"]) == 2
    assert list(references({"Value": {"Ref": "Hook"}})) == [("Hook", "Value")]
    assert list(references({"Name": {"Fn::Sub": "${Hook}-x"}})) == [("Hook", "Name")]


def alarms(template, node):
    """The logical IDs of the alarms whose ARNs a value joins, with those of nested stacks."""
    if isinstance(node, dict) and "Fn::GetAtt" in node:
        name, _, attribute = node["Fn::GetAtt"].partition(".")
        resource = template["Resources"][name]
        if attribute == "Arn":
            yield name
        else:
            nested = load(ROOT / resource["Properties"]["TemplateURL"])
            yield from alarms(nested, nested["Outputs"][attribute.removeprefix("Outputs.")]["Value"])
    else:
        inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        for one in inner:
            yield from alarms(template, one)


def test_the_alarms_of_the_dashboard_fit_into_a_parameter():
    template = load(ROOT / "template.yaml")
    named = list(alarms(template, template["Resources"]["DashboardStack"]["Properties"]["Parameters"]["Alarms"]))
    assert len(named) > 2
    # A stack name has at most 128 characters, also a nested one. Resources in it have longer names.
    longest = [
        f"arn:aws-us-gov:cloudwatch:us-gov-west-1:123456789012:alarm:{128 * 's'}-{name}-{13 * '0'}" for name in named
    ]
    assert len(",".join(longest)) <= PARAMETER

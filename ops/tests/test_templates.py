"""Checks template.yaml and stacks/ against CloudFormation's schemas and limits."""

import json
import re

import pytest

from ops.settings import ROOT
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


MONITORING = load(ROOT / "stacks" / "monitoring.yaml")


def texts(node):
    """The text of a value, with each parameter and resource as its name."""
    match node:
        case str(text):
            return [text]
        case {"Fn::Join": [between, parts]}:
            return [between.join(text for part in parts for text in texts(part))]
        case {"Fn::Sub": text}:
            return [re.sub(r"\$\{([A-Za-z:]+)\}", r"\1", text)]
        case {"Fn::GetAtt": name}:
            return [name]
    raise ValueError(node)


def dashboard():
    (body,) = texts(MONITORING["Resources"]["Dashboard"]["Properties"]["DashboardBody"])
    return json.loads(body)


def test_the_dashboard_is_json_and_shows_each_alarm():
    widget, *_ = dashboard()["widgets"]
    found = [f"{name}.Arn" for name, one in MONITORING["Resources"].items() if one["Type"] == "AWS::CloudWatch::Alarm"]
    assert sorted(widget["properties"]["alarms"]) == sorted(found)


def test_the_dashboard_has_each_cluster_as_a_variable():
    body = dashboard()
    patterns = {variable["pattern"]: variable["populateFrom"] for variable in body["variables"]}
    assert patterns == {"_CLUSTER_": "ClusterName", "_GROUP_": "AutoScalingGroupName"}
    rest = json.dumps(body["widgets"])
    assert all(pattern in rest for pattern in patterns)
    assert not {"Cluster", "Group", "Service"} & MONITORING["Parameters"].keys()


def test_alarms_about_drains_are_on_the_sum_of_all_clusters():
    alarms = [one["Properties"] for one in MONITORING["Resources"].values() if "AlarmActions" in one["Properties"]]
    of_drains = [alarm for alarm in alarms if alarm["Namespace"] == "EcsTide"]
    dimensions = {dimension["Name"] for alarm in of_drains for dimension in alarm.get("Dimensions", [])}
    assert dimensions == {"function"}
    assert sum("Dimensions" not in alarm for alarm in of_drains) == 4


def test_each_dead_letter_queue_has_an_alarm():
    template = load(ROOT / "template.yaml")
    queues = {
        name: one["Properties"] for name, one in template["Resources"].items() if one["Type"] == "AWS::SQS::Queue"
    }
    letters = {name for name, about in queues.items() if "RedrivePolicy" not in about}
    given = template["Resources"]["MonitoringStack"]["Properties"]["Parameters"]
    named = {parameter: name for parameter, value in given.items() for name in names_of_queues(value)}
    counted = {
        named[one["Properties"]["Dimensions"][0]["Value"]["Ref"]]
        for one in MONITORING["Resources"].values()
        if one["Properties"].get("MetricName") == "ApproximateNumberOfMessagesVisible"
    }
    assert len(letters) == 4 and counted == letters


def names_of_queues(value):
    match value:
        case {"Fn::GetAtt": path} if path.endswith(".QueueName"):
            yield path.removesuffix(".QueueName")

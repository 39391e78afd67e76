"""Every integration of a template, and the template without it."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

Template = dict[str, Any]

WHOLE = {
    "AWS::Events::Rule": "rule",
    "AWS::Lambda::EventSourceMapping": "mapping",
    "AWS::SNS::Subscription": "subscription",
    "AWS::SNS::TopicPolicy": "admission",
}
"""Resources that are an integration, with the kind to print."""

PARTS = {
    ("AWS::Events::Rule", "Targets"): "target",
    ("AWS::SNS::Subscription", "FilterPolicy"): "filter",
    ("AWS::SQS::Queue", "RedrivePolicy"): "redrive",
    ("AWS::Serverless::Function", "EventInvokeConfig"): "destination",
}
"""Properties that are an integration."""


@dataclass(frozen=True)
class Cut:
    """One integration to remove from a template, by its path."""

    kind: str
    path: tuple[str | int, ...]
    stack: str | None = None
    """The nested stack of the template; None is the main stack."""

    @property
    def name(self) -> str:
        """The kind and the path, to print."""
        parts = [part for part in self.path[1:] if part not in ("Properties", "PolicyDocument")]
        return f"{self.kind} {'.'.join(map(str, parts))}"

    def of(self, template: Template) -> Template:
        """The template without it, and without references to it in `DependsOn` and `After`."""
        template = copy.deepcopy(template)
        *path, last = self.path
        place = template
        for part in path:
            place = place[part]
        del place[last]
        if len(self.path) == 2:
            for resource in template["Resources"].values():
                before = resource.get("DependsOn", [])
                before = [before] if isinstance(before, str) else before
                if last in before:
                    resource["DependsOn"] = [name for name in before if name != last]
                metadata = resource.get("Metadata", {})
                if "After" in metadata:
                    metadata["After"] = _without(metadata["After"], {"Ref": last})
        return template


def _without(value: Any, item: Any) -> Any:
    """A value without an item in its lists, at any depth."""
    match value:
        case list():
            return [_without(one, item) for one in value if one != item]
        case dict():
            return {key: _without(one, item) for key, one in value.items()}
        case _:
            return value


def _statements(resource: Any, path: tuple[str | int, ...], kind: str) -> Iterator[Cut]:
    for number, _ in enumerate(resource["PolicyDocument"]["Statement"]):
        yield Cut(kind, (*path, "PolicyDocument", "Statement", number))


def cuts(template: Template, stack: str | None = None) -> Iterator[Cut]:
    """All integrations of a stack: what moves messages, what keeps failed ones, and what permits both."""
    return (replace(cut, stack=stack) for cut in _cuts(template))


def _cuts(template: Template) -> Iterator[Cut]:
    for name, resource in template["Resources"].items():
        path = ("Resources", name)
        properties = resource.get("Properties", {})
        kind = resource["Type"]
        if kind in WHOLE:
            yield Cut(WHOLE[kind], path)
        for part in properties:
            if (kind, part) in PARTS:
                yield Cut(PARTS[kind, part], (*path, "Properties", part))
        match kind:
            case "AWS::Serverless::Function":
                for event in properties.get("Events", {}):
                    yield Cut("mapping", (*path, "Properties", "Events", event))
            case "AWS::SQS::QueuePolicy":
                yield from _statements(properties, (*path, "Properties"), "permission")
            case "AWS::IAM::Policy":
                yield from _statements(properties, (*path, "Properties"), "policy")
            case "AWS::IAM::Role":
                for number, policy in enumerate(properties["Policies"]):
                    yield from _statements(policy, (*path, "Properties", "Policies", number), "policy")

"""Resolves the intrinsic functions of a template, as far as possible before a deployment."""

import re

NOTHING = object()
# The end of a name that CloudFormation generates: a hyphen and 12 or 13 characters.
SUFFIX = "-" + 13 * "0"
# Generated names of queues are truncated to this length.
LONGEST = {"AWS::SQS::Queue": 80}


class Resolver:
    """Values of a template with these parameters, as strings. `pseudo` has the values of `AWS::…`."""

    def __init__(self, template, parameters, pseudo):
        self._template = template
        self._parameters = parameters
        self._pseudo = pseudo

    def value(self, node):
        match node:
            case {"Ref": name}:
                found = self._ref(name)
            case {"Fn::GetAtt": path}:
                found = self._arn(path.partition(".")[0])
            case {"Fn::If": [condition, there, otherwise]}:
                found = self.value(there if self._holds(condition) else otherwise)
            case {"Fn::Sub": [text, given]}:
                found = self._sub(text, self.value(given))
            case {"Fn::Sub": text}:
                found = self._sub(text, {})
            case {"Fn::Join": [delimiter, parts]}:
                found = delimiter.join(self.value(parts))
            case dict():
                values = {key: self.value(one) for key, one in node.items()}
                found = {key: one for key, one in values.items() if one is not NOTHING}
            case list():
                found = [one for one in map(self.value, node) if one is not NOTHING]
            case _:
                found = str(node)
        return found

    def is_there(self, resource):
        """Whether the resource is created, by its condition."""
        return "Condition" not in resource or self._holds(resource["Condition"])

    def _ref(self, name):
        if name == "AWS::NoValue":
            return NOTHING
        if name in self._pseudo:
            return self._pseudo[name]
        if name in self._parameters:
            listed = self._template["Parameters"][name]["Type"] == "CommaDelimitedList"
            return self._parameters[name].split(",") if listed else self._parameters[name]
        return self._arn(name)

    def _sub(self, text, given):
        return re.sub(
            r"\$\{([^!}]+)\}", lambda found: given[found[1]] if found[1] in given else self._ref(found[1]), text
        )

    def _arn(self, name):
        """An ARN that is as long as that of the topic or queue can be."""
        resource = self._template["Resources"][name]
        properties = resource.get("Properties", {})
        fifo = ".fifo" if properties.get("FifoQueue") else ""
        made_up = f"{self._pseudo['AWS::StackName']}-{name}{SUFFIX}{fifo}"[: LONGEST.get(resource["Type"])]
        called = self.value(properties["TopicName"]) if "TopicName" in properties else made_up
        service = resource["Type"].split("::")[1].lower()
        place = [self._pseudo[f"AWS::{part}"] for part in ("Region", "AccountId")]
        return ":".join(["arn", self._pseudo["AWS::Partition"], service, *place, called])

    def _holds(self, condition):
        match condition:
            case str(name) | {"Condition": str(name)}:
                return self._holds(self._template["Conditions"][name])
            case {"Fn::Equals": [one, other]}:
                return self.value(one) == self.value(other)
            case {"Fn::Not": [inner]}:
                return not self._holds(inner)
            case {"Fn::And": inner}:
                return all(map(self._holds, inner))
            case {"Fn::Or": inner}:
                return any(map(self._holds, inner))
        raise ValueError(f"unknown condition {condition}")

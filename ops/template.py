"""The parameters of template.yaml, and what its values come to with them."""

import yaml

from .errors import Refused
from .settings import ROOT

TEMPLATE = ROOT / "template.yaml"


class Loader(yaml.SafeLoader):
    """Reads what stands under CloudFormation's short tags as if there were no tag."""


class Tagged(yaml.SafeLoader):
    """Reads each short tag as the function that it is short for."""


def untagged(loader, _, node):
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True)


def function(loader, tag, node):
    return {tag if tag in ("Ref", "Condition") else f"Fn::{tag}": untagged(loader, tag, node)}


Loader.add_multi_constructor("!", untagged)
Tagged.add_multi_constructor("!", function)


def defaults(path=TEMPLATE):
    """Every parameter with its default; "" where it has none."""
    parameters = yaml.load(path.read_text(), Loader)["Parameters"]
    return {name: str(about.get("Default", "")) for name, about in parameters.items()}


def refuse_unknown(names, known):
    """The SAM CLI leaves out what the template does not have, and so hides a slip of the pen."""
    for name in names:
        if name not in known:
            raise Refused(f"template.yaml has no parameter {name}: correct the name, or see the table in README.md")

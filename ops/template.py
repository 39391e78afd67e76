"""Reads template.yaml and stacks/, without resolving them."""

from functools import cache

import yaml

from .errors import Refused
from .settings import ROOT

TEMPLATE = ROOT / "template.yaml"


class Loader(yaml.SafeLoader):
    """Reads each short tag of CloudFormation as the full function name."""


def function(loader, tag, node):
    if isinstance(node, yaml.ScalarNode):
        argument = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        argument = loader.construct_sequence(node, deep=True)
    else:
        argument = loader.construct_mapping(node, deep=True)
    return {tag if tag in ("Ref", "Condition") else f"Fn::{tag}": argument}


Loader.add_multi_constructor("!", function)


@cache
def load(path=TEMPLATE):
    return yaml.load(path.read_text(), Loader)


def defaults(path=TEMPLATE):
    """All parameters with their defaults, or with "" if there is none."""
    return {name: str(about.get("Default", "")) for name, about in load(path)["Parameters"].items()}


def refuse_unknown(names, known, file="template.yaml"):
    """Refuse unknown parameters. The SAM CLI ignores them, which hides a typing error."""
    for name in names:
        if name not in known:
            raise Refused(f"{file} has no parameter {name}: correct the name, or see docs/reference/parameters.md")

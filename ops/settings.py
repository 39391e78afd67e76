"""Reads the settings of one environment from samconfig.toml."""

import shlex
import tomllib
from dataclasses import dataclass
from pathlib import Path

from .errors import Refused

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    environment: str
    path: Path
    stack: str
    region: str | None
    parameters: dict
    tags: dict


def load(environment, path=ROOT / "samconfig.toml"):
    document = tomllib.loads(path.read_text())
    tables = document.get(environment)
    if not isinstance(tables, dict):
        known = ", ".join(name for name, value in document.items() if isinstance(value, dict))
        raise Refused(f"{path.name} has no environment {environment}: use one of {known}")
    shared = tables.get("global", {}).get("parameters", {})
    deploy = shared | tables.get("deploy", {}).get("parameters", {})
    if not deploy.get("stack_name"):
        raise Refused(f"environment {environment} of {path.name} has no stack_name: add one")
    return Settings(
        environment,
        path,
        deploy["stack_name"],
        deploy.get("region"),
        pairs(deploy.get("parameter_overrides", [])),
        pairs(deploy.get("tags", [])),
    )


def pairs(value):
    """Parameters from a table, a list of K=V or a string of them, the forms that the SAM CLI reads."""
    if isinstance(value, dict):
        return {key: str(item) for key, item in value.items()}
    found = {}
    for item in shlex.split(value) if isinstance(value, str) else value:
        key, equals, text = item.partition("=")
        if not key or not equals:
            raise Refused(f"{item} is not a parameter: write it as Name=value")
        found[key] = text.strip("\"'")
    return found

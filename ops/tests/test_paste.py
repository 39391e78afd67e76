"""Pastes the additional policies that the advisor prints, as a make command and into samconfig.toml.

A test of the crate `advice` compares the text with what the advisor prints, and reads the value with
the parser of alarm-scaling.
"""

import json
import shlex
import shutil
import subprocess

import pytest
import yaml
from samcli.cli.types import CfnParameterOverridesType

from ops.__main__ import main
from ops.settings import ROOT

from .fakes import Region, Sam, group, stack

PRINTED = (ROOT / "crates/advice/src/paste/tests/more-policies.sh").read_text()
LINE = (ROOT / "crates/advice/src/paste/tests/more-policies.toml").read_text()
VALUE = LINE.strip().removeprefix('"AdditionalPolicies=').removesuffix('",')
KNOWN = {"Cluster": "demo", "Group": "demo-group", "Service": "web"}


def words(command, script):
    """The arguments of a command in a script, as a shell splits them."""
    ended = subprocess.run(
        ["bash", "-c", f"{command}() {{ printf '%s\\0' \"$@\"; }}\n{script}"],
        check=True,
        capture_output=True,
        text=True,
    )
    return ended.stdout.split("\0")[:-1]


def given_to_ops(arguments):
    """The arguments that make passes to `ops`."""
    ended = subprocess.run(["make", "-n", *arguments], check=True, capture_output=True, text=True, cwd=ROOT)
    (line,) = [line for line in ended.stdout.splitlines() if line.startswith("python -m ops ")]
    return words("python", line)[2:]


def deployed(arguments, path):
    """The parameters that `sam deploy` reads from the command that `ops` runs."""
    sam = Sam()
    found = Region(
        stack("ecs-tide", ClusterScaling="alarm-scaling", **KNOWN), groups=[group("demo-group", "InService")]
    )
    assert main([*arguments, "--yes"], session=found.session(), path=path, run=sam, say=lambda _: None) == 0
    line = next(line for line in sam.lines if line[1] == "deploy")
    overrides = line[line.index("--parameter-overrides") + 1 :]
    return CfnParameterOverridesType().convert(tuple(overrides), None, None)


@pytest.fixture
def path(tmp_path):
    return shutil.copy(ROOT / "samconfig.toml", tmp_path / "samconfig.toml")


def test_the_printed_command_deploys_the_printed_policies(path):
    command = PRINTED[PRINTED.index("make deploy") :]
    arguments = given_to_ops(words("make", command))
    assert arguments[0] == "deploy"
    assert deployed(arguments, path) == {"ServiceScaling": "off", "AdditionalPolicies": VALUE}


def test_the_printed_line_of_samconfig_deploys_the_same(path):
    table = "[default.deploy.parameters]\n"
    text = path.read_text()
    assert text.count(table) == 1
    path.write_text(text.replace(table, f"{table}parameter_overrides = [\n  {LINE}]\n"))
    assert deployed(["deploy"], path) == {"AdditionalPolicies": VALUE}


def test_json_arrives_as_it_was_given(path):
    value = json.dumps(yaml.safe_load(VALUE))
    assert deployed(["deploy", "--parameter", f"AdditionalPolicies={value}"], path)["AdditionalPolicies"] == value
    # The same on a command line, from a file.
    script = f"make deploy ARGS=\"--parameter AdditionalPolicies='$(printf %s {shlex.quote(value)})'\""
    assert deployed(given_to_ops(words("make", script)), path)["AdditionalPolicies"] == value

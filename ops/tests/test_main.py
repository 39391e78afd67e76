import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError, NoRegionError

from ops.__main__ import main
from ops.errors import Refused, from_aws
from ops.settings import ROOT, load, pairs

from .fakes import Region, Session, error, group, stack


def run(*words, found=None, session=None, **ways):
    return main(list(words), session=session or (found or Region()).session(), say=lambda _: None, **ways)


def test_without_yes_and_a_terminal_nothing_is_deleted(capsys):
    found = Region(stack("ecs-tide"), groups=[group("a", "InService")])
    assert run("delete", found=found, interactive=False) == 2
    assert "use --yes" in capsys.readouterr().err
    assert run("delete", "--yes", found=found, interactive=False, sleep=lambda _: None) == 0
    assert "delete_stack" in found.cloudformation.called()


@pytest.mark.parametrize(
    "words, expected",
    [
        (["delete"], "stack ecs-tide does not exist in eu-west-1"),
        (["delete", "--env", "none"], "no environment none: use one of default, demo"),
        (["deploy", "--parameter", "DryRun"], "DryRun is not a parameter: write it as Name=value"),
        (["deploy", "--yes", "--parameter", "Cluster=prod"], "template.yaml has no parameter Cluster"),
    ],
)
def test_invalid_input_is_reported_in_one_line(capsys, words, expected):
    assert run(*words) == 2
    written = capsys.readouterr().err
    assert written.startswith("error: ") and expected in written and written.count("\n") == 1


@pytest.mark.parametrize("command, name", [("delete", "ecs-tide"), ("delete-demo", "ecs-tide-demo")])
def test_a_draining_group_refuses_each_command_that_would_end_it(capsys, command, name):
    groups = [group("a", "Terminating:Wait")]
    found = Region(stack(name, Group="a"), groups=groups, hooked=["a"])
    assert run(command, "--yes", found=found) == 2
    assert "Terminating:Wait" in capsys.readouterr().err
    assert "delete_stack" not in found.cloudformation.called()


def test_an_error_of_aws_prints_no_traceback(capsys):
    found = Region()
    found.cloudformation.answers["describe_stacks"] = error("DescribeStacks", "AccessDenied", "User x may not.")
    assert run("delete", found=found) == 1
    assert (
        capsys.readouterr().err == "error: DescribeStacks failed with AccessDenied: User x may not: "
        "allow it in your IAM policy; see policy/deployer.json\n"
    )


@pytest.mark.parametrize(
    "what, expected",
    [
        (error("A", "ExpiredToken", "old"), "log in again"),
        (error("A", "Throttling", "Rate exceeded"), "wait a minute"),
        (error("A", "ValidationError", "Stack is in UPDATE_IN_PROGRESS state"), "has finished"),
        (error("A", "Unheard", "of"), "A failed with Unheard: of: correct what"),
        (NoCredentialsError(), "no credentials: log in"),
        (NoRegionError(), "no region: set AWS_DEFAULT_REGION"),
        (EndpointConnectionError(endpoint_url="http://none"), "check the network"),
    ],
)
def test_every_error_says_what_to_do(what, expected):
    assert expected in from_aws(what)


def test_a_missing_region_is_reported(capsys):
    session = Session()
    session.region_name = None
    assert run("delete", session=session) == 2
    assert "no region" in capsys.readouterr().err


@pytest.mark.parametrize("value", ['A=b C="d=e f"', ["A=b", 'C="d=e f"'], {"A": "b", "C": "d=e f"}])
def test_parameters_are_read_in_each_form_that_sam_reads(value):
    assert pairs(value) == {"A": "b", "C": "d=e f"}


def test_nameless_parameters_are_refused():
    with pytest.raises(Refused, match="=b is not a parameter"):
        pairs(["=b"])


def test_the_environments_of_the_file_have_a_stack_each():
    path = ROOT / "samconfig.toml"
    default, demo = load("default", path), load("demo", path)
    assert (default.stack, demo.stack) == ("ecs-tide", "ecs-tide-demo")
    assert default.tags == demo.tags == {"Project": "ecs-tide", "ManagedBy": "sam"}

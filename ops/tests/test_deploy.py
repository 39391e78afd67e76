import pytest

from ops.deploy import deploy
from ops.errors import Failed, Refused

from .fakes import Region, Sam, context, error, never, stack

PROTECTED = ("update_termination_protection", {"StackName": "tide", "EnableTerminationProtection": True})


def region(**kept):
    return Region(stack("tide", **kept))


def protections(found):
    return [call for call in found.cloudformation.calls if call[0] == PROTECTED[0]]


def deployed(sam):
    return next(line for line in sam.lines if line[1] == "deploy")


def test_an_update_is_protected_and_keeps_other_parameters():
    found, sam = region(Architecture="x86_64"), Sam()
    deploy(context(found.session(), run=sam, parameters={"DryRun": "on"}), {"SoonSeconds": "20"})
    assert sam.commands() == ["build", "deploy"]
    assert sam.lines[0][-1] == 'Architecture="x86_64"'
    assert sam.lines[1][-3:] == ["--parameter-overrides", 'DryRun="on"', 'SoonSeconds="20"']
    assert protections(found) == [PROTECTED]


def test_a_deployment_without_parameters_asks_for_nothing():
    sam = Sam()
    deploy(context(Region().session(), run=sam, yes=False, ask=never), {})
    assert "--parameter-overrides" not in deployed(sam)


def test_a_new_stack_is_protected_once_it_is_there():
    found = Region()

    def made(line, **options):
        if line[1] == "deploy":
            found.stacks["tide"] = stack("tide")
            assert protections(found) == []
        return Sam()(line, **options)

    deploy(context(found.session(), run=made), {})
    assert protections(found) == [PROTECTED]


@pytest.mark.parametrize("exists", [True, False])
def test_hook_keeper_runs_at_the_end_of_a_deployment(exists):
    found = region() if exists else Region()
    keeper = {"Outputs": [{"OutputKey": "HookKeeperName", "OutputValue": "keeper"}]}

    def made(line, **options):
        if line[1] == "deploy":
            assert functions.calls == []
            found.stacks["tide"] = stack("tide") | keeper
        return Sam()(line, **options)

    session = found.session()
    functions = session.client("lambda")
    deploy(context(session, run=made), {})
    assert functions.calls == [("invoke", {"FunctionName": "keeper", "InvocationType": "Event", "Payload": b"{}"})]


def test_hook_keeper_does_not_run_after_a_failed_deployment():
    found = region()
    found.stacks["tide"]["Outputs"] = [{"OutputKey": "HookKeeperName", "OutputValue": "keeper"}]
    session = found.session()
    with pytest.raises(Failed, match="sam deploy failed with exit code 1"):
        deploy(context(session, run=Sam(0, 1)), {})
    assert session.client("lambda").calls == []


@pytest.mark.parametrize(
    "status, protected", [("CREATE_FAILED", [PROTECTED]), ("ROLLBACK_COMPLETE", []), ("REVIEW_IN_PROGRESS", [])]
)
def test_a_failed_creation_is_protected_if_it_left_resources(status, protected):
    found = Region()

    def failed(line, **options):
        found.stacks["tide"] = stack("tide", status)
        return Sam(int(line[1] == "deploy"))(line, **options)

    with pytest.raises(Failed, match="sam deploy failed with exit code 1"):
        deploy(context(found.session(), run=failed), {})
    assert protections(found) == protected


def test_consent_is_the_change_sets_or_yes():
    for yes, words in ((True, "--no-confirm-changeset"), (False, "--confirm-changeset")):
        sam = Sam()
        deploy(context(region().session(), run=sam, yes=yes), {})
        assert words in deployed(sam)
    with pytest.raises(Refused, match="use --yes"):
        deploy(context(region().session(), yes=False, interactive=False), {})


def test_bad_input_is_refused_before_anything_is_deployed():
    sam = Sam()
    for given, words in (
        ({"Clster": "x"}, "no parameter Clster"),
        ({"AlarmTopicArn": "a\\b"}, r"AlarmTopicArn has a backslash"),
    ):
        with pytest.raises(Refused, match=words):
            deploy(context(region().session(), run=sam, ask=never), given)
    assert "deploy" not in sam.commands()


def test_a_stack_whose_creation_failed_must_be_deleted_first():
    found = Region(stack("tide", "ROLLBACK_COMPLETE"))
    with pytest.raises(Refused, match="ROLLBACK_COMPLETE.*delete it, then deploy"):
        deploy(context(found.session()), {})


def test_an_error_does_not_count_as_a_missing_stack():
    found = region()
    found.cloudformation.answers["describe_stacks"] = error("DescribeStacks", "AccessDenied", "not you")
    with pytest.raises(Exception, match="not you"):
        deploy(context(found.session()), {})

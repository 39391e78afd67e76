import json

import pytest

from ops.deploy import deploy
from ops.errors import Failed, Refused
from ops.settings import ROOT
from ops.template import load

from .fakes import Region, Sam, context, error, group, never, stack

KNOWN = {"Cluster": "prod", "Group": "a"}


def region(*states, more="", imports=(), **kept):
    return Region(
        stack("tide", Cluster="prod", Group="a", AdditionalGroups=more, **kept),
        stack("by-hand", Group="b"),
        groups=[group("a", *states)],
        imports=imports,
    )


def policies(found):
    """What each policy that was set did, in their order."""
    bodies = [call[1]["StackPolicyBody"] for call in found.cloudformation.calls if call[0] == "set_stack_policy"]
    return ["guarded" if "Deny" in body else "open" for body in bodies]


def deployed(sam):
    return next(line for line in sam.lines if line[1] == "deploy")


def test_an_update_is_protected_and_keeps_other_parameters():
    found, sam = region("Terminating:Wait", Architecture="x86_64"), Sam()
    deploy(context(found.session(), run=sam, parameters=KNOWN), {"SoonSeconds": "20"})
    assert sam.commands() == ["build", "deploy"]
    assert sam.lines[0][-1] == 'Architecture="x86_64"'
    assert sam.lines[1][-4:] == ["--parameter-overrides", 'Cluster="prod"', 'Group="a"', 'SoonSeconds="20"']
    assert policies(found) == ["guarded"]
    assert (
        "update_termination_protection",
        {"StackName": "tide", "EnableTerminationProtection": True},
    ) in found.cloudformation.calls


def test_a_new_stack_is_guarded_once_it_is_there():
    found = Region()

    def made(line, **options):
        if line[1] == "deploy":
            found.stacks["tide"] = stack("tide")
            assert policies(found) == []
        return Sam()(line, **options)

    deploy(context(found.session(), run=made, parameters=KNOWN), {})
    assert policies(found) == ["guarded"]


@pytest.mark.parametrize("exists", [True, False])
def test_hook_keeper_runs_at_the_end_of_a_deployment(exists):
    found = region("InService") if exists else Region()
    keeper = {"Outputs": [{"OutputKey": "HookKeeperName", "OutputValue": "keeper"}]}

    def made(line, **options):
        if line[1] == "deploy":
            assert functions.calls == []
            found.stacks["tide"] = stack("tide", **KNOWN) | keeper
        return Sam()(line, **options)

    session = found.session()
    functions = session.client("lambda")
    deploy(context(session, run=made, parameters=KNOWN), {})
    assert functions.calls == [("invoke", {"FunctionName": "keeper", "InvocationType": "Event", "Payload": b"{}"})]


def test_hook_keeper_does_not_run_after_a_failed_deployment():
    found = region("InService")
    found.stacks["tide"]["Outputs"] = [{"OutputKey": "HookKeeperName", "OutputValue": "keeper"}]
    session = found.session()
    with pytest.raises(Failed):
        deploy(context(session, run=Sam(0, 1), parameters=KNOWN), {})
    assert session.client("lambda").calls == []


@pytest.mark.parametrize(
    "status, guarded", [("CREATE_FAILED", ["guarded"]), ("ROLLBACK_COMPLETE", []), ("REVIEW_IN_PROGRESS", [])]
)
def test_a_failed_creation_is_protected_if_it_may_have_a_hook(status, guarded):
    found = Region()

    def failed(line, **options):
        found.stacks["tide"] = stack("tide", status)
        return Sam(int(line[1] == "deploy"))(line, **options)

    with pytest.raises(Failed, match="sam deploy failed with exit code 1"):
        deploy(context(found.session(), run=failed, parameters=KNOWN), {})
    assert policies(found) == guarded


def test_the_hook_is_not_replaced_while_anything_drains():
    found, sam = region("Terminating:Wait"), Sam()
    with pytest.raises(Refused, match=r"i-0 \(a, Terminating:Wait\): replacing the hook would terminate it"):
        deploy(context(found.session(), run=sam), {"Group": "z"}, replace_hook=True)
    assert sam.commands() == ["build"]
    assert policies(found) == []


def test_the_hook_can_be_replaced_only_with_replace_hook():
    found, seen = region("InService"), []

    def watch(line, **options):
        seen.append((line[1], policies(found)))
        return Sam()(line, **options)

    deploy(context(found.session(), run=watch), {"Group": "z"}, replace_hook=True)
    assert seen == [("build", []), ("deploy", ["open"])]
    assert policies(found) == ["open", "guarded"]


def test_the_guard_returns_after_a_failure():
    found = region("InService")
    with pytest.raises(Failed):
        deploy(context(found.session(), run=Sam(0, 1)), {"Group": "z"}, replace_hook=True)
    assert policies(found)[-1] == "guarded"


def test_another_group_requires_replace_hook():
    found, sam = region("InService"), Sam()
    with pytest.raises(Refused, match="Group changes from a to z.*--replace-hook"):
        deploy(context(found.session(), run=sam), {"Group": "z"})
    assert sam.lines == []


def test_a_group_that_is_attached_stays_listed():
    with pytest.raises(
        Refused, match="AdditionalGroups does not list b, which stack by-hand attaches: detach it first"
    ):
        deploy(context(region(more="b", imports=["by-hand"]).session()), {"AdditionalGroups": "c"})


def test_a_refusal_by_the_stack_policy_is_explained():
    found = region("InService")
    denied = {"EventId": "2", "ResourceStatusReason": "Action denied by stack policy: Statement [#2]"}
    older = {"EventId": "1"}
    found.cloudformation.answers["describe_stack_events"] = {"StackEvents": [older]}

    def refused(line, **options):
        if line[1] == "build":
            return Sam()(line, **options)
        found.cloudformation.answers["describe_stack_events"] = {"StackEvents": [denied, older]}
        return Sam(1)(line, **options)

    with pytest.raises(Failed, match="would have replaced or deleted the hook, and was rolled back"):
        deploy(context(found.session(), run=refused), {})


def test_a_refusal_of_an_earlier_update_explains_nothing():
    found = region("InService")
    denied = {"EventId": "1", "ResourceStatusReason": "Action denied by stack policy: Statement [#2]"}
    found.cloudformation.answers["describe_stack_events"] = {"StackEvents": [denied]}
    with pytest.raises(Failed, match="sam deploy failed with exit code 1"):
        deploy(context(found.session(), run=Sam(0, 1)), {})


def test_consent_is_the_change_sets_or_yes():
    for yes, words in ((True, "--no-confirm-changeset"), (False, "--confirm-changeset")):
        sam = Sam()
        deploy(context(region("InService").session(), run=sam, yes=yes), {})
        assert words in deployed(sam)
    with pytest.raises(Refused, match="use --yes"):
        deploy(context(region().session(), yes=False, interactive=False), {})


def test_replacing_the_hook_requires_consent():
    found, sam = region("InService"), Sam()
    with pytest.raises(Refused, match="nothing was changed"):
        deploy(context(found.session(), run=sam, yes=False, ask=lambda _: "n"), {}, replace_hook=True)
    assert "deploy" not in sam.commands() and policies(found) == []


def test_bad_input_is_refused_before_anything_is_built():
    sam = Sam()
    for given, words in (
        ({"Clster": "x"}, "no parameter Clster"),
        ({"AlarmTopicArn": "a\\b"}, r"AlarmTopicArn has a backslash"),
    ):
        with pytest.raises(Refused, match=words):
            deploy(context(region("InService").session(), run=sam, ask=never), given)
    assert "deploy" not in sam.commands()


def test_a_stack_whose_creation_failed_must_be_deleted_first():
    found = Region(stack("tide", "ROLLBACK_COMPLETE", **KNOWN))
    with pytest.raises(Refused, match="ROLLBACK_COMPLETE.*delete it, then deploy"):
        deploy(context(found.session()), {})


def test_the_policy_denies_the_hook_and_nothing_else():
    found = region("InService")
    deploy(context(found.session()), {})
    body = next(call[1]["StackPolicyBody"] for call in found.cloudformation.calls if call[0] == "set_stack_policy")
    allow, deny = json.loads(body)["Statement"]
    assert (allow["Effect"], allow["Action"], allow["Resource"]) == ("Allow", "Update:*", "*")
    assert (deny["Effect"], deny["Resource"]) == ("Deny", "LogicalResourceId/Hook")
    assert sorted(deny["Action"]) == ["Update:Delete", "Update:Replace"]


def test_the_hook_that_the_policy_names_is_in_both_templates():
    for name in ("template.yaml", "stacks/attach-group.yaml"):
        resources = load(ROOT / name)["Resources"]
        hooks = [key for key, about in resources.items() if about["Type"] == "AWS::AutoScaling::LifecycleHook"]
        assert hooks == ["Hook"]


def test_an_error_does_not_count_as_a_missing_stack():
    found = region()
    found.cloudformation.answers["describe_stacks"] = error("DescribeStacks", "AccessDenied", "not you")
    with pytest.raises(Exception, match="not you"):
        deploy(context(found.session()), {})

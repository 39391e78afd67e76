import json
from types import SimpleNamespace

import pytest

from live.__main__ import LACKING, OK, REFUSED, main
from live.checks import Part
from live.finding import AGREES, DIFFERS, Check, Finding
from live.report import write

from .fakes import ACCOUNT, Client, Session

CONSENT = ["--yes-spend-money", f"{ACCOUNT}/eu-west-1"]


class Run:
    """A run with fakes for everything that calls AWS, and its results."""

    def __init__(self, tmp_path, *acts, deploy=lambda _: None, left=(), arguments=CONSENT, cleaned=None):
        self.cleaned = [] if cleaned is None else cleaned
        self.deployed, self.alarm_scaling = [], []
        self.session = Session({
            "sts": Client(get_caller_identity={"Account": ACCOUNT}),
            "sqs": Client(
                create_queue={"QueueUrl": f"https://sqs/{ACCOUNT}/queue"},
                receive_message={},
            ),
            "events": Client(put_rule={"RuleArn": "arn"}, put_targets={"FailedEntryCount": 0}),
        })  # fmt: skip
        self.code = None
        self._out = tmp_path

        def deploying(context, alarm_scaling):
            self.deployed.append(context.names)
            self.alarm_scaling.append(alarm_scaling)
            deploy(context)

        def cleaning(names, client, say):
            self.cleaned.append(names)
            if isinstance(left, BaseException):
                raise left
            return list(left)

        checks = [Check(f"check {at}", "expected", act) for at, act in enumerate(acts)]
        parts = [Part("drain", False, checks[:1]), Part("scaling", True, checks[1:])]
        self.code = main(
            [*arguments, "--out", str(tmp_path)],
            session=self.session,
            interactive=False,
            tools=SimpleNamespace(deploy=deploying, clean=cleaning, write=write, parts=parts),
        )

    def verdicts(self):
        return [check["verdict"] for check in self.report()["checks"] if check["group"] != "deployment"]

    def report(self):
        return json.loads(max(self._out.glob("live-report-*.json")).read_text())

    def journal(self):
        return max(self._out.glob("live-run-*.json"))


def fine(_):
    return Finding(AGREES, f"seen in {ACCOUNT}", {"arn": f"arn:aws:ecs:eu-west-1:{ACCOUNT}:cluster/demo"})


def wrong(_):
    return Finding(DIFFERS, "otherwise")


def fails(_):
    raise RuntimeError("broken")


def interrupted(_):
    raise KeyboardInterrupt


def test_a_run_checks_reports_without_account_ids_and_cleans(tmp_path):
    run = Run(tmp_path, fine)
    assert run.code == OK
    assert run.cleaned == run.deployed
    assert run.verdicts() == ["agrees"]
    written = [path.read_text() for path in tmp_path.glob("live-report-*")]
    assert len(written) == 2
    assert all(ACCOUNT not in text and "account-1" in text for text in written)
    assert any("Verdict: **agrees**" in text for text in written)


@pytest.mark.parametrize("arguments", [[], ["--yes-spend-money", "999999999999/eu-west-1"]])
def test_without_consent_nothing_is_made_or_deleted(tmp_path, arguments):
    run = Run(tmp_path, fine, arguments=arguments)
    assert run.code == REFUSED
    assert not run.deployed and not run.cleaned


def test_each_part_has_a_deployment_of_its_own(tmp_path):
    run = Run(tmp_path, fine, fine, fine)
    assert run.alarm_scaling == [False, True]
    assert run.verdicts() == ["agrees"] * 3


@pytest.mark.parametrize("act, verdicts", [
    (fails, ["not shown", "agrees"]),
    (wrong, ["differs", "agrees"]),
    (interrupted, ["not shown", "not shown"]),
])  # fmt: skip
def test_a_run_cleans_whatever_a_check_does_and_its_exit_code_shows_failures(tmp_path, act, verdicts):
    run = Run(tmp_path, act, fine)
    assert run.code == LACKING
    assert run.cleaned[:1] == run.deployed[:1]
    assert run.verdicts() == verdicts


@pytest.mark.parametrize(
    "act, seen", [(fails, "not deployed: RuntimeError: broken"), (interrupted, "not deployed: interrupted")]
)
def test_a_deployment_that_ends_early_is_cleaned_too(tmp_path, act, seen):
    run = Run(tmp_path, fine, deploy=act)
    assert run.code == LACKING
    assert run.cleaned == run.deployed
    assert run.verdicts() == ["not shown"]
    assert run.report()["checks"][1]["seen"].startswith(seen)


def test_a_part_that_is_not_deployed_does_not_stop_the_next(tmp_path):
    deployments = iter([fails, fine])

    def deploy(context):
        next(deployments)(context)

    run = Run(tmp_path, fine, fine, deploy=deploy)
    assert run.verdicts() == ["not shown", "agrees"]


def test_an_unexpected_exit_is_cleaned_too(tmp_path):
    cleaned = []

    def ends(_):
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        Run(tmp_path, fine, deploy=ends, cleaned=cleaned)
    assert len(cleaned) == 1


def test_remaining_resources_are_printed_with_a_command(tmp_path, capsys):
    run = Run(tmp_path, fine, left=["its role: DeleteConflict"])
    printed = capsys.readouterr().err
    assert run.code == LACKING
    assert "left behind: its role: DeleteConflict" in printed
    assert f"python -m live --clean {run.cleaned[0].stack}" in printed
    assert run.report()["everything_deleted"] is False


def test_an_interrupted_cleaning_still_leaves_a_report(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        Run(tmp_path, fine, left=KeyboardInterrupt())
    assert len(list(tmp_path.glob("live-report-*"))) == 2


def test_a_run_that_is_kept_deletes_nothing(tmp_path, capsys):
    run = Run(tmp_path, fine, arguments=[*CONSENT, "--keep"])
    assert not run.cleaned
    assert f"--clean {run.deployed[0].stack}" in capsys.readouterr().out
    assert run.report()["everything_deleted"] is False


def test_a_resumed_run_asks_again_what_was_not_shown(tmp_path):
    first = Run(tmp_path, wrong, fails, fine)
    second = Run(tmp_path, fails, fine, fails, arguments=[*CONSENT, "--resume", str(first.journal())])
    assert second.verdicts() == ["differs", "agrees", "agrees"]
    assert second.deployed == first.deployed[:1], "only the part with an open check, under the same name"
    assert second.alarm_scaling == [True]


def test_a_journal_of_another_account_is_refused(tmp_path):
    journal = Run(tmp_path, fine).journal()
    journal.write_text(journal.read_text().replace(ACCOUNT, "999999999999"))
    assert Run(tmp_path, fine, arguments=[*CONSENT, "--resume", str(journal)]).code == REFUSED


def test_cleaning_can_be_repeated_by_name_alone(tmp_path):
    run = Run(tmp_path, fine, arguments=["--clean", "tide-live-0a1b2c3d"])
    assert run.code == OK
    assert [names.stack for names in run.cleaned] == ["tide-live-0a1b2c3d"]
    assert not run.deployed


def test_a_stack_of_another_s_is_not_cleaned(tmp_path):
    run = Run(tmp_path, fine, arguments=["--clean", "ecs-tide"])
    assert run.code == REFUSED
    assert not run.cleaned


def test_only_the_checks_asked_for_run(tmp_path):
    run = Run(tmp_path, fails, fine, arguments=[*CONSENT, "--only", "check 1"])
    assert run.code == OK
    assert run.verdicts() == ["agrees"]
    assert run.alarm_scaling == [True], "a part without a check is not deployed"


def test_a_list_asks_nothing_of_aws(tmp_path, capsys):
    run = Run(tmp_path, fine, arguments=["--list"])
    assert run.code == OK
    assert not run.deployed and "sts" not in [call for call, _ in run.session.client("sts").calls]
    assert "drain: check 0" in capsys.readouterr().out

import json

import pytest

from live.__main__ import LACKING, OK, REFUSED, main
from live.finding import CONFIRMED, REFUTED, Check, Finding

from .fakes import ACCOUNT, Client, Session

CONSENT = ["--yes-spend-money", f"{ACCOUNT}/eu-west-1"]


class Run:
    """A run with fakes for everything that calls AWS, and its results."""

    def __init__(self, tmp_path, *acts, deploy=lambda _: None, left=(), arguments=CONSENT, cleaned=None):
        self.cleaned = [] if cleaned is None else cleaned
        self.deployed = []
        self.session = Session({
            "sts": Client(get_caller_identity={"Account": ACCOUNT}),
            "sqs": Client(
                create_queue={"QueueUrl": f"https://sqs/{ACCOUNT}/queue"},
                get_queue_attributes={"Attributes": {"QueueArn": "arn"}},
                receive_message={},
            ),
            "events": Client(put_rule={"RuleArn": "arn"}, put_targets={"FailedEntryCount": 0}),
        })  # fmt: skip
        self.code = None
        self._out = tmp_path

        def deploying(context):
            self.deployed.append(context.names)
            deploy(context)

        def cleaning(names, client, say):
            self.cleaned.append(names)
            if isinstance(left, BaseException):
                raise left
            return list(left)

        checks = [Check(f"check {at}", "expected", act) for at, act in enumerate(acts)]
        self.code = main(
            [*arguments, "--out", str(tmp_path)],
            session=self.session,
            interactive=False,
            deploy=deploying,
            clean=cleaning,
            all_checks=checks,
        )

    def verdicts(self):
        return [fact["verdict"] for fact in self.report()["facts"]]

    def report(self):
        (path,) = self._out.glob("live-report-*.json")
        return json.loads(path.read_text())


def fine(_):
    return Finding(CONFIRMED, f"seen in {ACCOUNT}", {"arn": f"arn:aws:ecs:eu-west-1:{ACCOUNT}:cluster/demo"})


def wrong(_):
    return Finding(REFUTED, "otherwise")


def fails(_):
    raise RuntimeError("broken")


def interrupted(_):
    raise KeyboardInterrupt


def test_a_run_checks_reports_without_account_ids_and_cleans(tmp_path):
    run = Run(tmp_path, fine)
    assert run.code == OK
    assert run.cleaned == run.deployed
    assert run.verdicts() == ["confirmed"]
    written = [path.read_text() for path in tmp_path.iterdir()]
    assert len(written) == 2
    assert all(ACCOUNT not in text and "ACCOUNT" in text for text in written)
    assert any("Verdict: **confirmed**" in text for text in written)


@pytest.mark.parametrize("arguments", [[], ["--yes-spend-money", "999999999999/eu-west-1"]])
def test_without_consent_nothing_is_made_or_deleted(tmp_path, arguments):
    run = Run(tmp_path, fine, arguments=arguments)
    assert run.code == REFUSED
    assert not run.deployed and not run.cleaned
    assert run.session.client("sqs").calls == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("act, verdicts", [
    (fails, ["failed", "confirmed"]),
    (wrong, ["refuted", "confirmed"]),
    (interrupted, ["not reached", "not reached"]),
])  # fmt: skip
def test_a_run_always_cleans_and_its_exit_code_shows_failures(tmp_path, act, verdicts):
    run = Run(tmp_path, act, fine)
    assert run.code == LACKING
    assert run.cleaned == run.deployed
    assert run.verdicts() == verdicts


@pytest.mark.parametrize("act, verdict", [(fails, "failed"), (interrupted, "not reached")])
def test_a_deployment_that_ends_early_is_cleaned_too(tmp_path, act, verdict):
    run = Run(tmp_path, fine, deploy=act)
    assert run.code == LACKING
    assert run.cleaned == run.deployed
    assert run.verdicts() == [verdict]


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
    assert run.report()["everything deleted"] == "no"


def test_an_interrupted_cleaning_still_leaves_a_report(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        Run(tmp_path, fine, left=KeyboardInterrupt())
    assert len(list(tmp_path.iterdir())) == 2


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
    assert run.verdicts() == ["confirmed"]

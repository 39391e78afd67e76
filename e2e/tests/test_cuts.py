"""With one integration removed from its template, a check must fail, if the emulator evaluates it.

All stacks are deployed to one emulator, each to its own account, and checked at the same time.
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Semaphore

import pytest
import yaml
from botocore.exceptions import BotoCoreError, ClientError

from e2e import checks, story
from e2e.cuts import Cut, cuts
from e2e.emulator import ROOT
from e2e.failures import FAILURES, Checks
from e2e.package import Package
from e2e.processes import E2eError
from e2e.run import Run, simulators
from e2e.stack import EVENTS, NAME
from e2e.transcript import recorded


class _Short(yaml.SafeLoader):
    """Reads a template with short intrinsics, as far as the names of its integrations need it."""


_Short.add_multi_constructor("!", lambda loader, tag, node: {tag: node.value})

UNSEEN = ("permission", "policy")
"""ministack evaluates no policies. Tests of the crate `rehearse` remove the permissions of queues
and the statements of roles."""
STACKS = {None: "template.yaml", EVENTS: "stacks/events.yaml"}
"""The templates with integrations, by the nested stack."""
INTEGRATIONS = {
    cut.name: cut
    for stack, path in STACKS.items()
    for cut in cuts(yaml.load((ROOT / path).read_text(), _Short), stack)
    if cut.kind not in UNSEEN
}
AT_ONCE = 2
"""How many stacks are created at the same time. More would only slow down the checks of the others."""


@dataclass(frozen=True)
class Trial:
    """Checks of a stack that lacks one integration, or none."""

    checks: Checks
    cut: Cut | None = None
    reason: str = ""


@dataclass
class Outcome:
    """What a trial printed, and which step of it failed."""

    transcript: list[str]
    step: str | None = None
    error: str = ""

    def __str__(self) -> str:
        return "\n".join([*self.transcript, f"{self.step}: {self.error}" if self.step else "passed"])


WHOLE = [Trial(run) for run in FAILURES]
CUT = [
    Trial(run, INTEGRATIONS[name], reason)
    for run, seen in FAILURES.items()
    for name, reason in seen.items()
    if name in INTEGRATIONS
]


def attempt(trial: Trial, run: Run, package: Package, creations: Semaphore) -> Outcome:
    """Deploy the stack, and run the checks until one fails."""

    def the_stack_is_deployed(run: Run) -> None:
        topic = checks.alarm_topic(run)
        with creations:
            run.stack.create(package.upload(run.account, trial.cut), AlarmTopicArn=topic)

    with recorded() as transcript:
        for step in (the_stack_is_deployed, *trial.checks):
            try:
                step(run)
            except (E2eError, BotoCoreError, ClientError) as why:
                return Outcome(transcript, step.__name__, str(why))
    return Outcome(transcript)


@pytest.fixture(scope="module")
def outcomes(built, request) -> Iterator[dict[Trial, Future[Outcome]]]:
    """The outcomes of the selected trials."""
    params = [item.callspec.params for item in request.session.items if hasattr(item, "callspec")]
    trials = [param["trial"] for param in params if "trial" in param]
    slowest_first = list(reversed(FAILURES))
    trials.sort(key=lambda trial: slowest_first.index(trial.checks))
    before = request.session.testsfailed
    with ThreadPoolExecutor(len(trials)) as pool, simulators() as simulated:
        package = Package(built, simulated.folder, simulated.emulator.account())
        creations = Semaphore(AT_ONCE)
        yield {
            trial: pool.submit(attempt, trial, simulated.run(f"{number:012}", f"{NAME}-{number}"), package, creations)
            for number, trial in enumerate(trials, start=1)
        }
        simulated.failed = request.session.testsfailed > before


def test_the_failure_without_each_integration_is_known():
    assert {name for seen in FAILURES.values() for name in seen} == INTEGRATIONS.keys()
    assert {check for run in FAILURES for check in run} <= set(story.CHECKS)


# Otherwise a check could fail because it depends on an earlier one, or is not given enough time.
@pytest.mark.parametrize("trial", WHOLE, ids=lambda trial: "-".join(check.__name__ for check in trial.checks))
def test_the_same_checks_pass_with_all_integrations(outcomes, trial: Trial):
    outcome = outcomes[trial].result()
    assert outcome.step is None, str(outcome)


@pytest.mark.parametrize("trial", CUT, ids=lambda trial: trial.cut.name)
def test_a_check_fails_without_an_integration(outcomes, trial: Trial, record_property):
    outcome = outcomes[trial].result()
    *_, last = ["the_stack_is_deployed", *(check.__name__ for check in trial.checks)]
    assert outcome.step == last, str(outcome)
    assert trial.reason in outcome.error
    record_property(trial.cut.name, f"{outcome.step} ({outcome.error.splitlines()[0]})")

"""Checks, their findings, and how the checks run one after the other."""

import inspect
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

AGREES = "agrees"
DIFFERS = "differs"
NOT_SHOWN = "not shown"
VERDICTS = (AGREES, DIFFERS, NOT_SHOWN)


@dataclass(frozen=True)
class Finding:
    """`seen` is the answer of AWS in a sentence, or the reason why it was not shown."""

    verdict: str
    seen: str
    evidence: Any = None


def failed(error):
    """The reason is the error. The evidence is its traceback, without the paths of the machine."""
    trace = "".join(traceback.format_exception(error)).replace(f"{ROOT}/", "").replace(str(Path.home()), "~")
    return Finding(NOT_SHOWN, f"{type(error).__name__}: {error}", trace)


@dataclass(frozen=True)
class Check:
    """`begin` is called before the first check, and `run` gets its result. What AWS needs time for
    then passes while other checks run."""

    name: str
    expected: str
    run: Callable[..., Finding]
    begin: Callable[[Any], Any] | None = None

    @property
    def group(self):
        return self.run.__module__.rpartition(".")[2]

    @property
    def background(self):
        """What AWS documents, what is assumed, and where."""
        return " ".join((inspect.getdoc(self.run) or "").split())


def check(name, expected, begin=None):
    """Makes a function the check of that name. Its docstring is the background."""
    return lambda run: Check(name, expected, run, begin)


@dataclass(frozen=True)
class Fact:
    """A check with its finding, one section of the report."""

    group: str
    name: str
    background: str
    expected: str
    finding: Finding

    @classmethod
    def of(cls, check, finding):
        return cls(check.group, check.name, check.background, check.expected, finding)


def begin_all(checks, context):
    """The results of `begin`, by the name of the check. A failure is the finding of that check."""
    begun = {}
    for check in checks:
        if check.begin:
            context.say(f"beginning {check.name}")
            try:
                begun[check.name] = check.begin(context)
            except KeyboardInterrupt:
                context.stopped = "interrupted before"
                break
            except Exception as error:
                begun[check.name] = failed(error)
    return begun


def run_all(checks, context, begun, keep=lambda _: None):
    """The facts of all checks, each given to `keep` at once. A failed check does not stop the others.
    After Ctrl-C or the time limit, the remaining checks do not run."""
    facts = []
    for check in checks:
        if not context.stopped and context.seconds_left() <= 0:
            context.stopped = "the time limit was reached before"
        if context.stopped:
            finding = Finding(NOT_SHOWN, context.stopped)
        else:
            context.say(f"checking {check.name}")
            try:
                finding = finding_of(check, context, begun)
            except KeyboardInterrupt:
                context.stopped = "interrupted before"
                finding = Finding(NOT_SHOWN, "interrupted")
            except Exception as error:
                finding = failed(error)
        context.say(f"  {finding.verdict}: {finding.seen}")
        facts.append(Fact.of(check, finding))
        keep(facts[-1])
    return facts


def finding_of(check, context, begun):
    if check.begin is None:
        return check.run(context)
    state = begun[check.name]
    return state if isinstance(state, Finding) else check.run(context, state)

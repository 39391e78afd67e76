"""Checks, their findings, and how the checks run one after the other."""

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

CONFIRMED = "confirmed"
REFUTED = "refuted"
NOT_SEEN = "not seen"
NOT_CHECKED = "not checked"
NOT_REACHED = "not reached"
FAILED = "failed"


@dataclass(frozen=True)
class Finding:
    verdict: str
    seen: str
    evidence: Any = None


def failed(error):
    """A failure with its traceback, without the paths of the machine."""
    trace = "".join(traceback.format_exception(error)).replace(f"{ROOT}/", "")
    return Finding(FAILED, f"{type(error).__name__}: {error}", trace)


@dataclass(frozen=True)
class Check:
    name: str
    expected: str
    run: Callable[[Any], Finding]


@dataclass(frozen=True)
class Fact:
    """A check with its finding, one section of the report."""

    name: str
    expected: str
    finding: Finding


def run_all(checks, context, say):
    """The findings of all checks. A failed check does not stop the others. After Ctrl-C or the time
    limit, the remaining checks are not reached."""
    facts, stopped = [], ""
    for check in checks:
        if not stopped and context.seconds_left() <= 0:
            stopped = "the time limit was reached before"
        if stopped:
            finding = Finding(NOT_REACHED, stopped)
        else:
            say(f"checking {check.name}")
            try:
                finding = check.run(context)
            except KeyboardInterrupt:
                stopped = "interrupted before"
                finding = Finding(NOT_REACHED, "interrupted")
            except Exception as error:
                finding = failed(error)
        say(f"  {finding.verdict}: {finding.seen}")
        facts.append(Fact(check.name, check.expected, finding))
    return facts

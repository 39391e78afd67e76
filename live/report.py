"""Writes the report of a run as JSON and as Markdown, with masked ids. `report.schema.json` is its schema."""

import importlib.metadata
import json
import platform
import subprocess
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from . import guesses
from .finding import ROOT, VERDICTS
from .mask import Mask

VERSION = 1
# Characters of a text and items of a list that the evidence keeps.
LONGEST_TEXT, LONGEST_LIST = 2000, 40
PACKAGES = ("boto3", "botocore", "aws-sam-cli")


def build(facts, about, now):
    counted = Counter(fact.finding.verdict for fact in facts)
    report = {
        "version": VERSION,
        "date": now.isoformat(timespec="seconds"),
        **about,
        "versions": versions(),
        "verdicts": {verdict: counted[verdict] for verdict in VERDICTS},
        "checks": [flat(fact) for fact in facts],
        "cannot_be_shown": [asdict(guess) for guess in guesses.GUESSES if not guess.checks],
    }
    return Mask()(json.loads(json.dumps(report, default=str)))


def flat(fact):
    finding = fact.finding
    found = {"verdict": finding.verdict, "seen": trim(finding.seen), "evidence": trim(finding.evidence)}
    return {key: getattr(fact, key) for key in ("group", "name", "background", "expected")} | found


def trim(value):
    """The value with long texts and lists cut, and a note of what was cut."""
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return f"{value[:LONGEST_TEXT]} … ({len(value) - LONGEST_TEXT} characters cut)"
    if isinstance(value, dict):
        return {key: trim(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        cut = len(value) - LONGEST_LIST
        return [trim(item) for item in value[:LONGEST_LIST]] + ([f"… ({cut} items cut)"] if cut > 0 else [])
    return value


def versions():
    found = {name: importlib.metadata.version(name) for name in PACKAGES}
    return {"ecs-tide": commit(), "python": platform.python_version()} | found


def commit():
    """The commit that is deployed, or "unknown" without git."""
    try:
        asked = subprocess.run(
            ["git", "describe", "--always", "--dirty"], cwd=ROOT, check=False, capture_output=True, text=True
        )
    except OSError:
        return "unknown"
    return asked.stdout.strip() or "unknown"


def write(directory, facts, about, now=None):
    """Write both files and return their paths. `about` has the other fields of the report."""
    when = now or datetime.now(UTC)
    report = build(facts, about, when)
    name = f"live-report-{when:%Y-%m-%dT%H%MZ}"
    paths = [Path(directory) / f"{name}.json", Path(directory) / f"{name}.md"]
    paths[0].write_text(json.dumps(report, indent=2) + "\n")
    paths[1].write_text(markdown(report))
    return paths


def markdown(report):
    plain = ("date", "region", "stack", "minutes", "everything_deleted")
    lines = [f"# Live check of ecs-tide, {report['date']}", ""]
    lines += [f"- {key.replace('_', ' ')}: {report[key]}" for key in plain if key != "date"]
    lines += [f"- {name} {version}" for name, version in report["versions"].items()]
    lines += [f"- {count} {verdict}" for verdict, count in report["verdicts"].items()]
    lines += [f"- estimated cost: {report['cost']['total']} {report['cost']['currency']}"]
    lines += ["", "| group | check | verdict | seen |", "|---|---|---|---|"]
    for check in report["checks"]:
        lines += [f"| {check['group']} | {check['name']} | {check['verdict']} | {cell(check['seen'])} |"]
    lines += ["", "## What cannot be shown", "", "| section | guess | why |", "|---|---|---|"]
    lines += [f"| {one['section']} | {cell(one['guess'])} | {cell(one['why'])} |" for one in report["cannot_be_shown"]]
    for check in report["checks"]:
        lines += ["", f"## {check['name']}", "", check["background"], "", f"Expected: {check['expected']}", ""]
        lines += [f"Seen: {check['seen']}", "", f"Verdict: **{check['verdict']}**"]
        if check["evidence"] is not None:
            lines += ["", "```json", json.dumps(check["evidence"], indent=2), "```"]
    return "\n".join(lines) + "\n"


def cell(text):
    return text.replace("|", "\\|").replace("\n", " ")

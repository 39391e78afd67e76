"""Writes the report of a run as JSON and as Markdown, without account IDs."""

import json
from datetime import UTC, datetime
from pathlib import Path

from .mask import mask


def write(directory, facts, about, now=None):
    """Write both files and return their paths. `about` has the other fields of the report."""
    when = now or datetime.now(UTC)
    report = mask(
        {
            "date": when.isoformat(timespec="seconds"),
            **about,
            "facts": [
                {
                    "name": fact.name,
                    "expected": fact.expected,
                    "verdict": fact.finding.verdict,
                    "seen": fact.finding.seen,
                    "evidence": fact.finding.evidence,
                }
                for fact in facts
            ],
        }
    )
    name = f"live-report-{when:%Y-%m-%dT%H%MZ}"
    paths = [Path(directory) / f"{name}.json", Path(directory) / f"{name}.md"]
    paths[0].write_text(json.dumps(report, indent=2, default=str) + "\n")
    paths[1].write_text(markdown(report))
    return paths


def markdown(report):
    facts = report["facts"]
    lines = [f"# Live check of ecs-tide, {report['date']}", ""]
    lines += [f"- {key}: {value}" for key, value in report.items() if key not in ("date", "facts")]
    lines += ["", "| fact | verdict | seen |", "|---|---|---|"]
    lines += [f"| {fact['name']} | {fact['verdict']} | {cell(fact['seen'])} |" for fact in facts]
    for fact in facts:
        lines += ["", f"## {fact['name']}", "", f"Expected: {fact['expected']}", "", f"Seen: {fact['seen']}"]
        lines += ["", f"Verdict: **{fact['verdict']}**"]
        if fact["evidence"] is not None:
            lines += ["", "```json", json.dumps(fact["evidence"], indent=2, default=str), "```"]
    return "\n".join(lines) + "\n"


def cell(text):
    return text.replace("|", "\\|").replace("\n", " ")

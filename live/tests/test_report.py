"""The report and its schema. Reports that are kept as evidence must be of the schema too."""

import json
from datetime import UTC, datetime

import jsonschema
import pytest

from live import consent, report
from live.finding import AGREES, DIFFERS, NOT_SHOWN, ROOT, Fact, Finding

SCHEMA = json.loads((ROOT / "live/report.schema.json").read_text())
WHEN = datetime(2026, 11, 30, 3, 44, tzinfo=UTC)
ABOUT = {
    "region": "eu-west-1",
    "stack": "tide-live-0a1b2c3d",
    "minutes": 200,
    "everything_deleted": True,
    "cost": consent.cost(200),
}


def fact(verdict=AGREES, seen="seen | so", evidence=None):
    return Fact("reads", f"a check that {verdict}", "AWS documents it.", "expected", Finding(verdict, seen, evidence))


def built(*facts):
    made = report.build(facts, ABOUT, WHEN)
    jsonschema.validate(made, SCHEMA, format_checker=jsonschema.FormatChecker())
    return made


def test_a_report_has_the_schema_whatever_was_found():
    made = built(
        fact(AGREES, evidence={"ids": ["i-0123456789abcdef0"]}),
        fact(DIFFERS, evidence=[1, None]),
        fact(NOT_SHOWN, evidence="Traceback"),
    )
    assert made["verdicts"] == {"agrees": 1, "differs": 1, "not shown": 1}
    assert made["checks"][0]["evidence"] == {"ids": ["i-1"]}
    assert built()["checks"] == []


def test_ids_are_masked_alike_in_all_checks():
    made = built(fact(seen="of 123456789012"), fact(evidence={"arn": "arn:aws:sns:eu-west-1:123456789012:topic"}))
    assert made["checks"][0]["seen"] == "of account-1"
    assert made["checks"][1]["evidence"] == {"arn": "arn:aws:sns:eu-west-1:account-1:topic"}


@pytest.mark.parametrize("change", [
    {"checks": [{"name": "only a name"}]},
    {"verdicts": {"agrees": 1}},
    {"stack": "ecs-tide"},
    {"further": "field"},
])  # fmt: skip
def test_the_schema_refuses_another_report(change):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(built(fact()) | change, SCHEMA)


def test_long_evidence_is_cut_with_a_note():
    made = built(fact(evidence={"text": "x" * 3000, "list": list(range(50))}))
    evidence = made["checks"][0]["evidence"]
    assert evidence["text"].endswith("x … (1000 characters cut)")
    assert evidence["list"][-2:] == [39, "… (10 items cut)"]


def test_both_files_hold_the_same_checks(tmp_path):
    paths = report.write(tmp_path, [fact(evidence={"a": 1}), fact(DIFFERS)], ABOUT, WHEN)
    assert [path.name for path in paths] == ["live-report-2026-11-30T0344Z.json", "live-report-2026-11-30T0344Z.md"]
    text = paths[1].read_text()
    assert "| reads | a check that agrees | agrees | seen \\| so |" in text
    assert "Verdict: **differs**" in text
    assert "- estimated cost: 0." in text
    for unshown in json.loads(paths[0].read_text())["cannot_be_shown"]:
        assert unshown["guess"] in text


def test_reports_kept_as_evidence_have_the_schema():
    for path in (ROOT / "live/evidence").glob("*.json"):
        jsonschema.validate(json.loads(path.read_text()), SCHEMA, format_checker=jsonschema.FormatChecker())

"""Compares the guesses of the simulated region, as docs/simulated-region.md lists them, with the checks."""

import re

import pytest

from live.checks import PARTS
from live.finding import ROOT
from live.guesses import GUESSES

PAGE = (ROOT / "docs/simulated-region.md").read_text()
SECTIONS = dict(re.findall(r"^## ([^\n]*)\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE))


def listed(section):
    """The items of the list of guesses, and the rules whose source is a guess."""
    text = SECTIONS[section]
    guesses = re.split(r"\n- ", text.partition("\n### Guesses: ")[2])[1:]
    rows = [line for line in text.splitlines() if line.startswith("|") and "guess" in line.split("|")[-3]]
    return [" ".join(item.replace("**", "").split()) for item in [*guesses, *rows]]


@pytest.mark.parametrize("section", SECTIONS)
def test_each_guess_of_the_region_has_a_check_or_a_reason(section):
    known = [one.guess for one in GUESSES if one.section == section]
    assert [item for item in listed(section) if not any(guess in item for guess in known)] == []


@pytest.mark.parametrize("one", GUESSES, ids=lambda one: one.guess)
def test_each_guess_is_still_one(one):
    assert any(one.guess in item for item in listed(one.section))


@pytest.mark.parametrize("one", GUESSES, ids=lambda one: one.guess)
def test_a_guess_has_checks_that_exist_or_a_reason(one):
    names = {check.name for part in PARTS for check in part.checks}
    assert bool(one.checks) != bool(one.why)
    assert set(one.checks) <= names

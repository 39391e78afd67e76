"""Compares the guesses of the simulated region, as its READMEs list them, with the checks."""

import re

import pytest

from live.checks import PARTS
from live.finding import ROOT
from live.guesses import GUESSES

CRATES = sorted(path.parent.name for path in (ROOT / "crates").glob("region*/README.md"))


def listed(crate):
    """The items of "What is a guess", and the rules whose source is a guess."""
    text = (ROOT / "crates" / crate / "README.md").read_text()
    section = re.search(r"\n## What is a guess\n(.*?)(?=\n## |\Z)", text, re.DOTALL)
    items = re.split(r"\n- ", f"\n{section[1].strip()}")[1:] if section else []
    rows = [line for line in text.splitlines() if line.startswith("|") and "guess" in line.split("|")[-3]]
    return [" ".join(item.split()) for item in [*items, *rows]]


@pytest.mark.parametrize("crate", CRATES)
def test_each_guess_of_the_region_has_a_check_or_a_reason(crate):
    known = [one.guess for one in GUESSES if one.crate == crate]
    assert [item for item in listed(crate) if not any(guess in item for guess in known)] == []


@pytest.mark.parametrize("one", GUESSES, ids=lambda one: one.guess)
def test_each_guess_is_still_one(one):
    assert any(one.guess in item for item in listed(one.crate))


@pytest.mark.parametrize("one", GUESSES, ids=lambda one: one.guess)
def test_a_guess_has_checks_that_exist_or_a_reason(one):
    names = {check.name for part in PARTS for check in part.checks}
    assert bool(one.checks) != bool(one.why)
    assert set(one.checks) <= names

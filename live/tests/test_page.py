"""docs/live.md lists the checks and the guesses without one."""

from live.checks import PARTS
from live.finding import ROOT
from live.guesses import GUESSES

LINES = (ROOT / "docs/live.md").read_text().splitlines()


def rows(title):
    """The rows of the first table after a heading."""
    after = LINES[LINES.index(f"## {title}") :]
    first = next(at for at, line in enumerate(after) if line.startswith("|")) + 2
    end = next((at for at in range(first, len(after)) if not after[at].startswith("|")), len(after))
    return after[first:end]


def test_the_page_lists_the_checks_in_their_order():
    assert rows("Checks") == [
        f"| {part.name} | {check.name} | {check.expected} |" for part in PARTS for check in part.checks
    ]


def test_the_page_lists_the_guesses_without_a_check():
    assert rows("Guesses without a check") == [
        f"| {one.section} | {one.guess} | {one.why} |" for one in GUESSES if not one.checks
    ]

"""What each check says about itself, and what becomes of one whose calls all fail."""

import re

import pytest
from botocore.exceptions import ClientError

from live.checks import PARTS
from live.finding import NOT_SHOWN, ROOT, begin_all, run_all

from .fakes import Client, Session
from .probes import made

CHECKS = [check for part in PARTS for check in part.checks]
_PATH = re.compile(r"`((?:crates|stacks|ops|live)/[^`]+|template\.yaml)`")


def test_names_of_checks_differ():
    assert len({check.name for check in CHECKS}) == len(CHECKS)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_a_check_says_what_is_documented_and_where_it_matters(check):
    assert re.search(r"https://docs\.aws\.amazon\.com/\S+", check.background)
    paths = _PATH.findall(check.background)
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []
    assert check.expected.endswith(".")


class Refusing(Client):
    def __getattr__(self, name):
        def call(*_, **__):
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": f"no {name}"}}, name)

        return call


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_an_error_of_aws_is_the_reason_why_nothing_is_shown(check, monkeypatch):
    monkeypatch.setattr(Session, "client", lambda *_: Refusing())
    context = made(None)
    (fact,) = run_all([check], context, begin_all([check], context))
    assert fact.finding.verdict == NOT_SHOWN
    assert "AccessDenied" in str(fact)

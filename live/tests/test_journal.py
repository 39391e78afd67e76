import pytest

from live.finding import AGREES, DIFFERS, NOT_SHOWN, Check, Fact, Finding
from live.journal import Journal


def check(name):
    return Check(name, "expected", lambda _: None)


def test_a_journal_is_read_as_it_was_written(tmp_path):
    journal = Journal.new(tmp_path, "123456789012", "eu-west-1")
    for verdict in (AGREES, DIFFERS, NOT_SHOWN):
        journal.keep(Fact.of(check(verdict), Finding(verdict, "seen", {"at": [1]})))
    read = Journal.load(journal.path)
    assert (read.names, read.account, read.region) == (journal.names, "123456789012", "eu-west-1")
    assert read.facts() == journal.facts()
    assert [read.is_open(check(name)) for name in (AGREES, DIFFERS, NOT_SHOWN, "new")] == [False, False, True, True]


def test_only_the_owner_reads_a_journal(tmp_path):
    journal = Journal.new(tmp_path, "123456789012", "eu-west-1")
    journal.keep(Fact.of(check("one"), Finding(AGREES, "seen")))
    assert journal.path.stat().st_mode & 0o777 == 0o600


def test_a_later_answer_replaces_an_earlier_one(tmp_path):
    journal = Journal.new(tmp_path, "123456789012", "eu-west-1")
    for verdict in (NOT_SHOWN, AGREES):
        journal.keep(Fact.of(check("one"), Finding(verdict, "seen")))
    assert [fact.finding.verdict for fact in Journal.load(journal.path).facts()] == [AGREES]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"stack": "ecs-tide", "account": "1", "region": "x", "facts": []}'])
def test_another_file_is_refused(tmp_path, text):
    path = tmp_path / "other.json"
    path.write_text(text)
    with pytest.raises(ValueError, match="not the"):
        Journal.load(path)

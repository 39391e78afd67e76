import pytest

from live.context import TimedOut
from live.finding import AGREES, NOT_SHOWN, Check, Finding, begin_all, run_all

from .fakes import Clock, context


def check(name, act):
    return Check(name, "expected", act)


def fine(_):
    return Finding(AGREES, "seen")


def fails(_):
    raise RuntimeError("broken")


def interrupted(_):
    raise KeyboardInterrupt


def verdicts(*acts, **settings):
    checks = [check(str(at), act) for at, act in enumerate(acts)]
    return [fact.finding.verdict for fact in run_all(checks, context(**settings), {})]


def test_a_check_that_fails_stops_no_other():
    assert verdicts(fails, fine, fails, fine) == [NOT_SHOWN, AGREES, NOT_SHOWN, AGREES]


def test_a_failure_has_its_place_without_paths_of_the_machine():
    finding = run_all([check("one", fails)], context(), {})[0].finding
    assert finding.seen == "RuntimeError: broken"
    assert 'File "live/tests/test_run.py"' in finding.evidence


def test_after_an_interruption_the_rest_is_not_shown():
    assert verdicts(fine, interrupted, fine) == [AGREES, NOT_SHOWN, NOT_SHOWN]


def test_after_the_time_limit_the_rest_is_not_shown():
    clock = Clock()

    def slow(_):
        clock.sleep(120)
        return fine(_)

    assert verdicts(slow, fine, minutes=2, clock=clock) == [AGREES, NOT_SHOWN]


def test_each_fact_is_kept_as_soon_as_it_is_known():
    kept = []
    checks = [check("one", fine), check("two", lambda _: Finding(AGREES, f"after {len(kept)}"))]
    run_all(checks, context(), {}, kept.append)
    assert [fact.finding.seen for fact in kept] == ["seen", "after 1"]


def begun(begin, act):
    checks, made = [Check("one", "expected", act, begin), check("two", fine)], context()
    return run_all(checks, made, begin_all(checks, made))


def test_a_check_gets_what_its_beginning_returned():
    facts = begun(lambda _: "started", lambda _, state: Finding(AGREES, state))
    assert [fact.finding.seen for fact in facts] == ["started", "seen"]


def test_a_failed_beginning_is_the_reason_of_its_check_alone():
    facts = begun(fails, lambda *_: pytest.fail("must not run"))
    assert [fact.finding.verdict for fact in facts] == [NOT_SHOWN, AGREES]
    assert facts[0].finding.seen == "RuntimeError: broken"


def test_an_interrupted_beginning_runs_no_check():
    facts = begun(interrupted, lambda *_: pytest.fail("must not run"))
    assert [fact.finding.verdict for fact in facts] == [NOT_SHOWN, NOT_SHOWN]


def test_a_wait_ends_with_the_first_true_answer():
    answers = iter([None, 0, "there", "never asked"])
    assert context().wait("it", lambda: next(answers), 60) == "there"


def test_a_wait_is_bounded_by_its_own_time_and_by_the_run_s():
    clock = Clock()
    for minutes, seconds, lasts in ((60, 30, 30), (1, 600, 60)):
        began = clock.now()
        with pytest.raises(TimedOut, match="it: not within"):
            context(minutes=minutes, clock=clock).wait("it", lambda: None, seconds)
        assert clock.now() - began == lasts

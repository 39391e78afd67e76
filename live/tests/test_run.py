import pytest

from live.context import TimedOut
from live.finding import CONFIRMED, FAILED, NOT_REACHED, Check, Finding, run_all

from .fakes import Clock, context


def check(name, act):
    return Check(name, "expected", act)


def fine(_):
    return Finding(CONFIRMED, "seen")


def fails(_):
    raise RuntimeError("broken")


def interrupted(_):
    raise KeyboardInterrupt


def verdicts(*acts, **settings):
    checks = [check(str(at), act) for at, act in enumerate(acts)]
    return [fact.finding.verdict for fact in run_all(checks, context(**settings), lambda _: None)]


def test_a_check_that_fails_stops_no_other():
    assert verdicts(fails, fine, fails, fine) == [FAILED, CONFIRMED, FAILED, CONFIRMED]


def test_a_failure_has_its_place_without_paths_of_the_machine():
    finding = run_all([check("one", fails)], context(), lambda _: None)[0].finding
    assert finding.seen == "RuntimeError: broken"
    assert 'File "live/tests/test_run.py"' in finding.evidence


def test_after_an_interruption_the_rest_is_not_reached():
    assert verdicts(fine, interrupted, fine) == [CONFIRMED, NOT_REACHED, NOT_REACHED]


def test_after_the_time_limit_the_rest_is_not_reached():
    clock = Clock()

    def slow(_):
        clock.sleep(120)
        return fine(_)

    assert verdicts(slow, fine, minutes=2, clock=clock) == [CONFIRMED, NOT_REACHED]


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

"""Runs each check against a fake with the expected behavior, or with another one."""

import pytest

from live.checks import ALL, attributes, counts, direct, drain, loop, samples, silence
from live.finding import CONFIRMED, NOT_CHECKED, NOT_SEEN, REFUTED, run_all

from .region import Region


@pytest.fixture(autouse=True)
def requests(monkeypatch):
    """Requests without a network. A test can set their failure."""
    answer = {"failure": None}

    class Load(drain.Load):
        def __init__(self, url):
            super().__init__(url, limit=3, pause=0, fetch=lambda _: answer["failure"])

        def __exit__(self, *_):
            self._thread.join(timeout=10)

    monkeypatch.setattr(drain, "Load", Load)
    return answer


def verdict(check, **settings):
    region = Region()
    for name, value in settings.items():
        assert hasattr(region, name)
        setattr(region, name, value)
    return check.run(region.context()).verdict


def test_all_checks_one_after_the_other_confirm_what_is_expected():
    facts = run_all(ALL, Region().context(), lambda _: None)
    assert {fact.name: fact.finding.verdict for fact in facts} == {
        check.name: NOT_CHECKED if check.name == "returned SQS messages do not count as rounds" else CONFIRMED
        for check in ALL
    }


def test_a_request_that_fails_refutes_the_drain(requests):
    requests["failure"] = "HTTP Error 502"
    assert verdict(drain.CHECK) == REFUTED


def test_a_release_before_the_last_stop_refutes_the_drain():
    assert verdict(drain.CHECK, released_early=30) == REFUTED


def test_events_without_counts_refute_them():
    region = Region()
    region.counts_in_events = False
    context = region.context()
    drain.CHECK.run(context)
    assert counts.CHECK.run(context).verdict == REFUTED


def test_a_lost_attribute_refutes_its_survival():
    assert verdict(attributes.CHECK, keeps_attributes=False) == REFUTED


def test_an_agent_never_seen_disconnected_proves_nothing():
    assert verdict(attributes.CHECK, agent_shows_absence=False) == NOT_SEEN


def test_invocations_dropped_in_spite_of_allow_refute_the_loop():
    assert verdict(loop.ALLOWED, drops={"Allow": 2, "Terminate": 2}) == REFUTED


@pytest.mark.parametrize("check", [loop.ALLOWED, loop.COUNTED])
def test_loop_checks_wait_for_the_subscription_filters(check):
    region = Region()
    context = region.context()
    check.run(context)
    assert min(one["left"] for one in region.instances.values() if one["left"]) >= context.deployed + 900


def test_a_loop_with_too_few_rounds_proves_nothing():
    assert verdict(loop.ALLOWED, requeue_seconds=100) == NOT_SEEN


def test_a_loop_not_stopped_under_terminate_proves_nothing():
    region = Region()
    region.drops = {"Allow": 0, "Terminate": 0}
    assert loop.COUNTED.run(region.context()).verdict == NOT_SEEN
    assert region.recursion == "Allow", "the switch is set back"


def test_a_refused_function_is_recorded_with_the_refusal():
    region = Region()
    region.takes_function = False
    finding = direct.CHECK.run(region.context())
    assert finding.verdict == REFUTED
    assert "not a valid target" in finding.seen


def test_another_number_of_samples_refutes_the_count():
    assert verdict(samples.CHECK, samples_a_task=3) == REFUTED


def test_metrics_that_go_on_without_tasks_refute_their_absence():
    region = Region()
    region.silent_without_tasks = False
    assert silence.CHECK.run(region.context()).verdict == REFUTED
    assert region.desired_tasks == 2, "the service is set back"

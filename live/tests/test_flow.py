"""Each check from end to end against a stand-in that says what is expected, or another thing."""

import pytest

from live.checks import ALL, attributes, counts, direct, drain, loop, samples, silence
from live.finding import CONFIRMED, NOT_CHECKED, NOT_SEEN, REFUTED, run_all

from .region import Region


@pytest.fixture(autouse=True)
def requests(monkeypatch):
    """Requests that need no network: what they answer, a test may change."""
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
        check.name: NOT_CHECKED if check.name == "returned SQS messages are no hops" else CONFIRMED for check in ALL
    }


def test_a_request_that_fails_refutes_the_drain(requests):
    requests["failure"] = "HTTP Error 502"
    assert verdict(drain.CHECK) == REFUTED


def test_an_instance_let_go_before_its_last_task_stopped_refutes_the_drain():
    assert verdict(drain.CHECK, let_go_early=30) == REFUTED


def test_events_without_counts_refute_them():
    region = Region()
    region.counts_in_events = False
    context = region.context()
    drain.CHECK.run(context)
    assert counts.CHECK.run(context).verdict == REFUTED


def test_an_attribute_that_a_reboot_loses_is_told():
    assert verdict(attributes.CHECK, keeps_attributes=False) == REFUTED


def test_an_agent_that_never_showed_as_away_proves_nothing():
    assert verdict(attributes.CHECK, agent_shows_absence=False) == NOT_SEEN


def test_invocations_dropped_in_spite_of_allow_refute_the_loop():
    assert verdict(loop.ALLOWED, drops={"Allow": 2, "Terminate": 2}) == REFUTED


@pytest.mark.parametrize("check", [loop.ALLOWED, loop.COUNTED])
def test_the_loop_is_looked_at_once_every_filter_is_in_force(check):
    region = Region()
    context = region.context()
    check.run(context)
    assert min(one["left"] for one in region.instances.values() if one["left"]) >= context.deployed + 900


def test_a_loop_that_turned_too_seldom_proves_nothing():
    assert verdict(loop.ALLOWED, tick_seconds=100) == NOT_SEEN


def test_a_loop_that_is_not_cut_under_terminate_proves_nothing():
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

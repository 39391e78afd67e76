"""Runs each check against a fake with the expected behavior, or with another one."""

import pytest

from live.checks import (
    attributes,
    counts,
    daemons,
    delays,
    direct,
    drain,
    drain_record,
    emf,
    ends,
    loop,
    reads,
    samples,
    silence,
)
from live.finding import AGREES, DIFFERS, NOT_SHOWN, begin_all, run_all

from .region import Region

IN_THE_REGION = [
    reads.filter_of_80,
    reads.filter_of_100,
    reads.hook_name,
    samples.sample_counts,
    attributes.survive,
    drain_record.put_while_draining,
    drain_record.recorded,
    drain.under_load,
    counts.counted,
    daemons.stop_last,
    ends.terminated,
    ends.deregistered,
    loop.allowed,
    loop.terminated,
    direct.function_as_target,
    emf.from_stdout,
    delays.measured,
    silence.silent,
]


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


def verdict_of(check, **settings):
    region = Region()
    for name, value in settings.items():
        assert hasattr(region, name)
        setattr(region, name, value)
    return check.run(region.context()).verdict


def test_all_checks_one_after_the_other_agree():
    made = Region().context()
    facts = run_all(IN_THE_REGION, made, begin_all(IN_THE_REGION, made))
    assert {fact.name: fact.finding.verdict for fact in facts} == {check.name: AGREES for check in IN_THE_REGION}


@pytest.mark.parametrize("check, settings, verdict", [
    (reads.filter_of_80, {"longest_filter": 1000}, DIFFERS),
    (reads.filter_of_80, {"finds_by_filter": False}, DIFFERS),
    (reads.filter_of_80, {"instances": {}}, NOT_SHOWN),
    (reads.filter_of_100, {"longest_filter": 2000}, DIFFERS),
    (reads.hook_name, {"hooks": ["another"]}, DIFFERS),
    (drain_record.put_while_draining, {"puts_while_draining": False}, DIFFERS),
    (drain_record.recorded, {"record": "other"}, DIFFERS),
    (drain_record.recorded, {"activity": "Terminating EC2 instance: {}-and-more"}, DIFFERS),
    (drain_record.recorded, {"activity": "Launching {}"}, NOT_SHOWN),
    (daemons.stop_last, {"daemon_last": False}, DIFFERS),
    (ends.terminated, {"stop_code": "UserInitiated"}, DIFFERS),
    (ends.deregistered, {"forced_code": "TerminationNotice"}, DIFFERS),
    (ends.deregistered, {"forced_code": None}, NOT_SHOWN),
    (emf.from_stdout, {"metrics_from_logs": 0}, DIFFERS),
])  # fmt: skip
def test_another_answer_of_aws_has_its_verdict(check, settings, verdict):
    assert verdict_of(check, **settings) == verdict


def test_an_eighty_first_id_is_below_the_limit_of_expressions():
    finding = reads.filter_of_80.run(Region().context())
    assert finding.evidence["characters"] < 2000


def test_slow_events_differ():
    region = Region()
    region.event_delay = 60
    context = region.context()
    daemons.stop_last.run(context)
    ends.terminated.run(context)
    drain.under_load.run(context)
    assert delays.measured.run(context).verdict == DIFFERS


def test_a_request_that_fails_refutes_the_drain(requests):
    requests["failure"] = "HTTP Error 502"
    assert verdict_of(drain.under_load) == DIFFERS


def test_a_release_before_the_last_stop_refutes_the_drain():
    assert verdict_of(drain.under_load, released_early=30) == DIFFERS


def test_events_without_counts_refute_them():
    region = Region()
    region.counts_in_events = False
    context = region.context()
    drain.under_load.run(context)
    assert counts.counted.run(context).verdict == DIFFERS


def test_a_lost_attribute_refutes_its_survival():
    assert verdict_of(attributes.survive, keeps_attributes=False) == DIFFERS


def test_an_agent_never_seen_disconnected_proves_nothing():
    assert verdict_of(attributes.survive, agent_shows_absence=False) == NOT_SHOWN


def test_invocations_dropped_in_spite_of_allow_refute_the_loop():
    assert verdict_of(loop.allowed, drops={"Allow": 2, "Terminate": 2}) == DIFFERS


@pytest.mark.parametrize("check", [loop.allowed, loop.terminated])
def test_loop_checks_wait_for_the_subscription_filters(check):
    region = Region()
    context = region.context()
    check.run(context)
    assert min(one["left"] for one in region.instances.values() if one["left"]) >= context.deployed + 900


def test_a_loop_with_too_few_rounds_proves_nothing():
    assert verdict_of(loop.allowed, requeue_seconds=100) == NOT_SHOWN


def test_a_loop_not_stopped_under_terminate_proves_nothing():
    region = Region()
    region.drops = {"Allow": 0, "Terminate": 0}
    assert loop.terminated.run(region.context()).verdict == NOT_SHOWN
    assert region.recursion == "Allow", "the switch is set back"


def test_a_refused_function_is_recorded_with_the_refusal():
    region = Region()
    region.takes_function = False
    finding = direct.function_as_target.run(region.context())
    assert finding.verdict == DIFFERS
    assert "not a valid target" in finding.seen


def test_another_number_of_samples_refutes_the_count():
    assert verdict_of(samples.sample_counts, samples_a_task=3) == DIFFERS


def test_metrics_that_go_on_without_tasks_refute_their_absence():
    region = Region()
    region.silent_without_tasks = False
    assert silence.silent.run(region.context()).verdict == DIFFERS
    assert region.desired_tasks == 2, "the service is set back"

"""The verdict of each check for given observations."""

import pytest

from live.checks import attributes, counts, direct, drain, loop, samples, silence
from live.finding import CONFIRMED, NOT_SEEN, REFUTED


@pytest.mark.parametrize("sent, failed, released, stops, verdict", [
    (100, 0, 130.0, [90.0, 127.0], CONFIRMED),
    (100, 1, 130.0, [90.0, 127.0], REFUTED),
    (100, 0, 130.0, [90.0, 140.0], REFUTED),
    (100, 0, 130.0, [90.0, 131.0], CONFIRMED),
    (100, 0, None, [90.0], NOT_SEEN),
    (100, 0, 130.0, [], NOT_SEEN),
    (0, 0, 130.0, [90.0], NOT_SEEN),
])  # fmt: skip
def test_a_drain(sent, failed, released, stops, verdict):
    assert drain.judge(sent, failed, released, stops, None).verdict == verdict


def test_a_stop_is_read_from_the_last_event_of_the_task():
    def event(arn, task, status, **more):
        return {"detail": {"containerInstanceArn": arn, "taskArn": task, "lastStatus": status} | more}

    events = [
        event("a", "one", "DEPROVISIONING", stoppedAt="1970-01-01T00:00:59Z"),
        event("a", "one", "STOPPED", stoppedAt="1970-01-01T00:01:00.500Z"),
        event("b", "two", "STOPPED", stoppedAt="1970-01-01T00:02:00Z"),
        event("a", "three", "STOPPED"),
        event("a", "four", "DEPROVISIONING", stoppedAt="1970-01-01T00:03:00Z"),
    ]
    assert drain.stopped_at(events, "a") == [60.5]


def instance_event(status="DRAINING", **counts):
    return {"detail-type": "ECS Container Instance State Change", "detail": {"status": status} | counts}


@pytest.mark.parametrize("events, verdict", [
    ([], NOT_SEEN),
    ([instance_event("ACTIVE", runningTasksCount=0, pendingTasksCount=0)], NOT_SEEN),
    ([instance_event(runningTasksCount=1, pendingTasksCount=0)], NOT_SEEN),
    ([instance_event(runningTasksCount=0)], REFUTED),
    ([instance_event(runningTasksCount="0", pendingTasksCount=0)], REFUTED),
    ([instance_event(runningTasksCount=1, pendingTasksCount=0), instance_event(runningTasksCount=0, pendingTasksCount=0)],
     CONFIRMED),
])  # fmt: skip
def test_counts(events, verdict):
    assert counts.judge(events).verdict == verdict


@pytest.mark.parametrize("value, away, verdict", [
    (attributes.VALUE, True, CONFIRMED),
    (attributes.VALUE, False, NOT_SEEN),
    (None, True, REFUTED),
    ("another", False, REFUTED),
])  # fmt: skip
def test_attributes(value, away, verdict):
    assert attributes.judge({"draining": attributes.VALUE, "active again": value}, away).verdict == verdict


@pytest.mark.parametrize("rounds, lost, ended, verdict", [
    (24, {}, True, CONFIRMED),
    (24, {"ReinvokeName": 0.0}, True, CONFIRMED),
    (24, {"ReinvokeName": 1.0}, True, REFUTED),
    (24, {}, False, REFUTED),
    (16, {}, True, NOT_SEEN),
])  # fmt: skip
def test_a_loop_that_is_allowed(rounds, lost, ended, verdict):
    assert loop.judge_allowed(rounds, lost, ended).verdict == verdict


@pytest.mark.parametrize("lost, verdict", [({"AutoDrainName": 1.0}, CONFIRMED), ({}, NOT_SEEN)])
def test_a_loop_that_is_not(lost, verdict):
    assert loop.judge_counted(20, lost).verdict == verdict


NOTIFICATION = {"LifecycleActionToken": "t", "EC2InstanceId": "i-0a"}


@pytest.mark.parametrize("payloads, verdict", [
    ([NOTIFICATION], CONFIRMED),
    ([{"detail-type": "EC2 Instance-terminate Lifecycle Action", "detail": NOTIFICATION}], CONFIRMED),
    ([{"Records": [{"Sns": {"Message": '{"EC2InstanceId": "i-0a"}'}}]}], CONFIRMED),
    ([{"notification": NOTIFICATION}], REFUTED),
    ([{"Event": "autoscaling:TEST_NOTIFICATION"}], NOT_SEEN),
    ([NOTIFICATION | {"EC2InstanceId": "i-0b"}], NOT_SEEN),
    ([], NOT_SEEN),
])  # fmt: skip
def test_a_payload(payloads, verdict):
    assert direct.judge(payloads, "i-0a", {}).verdict == verdict


@pytest.mark.parametrize("counted, running, verdict", [
    ([2.0, 2.0, 2.0], 2, CONFIRMED),
    ([2.0, 6.0, 2.0], 2, REFUTED),
    ([2.0, 2.0], 2, NOT_SEEN),
])  # fmt: skip
def test_samples(counted, running, verdict):
    assert samples.judge(counted, running).verdict == verdict


@pytest.mark.parametrize("before, after, cpu, verdict", [
    ([2.0], [], [], CONFIRMED),
    ([2.0], [0.0], [], REFUTED),
    ([2.0], [], [2.0], REFUTED),
    ([], [], [], NOT_SEEN),
])  # fmt: skip
def test_silence(before, after, cpu, verdict):
    assert silence.judge(before, after, cpu, [1.0]).verdict == verdict

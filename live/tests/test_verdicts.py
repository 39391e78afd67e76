"""The verdict of each check for given observations."""

import pytest

from live.checks import attributes, counts, direct, drain, loop, samples, silence
from live.finding import AGREES, DIFFERS, NOT_SHOWN


@pytest.mark.parametrize("sent, failed, released, stops, verdict", [
    (100, 0, 130.0, [90.0, 127.0], AGREES),
    (100, 1, 130.0, [90.0, 127.0], DIFFERS),
    (100, 0, 130.0, [90.0, 140.0], DIFFERS),
    (100, 0, 130.0, [90.0, 131.0], AGREES),
    (100, 0, None, [90.0], NOT_SHOWN),
    (100, 0, 130.0, [], NOT_SHOWN),
    (0, 0, 130.0, [90.0], NOT_SHOWN),
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
    ([], NOT_SHOWN),
    ([instance_event("ACTIVE", runningTasksCount=0, pendingTasksCount=0)], NOT_SHOWN),
    ([instance_event(runningTasksCount=1, pendingTasksCount=0)], NOT_SHOWN),
    ([instance_event(runningTasksCount=0)], DIFFERS),
    ([instance_event(runningTasksCount="0", pendingTasksCount=0)], DIFFERS),
    ([instance_event(runningTasksCount=1, pendingTasksCount=0), instance_event(runningTasksCount=0, pendingTasksCount=0)],
     AGREES),
])  # fmt: skip
def test_counts(events, verdict):
    assert counts.judge(events).verdict == verdict


@pytest.mark.parametrize("value, away, verdict", [
    (attributes.VALUE, True, AGREES),
    (attributes.VALUE, False, NOT_SHOWN),
    (None, True, DIFFERS),
    ("another", False, DIFFERS),
])  # fmt: skip
def test_attributes(value, away, verdict):
    assert attributes.judge({"draining": attributes.VALUE, "active again": value}, away).verdict == verdict


@pytest.mark.parametrize("rounds, lost, ended, verdict", [
    (24, {}, True, AGREES),
    (24, {"ReinvokeName": 0.0}, True, AGREES),
    (24, {"ReinvokeName": 1.0}, True, DIFFERS),
    (24, {}, False, DIFFERS),
    (16, {}, True, NOT_SHOWN),
])  # fmt: skip
def test_a_loop_that_is_allowed(rounds, lost, ended, verdict):
    assert loop.judge_allowed(rounds, lost, ended).verdict == verdict


@pytest.mark.parametrize("lost, verdict", [({"AutoDrainName": 1.0}, AGREES), ({}, NOT_SHOWN)])
def test_a_loop_that_is_not(lost, verdict):
    assert loop.judge_counted(20, lost).verdict == verdict


NOTIFICATION = {"LifecycleActionToken": "t", "EC2InstanceId": "i-0a"}


@pytest.mark.parametrize("payloads, verdict", [
    ([NOTIFICATION], AGREES),
    ([{"detail-type": "EC2 Instance-terminate Lifecycle Action", "detail": NOTIFICATION}], AGREES),
    ([{"Records": [{"Sns": {"Message": '{"EC2InstanceId": "i-0a"}'}}]}], AGREES),
    ([{"notification": NOTIFICATION}], DIFFERS),
    ([{"Event": "autoscaling:TEST_NOTIFICATION"}], NOT_SHOWN),
    ([NOTIFICATION | {"EC2InstanceId": "i-0b"}], NOT_SHOWN),
    ([], NOT_SHOWN),
])  # fmt: skip
def test_a_payload(payloads, verdict):
    assert direct.judge(payloads, "i-0a", {}).verdict == verdict


@pytest.mark.parametrize("counted, running, verdict", [
    ([2.0, 2.0, 2.0], 2, AGREES),
    ([2.0, 6.0, 2.0], 2, DIFFERS),
    ([2.0, 2.0], 2, NOT_SHOWN),
])  # fmt: skip
def test_samples(counted, running, verdict):
    assert samples.judge(counted, running).verdict == verdict


@pytest.mark.parametrize("before, after, cpu, verdict", [
    ([2.0], [], [], AGREES),
    ([2.0], [0.0], [], DIFFERS),
    ([2.0], [], [2.0], DIFFERS),
    ([], [], [], NOT_SHOWN),
])  # fmt: skip
def test_silence(before, after, cpu, verdict):
    assert silence.judge(before, after, cpu, [1.0]).verdict == verdict

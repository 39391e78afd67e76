"""Runs each check that has resources of its own against fakes: the expected answer, and others."""

import pytest

from live.checks import (
    activities,
    alarm_texts,
    alarm_times,
    dead_letters,
    groups,
    hooks,
    mappings,
    math,
    patterns,
    schedules,
    subscriptions,
    words,
)
from live.finding import AGREES, DIFFERS, NOT_SHOWN, begin_all, run_all

from .fakes import NAMES, Client, Clock
from .probes import Alarms, Function, Groups, Topic, made, refused


def verdict(check, clock, **clients):
    context = made(clock, **clients)
    (fact,) = run_all([check], context, begin_all([check], context))
    assert "Traceback" not in str(fact.finding.evidence), fact.finding.evidence
    return fact.finding.verdict


# ---- Alarms and metric math ----


def reason(text):
    timed = text.replace("(TIME)", "(30/11/26 03:44:00)")
    return timed.replace("VALUES", "21.5 (30/11/26 03:44:00), 22.5 (30/11/26 03:43:00)")


def texts(**other):
    clock = Clock()
    changes = {what: ("ALARM", reason(case[2]), clock.now() + 60) for what, case in alarm_texts.CASES.items()}
    found = Alarms({what: change for what, change in (changes | other).items() if change})
    return verdict(alarm_texts.texts, clock, cloudwatch=found.client)


def test_the_expected_texts_of_alarms_agree():
    assert texts() == AGREES


def test_another_text_of_one_alarm_differs():
    assert texts(three=("ALARM", "Threshold Crossed: 3 datapoints were greater.", 0)) == DIFFERS


def test_an_alarm_that_never_changes_shows_nothing():
    assert texts(three=None) == NOT_SHOWN


def test_each_case_is_an_alarm_with_its_values():
    clock, found = Clock(), Alarms({})
    alarm_texts.texts.begin(made(clock, cloudwatch=found.client))
    assert set(found.put) == set(alarm_texts.CASES)
    values = sum(len(case[0]) for case in alarm_texts.CASES.values())
    assert found.client.called().count("put_metric_data") == values


@pytest.mark.parametrize("ages, expected", [
    ({1, 2}, AGREES), ({1, 2, 3}, AGREES), ({1}, DIFFERS), ({1, 2, 3, 4}, DIFFERS), (set(), NOT_SHOWN),
])  # fmt: skip
def test_the_range_is_the_oldest_value_that_is_found(ages, expected):
    clock = Clock()
    found = Alarms({f"age-{age}": ("ALARM", "found", clock.now()) for age in ages})
    assert verdict(alarm_times.ranges, clock, cloudwatch=found.client) == expected


@pytest.mark.parametrize("after, expected", [(70, AGREES), (200, DIFFERS), (None, NOT_SHOWN)])
def test_the_delay_is_counted_from_the_creation(after, expected):
    clock = Clock()
    changes = {} if after is None else {"soon": ("ALARM", "found", clock.now() + after)}
    assert verdict(alarm_times.delay, clock, cloudwatch=Alarms(changes).client) == expected


@pytest.mark.parametrize("states, expected", [
    ({"filled": "ALARM"}, AGREES),
    ({"filled": "ALARM", "unfilled": "INSUFFICIENT_DATA"}, AGREES),
    ({}, DIFFERS),
    ({"filled": "ALARM", "unfilled": "ALARM"}, DIFFERS),
])  # fmt: skip
def test_an_alarm_on_fill(states, expected):
    changes = {what: (state, "reason", 0) for what, state in states.items()}
    assert verdict(math.alarmed, Clock(), cloudwatch=Alarms(changes).client) == expected


def results(counts):
    found = [{"Id": f"e{at}", "Values": [0.0] * count} for at, count in enumerate(counts)]
    return Client(get_metric_data={"MetricDataResults": found})


@pytest.mark.parametrize("counts, expected", [
    ([0, 5, 0, 0, 0], AGREES), ([0, 0, 0, 0, 0], DIFFERS), ([0, 5, 0, 0], NOT_SHOWN),
])  # fmt: skip
def test_fill_of_nothing(counts, expected):
    assert verdict(math.filled, Clock(), cloudwatch=results(counts)) == expected


# ---- Groups ----


def waits(kind):
    def seconds(what):
        first, then, beats = hooks.CASES[what]
        start = hooks.CHANGED_SECONDS if beats else 0
        return {"old": start + first + 20, "new": hooks.CHANGED_SECONDS + then + 20, "never": 10_000}[kind]

    return seconds


@pytest.mark.parametrize("kind, expected", [("old", AGREES), ("new", DIFFERS), ("never", DIFFERS)])
def test_a_hook_that_changes(kind, expected):
    clock = Clock()
    found = Groups(clock, timeout=waits(kind))
    assert verdict(hooks.changed_hook, clock, autoscaling=found.client) == expected


def test_a_wait_that_ends_at_no_timeout_shows_nothing():
    clock = Clock()
    assert verdict(hooks.changed_hook, clock, autoscaling=Groups(clock, timeout=lambda _: 40).client) == NOT_SHOWN


@pytest.mark.parametrize("settings, expected", [
    ({}, AGREES),
    ({"description": "Terminating EC2 instance: {} - Waiting For ELB Connection Draining."}, AGREES),
    ({"description": "Terminating EC2 instance: {}-x"}, DIFFERS),
    ({"status": "Successful"}, DIFFERS),
    ({"description": "Launching {}"}, NOT_SHOWN),
])  # fmt: skip
def test_activities_of_a_retained_instance(settings, expected):
    clock = Clock()
    found = Groups(clock, timeout=lambda _: 10_000, **settings)
    assert verdict(activities.retained, clock, autoscaling=found.client) == expected


@pytest.mark.parametrize("executed, expected", [(2, AGREES), (1, DIFFERS), (0, NOT_SHOWN)])
def test_the_step_at_the_threshold(executed, expected):
    clock = Clock()
    found = Groups(clock)
    found.executed = executed
    assert verdict(groups.step_at_threshold, clock, autoscaling=found.client) == expected


# The zones of the three instances are a, b and a, from the oldest to the newest.
@pytest.mark.parametrize("taken, expected", [(0, AGREES), (1, DIFFERS), (2, DIFFERS)])
def test_the_instance_that_a_scale_in_takes(taken, expected):
    clock = Clock()
    found = Groups(clock)
    found.taken = taken
    assert verdict(groups.victim, clock, autoscaling=found.client) == expected


def test_zones_without_a_fullest_one_show_nothing():
    everyone = [{"InstanceId": f"i-{zone}", "AvailabilityZone": zone} for zone in "abc"]
    assert groups.judge_victim(everyone, {"i-a", "i-b"}, everyone[0]).verdict == NOT_SHOWN


# ---- Queues and functions ----


@pytest.mark.parametrize("settings, expected", [
    ({"effective": 10}, AGREES),
    ({"effective": 0}, AGREES),
    ({"effective": 2000}, DIFFERS),
    ({"loses": True}, NOT_SHOWN),
])  # fmt: skip
def test_filters_of_subscriptions(settings, expected):
    clock = Clock()
    found = Topic(clock, **settings)
    assert verdict(subscriptions.filters, clock, sns=found.sns, sqs=found.sqs) == expected


def test_filters_are_asked_again_after_15_minutes():
    clock = Clock()
    began = clock.now()
    found = Topic(clock)
    verdict(subscriptions.filters, clock, sns=found.sns, sqs=found.sqs)
    assert clock.now() >= began + 900


def run(began, receives=1):
    return {"run": {"message": "0", "began": began, "receives": receives}}


@pytest.mark.parametrize("at_once, count, expected", [(5, 40, AGREES), (10, 40, DIFFERS), (5, 10, NOT_SHOWN)])
def test_batches_at_once(at_once, count, expected):
    records = [run(1000 + number // at_once * 21) for number in range(count)]
    assert verdict(mappings.pollers, Clock(), **Function(records).clients()) == expected


@pytest.mark.parametrize("runs, expected", [
    ([run(0), run(91, 2)], AGREES),
    ([run(0), run(21, 2)], DIFFERS),
    ([run(0), run(21, 1)], NOT_SHOWN),
    ([run(0)], NOT_SHOWN),
])  # fmt: skip
def test_a_throttled_batch(runs, expected):
    assert verdict(mappings.throttled, Clock(), **Function(runs).clients()) == expected


# ---- Patterns, words and schedules ----


def answers(**other):
    """Answers of TestEventPattern, as expected apart from those of other cases."""
    expected = [other.get(what.split()[0], case[2]) for what, case in patterns.CASES.items()]
    given = iter(expected)

    def answer(**_):
        result = next(given)
        if result == patterns.REFUSED:
            raise refused("InvalidEventPatternException", "Event pattern is not valid.")
        return {"Result": result}

    return Client(test_event_pattern=answer)


def test_event_patterns_at_their_limits():
    assert verdict(patterns.limits, Clock(), events=answers()) == AGREES
    assert verdict(patterns.limits, Clock(), events=answers(four=True)) == DIFFERS
    assert verdict(patterns.limits, Clock(), events=answers(three=patterns.REFUSED)) == DIFFERS


def worded(code=None, batch=(), ids=("one", "one")):
    """Clients whose calls are refused with the expected codes, or all with another one."""
    given = iter(ids)

    def refusing(expected):
        def call(**_):
            raise refused(code or expected)

        return call

    def send(QueueUrl, DelaySeconds=0, **_):
        if DelaySeconds:
            raise refused(code or "InvalidParameterValue")
        return {"MessageId": next(given)}

    def publish_batch(PublishBatchRequestEntries, **_):
        if not PublishBatchRequestEntries:
            raise refused(code or "AWS.SimpleNotificationService.EmptyBatchRequest")
        return {"Failed": [{"Id": one} for one in batch]}

    ecs = ("list_tasks", "describe_services", "describe_tasks")
    topic = {"TopicArn": "arn:aws:sns:eu-west-1:123456789012:words"}
    return {
        "sqs": Client(create_queue={"QueueUrl": "url"}, send_message=send),
        "sns": Client(create_topic=topic, publish=refusing("InvalidParameter"), publish_batch=publish_batch),
        "ecs": Client(**{name: refusing("InvalidParameterException") for name in ecs}),
        "cloudwatch": Client(
            set_alarm_state=refusing("ValidationError"),
            get_metric_data=refusing("ValidationError"),
            describe_alarms=refusing("InvalidParameterCombination"),
            put_metric_data=refusing("InvalidParameterCombination"),
        ),
    }


@pytest.mark.parametrize("check", [words.refusals, words.refusals_of_cloudwatch])
def test_the_codes_of_refused_calls(check):
    assert verdict(check, Clock(), **worded()) == AGREES
    assert verdict(check, Clock(), **worded(code="Another")) == DIFFERS


@pytest.mark.parametrize("failed, expected", [(["empty"], AGREES), ([], DIFFERS), (["empty", "full"], DIFFERS)])
def test_a_batch_with_an_empty_message(failed, expected):
    assert verdict(words.part_of_a_batch, Clock(), **worded(batch=failed)) == expected


@pytest.mark.parametrize("ids, expected", [(("one", "one"), AGREES), (("one", "two"), DIFFERS)])
def test_a_duplicate_in_a_fifo_queue(ids, expected):
    assert verdict(words.duplicate, Clock(), **worded(ids=ids)) == expected


@pytest.mark.parametrize("after, expected", [(62, AGREES), (5, DIFFERS), (None, NOT_SHOWN)])
def test_the_first_event_of_a_schedule(after, expected):
    clock = Clock()
    sent = {"SentTimestamp": str(int((clock.now() + (after or 0)) * 1000))}
    messages = [[{"Body": "{}", "ReceiptHandle": "r", "Attributes": sent}]] if after else []

    def receive(**_):
        return {"Messages": messages.pop()} if messages else {}

    sqs = Client(create_queue={"QueueUrl": "url"}, get_queue_url={"QueueUrl": "url"}, receive_message=receive)
    events = Client(put_rule={"RuleArn": "arn"}, put_targets={"FailedEntryCount": 0})
    assert verdict(schedules.first, clock, sqs=sqs, events=events) == expected


# ---- Dead letters ----


def dead_letter(*names):
    attributes = {name: {"StringValue": "x", "DataType": "String"} for name in names}
    sqs = Client(
        create_queue={"QueueUrl": "url"},
        get_queue_url={"QueueUrl": "url"},
        receive_message={"Messages": [{"Body": "{}", "MessageAttributes": attributes}]},
    )
    return Function([]).clients() | {"sqs": sqs}


@pytest.mark.parametrize("names, expected", [
    (("RequestID", "ErrorMessage"), AGREES), (("RequestID", "ErrorMessage", "ErrorCode"), DIFFERS), ((), DIFFERS),
])  # fmt: skip
def test_the_dead_letter_of_a_function_that_never_ran(names, expected):
    assert verdict(dead_letters.unrun, Clock(), **dead_letter(*names)) == expected


@pytest.mark.parametrize("received, expected", [
    ({"chain-1": 2, "chain-2": 0, "chain-3": 1}, AGREES),
    ({"chain-1": 2, "chain-2": 2, "chain-3": 1}, DIFFERS),
    ({"chain-1": 2, "chain-2": 0, "chain-3": 0}, NOT_SHOWN),
])  # fmt: skip
def test_a_dead_letter_queue_with_a_dead_letter_queue(received, expected):
    # The queues give the message one after the other.
    turns = iter([name for name in received for _ in range(received[name])])
    current = [next(turns, None)]

    def receive(QueueUrl, **_):
        if QueueUrl != NAMES.of(str(current[0])):
            return {}
        current[0] = next(turns, None)
        return {"Messages": [{"Attributes": {"ApproximateReceiveCount": "1"}}]}

    sqs = Client(
        create_queue=lambda QueueName, **_: {"QueueUrl": QueueName},
        get_queue_url=lambda QueueName: {"QueueUrl": QueueName},
        receive_message=receive,
    )
    assert verdict(dead_letters.chain, Clock(), sqs=sqs) == expected

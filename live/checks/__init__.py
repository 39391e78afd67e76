"""The checks in two parts. Each part has a deployment of its own, and its checks have an order: each leaves the
cluster in the state that the next one needs."""

from dataclasses import dataclass

from ..finding import Check
from . import (
    activities,
    alarm_texts,
    alarm_times,
    attributes,
    counts,
    daemons,
    dead_letters,
    delays,
    direct,
    drain,
    drain_record,
    emf,
    ends,
    groups,
    hooks,
    loop,
    mappings,
    math,
    patterns,
    reads,
    samples,
    scaling,
    schedules,
    silence,
    subscriptions,
    words,
)


@dataclass(frozen=True)
class Part:
    name: str
    alarm_scaling: bool
    checks: list[Check]


DRAIN = Part(
    "drain",
    False,
    [
        reads.filter_of_80,
        reads.filter_of_100,
        reads.hook_name,
        patterns.limits,
        words.refusals,
        words.refusals_of_cloudwatch,
        words.part_of_a_batch,
        words.duplicate,
        math.filled,
        math.alarmed,
        alarm_texts.texts,
        alarm_times.ranges,
        alarm_times.delay,
        schedules.first,
        mappings.pollers,
        mappings.throttled,
        dead_letters.unrun,
        dead_letters.chain,
        groups.step_at_threshold,
        groups.victim,
        hooks.changed_hook,
        activities.retained,
        samples.sample_counts,
        attributes.survive,
        drain_record.put_while_draining,
        drain_record.recorded,
        drain.under_load,
        counts.counted,
        daemons.stop_last,
        ends.terminated,
        ends.deregistered,
        subscriptions.filters,
        loop.allowed,
        loop.terminated,
        direct.function_as_target,
        emf.from_stdout,
        delays.measured,
        silence.silent,
    ],
)
SCALING = Part(
    "scaling",
    True,
    [
        scaling.tasks_out,
        scaling.instances_out,
        scaling.tasks_in,
        scaling.instances_in,
        scaling.topic_policy,
        scaling.permitted,
    ],
)
PARTS = [DRAIN, SCALING]

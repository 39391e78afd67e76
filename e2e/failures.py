"""Which checks fail without each integration of the template, and why."""

from collections.abc import Callable

from e2e import checks, scaling
from e2e.run import Run

Checks = tuple[Callable[[Run], None], ...]

FAILURES: dict[Checks, dict[str, str]] = {
    (checks.failed_invocations_are_kept,): {
        "destination AutoDrain.EventInvokeConfig": "AutoDrain",
        "destination Reinvoke.EventInvokeConfig": "Reinvoke",
        "destination HookKeeper.EventInvokeConfig": "HookKeeper",
        "destination AlarmScaling.EventInvokeConfig": "AlarmScaling",
    },
    (scaling.alarms_alone_are_admitted_to_the_scaling_topic,): {
        "admission AlarmTopicPolicy": "__default_policy_ID",
    },
    (checks.each_rule_reaches_auto_drain,): {
        "rule InstanceHeldRule": "Resource [InstanceHeldRule]",
        "rule InstanceDrainedRule": "Resource [InstanceDrainedRule]",
        "rule TaskStoppedRule": "Resource [TaskStoppedRule]",
        "rule SpotInterruptionRule": "Resource [SpotInterruptionRule]",
        "target InstanceHeldRule.Targets": "an event, by InstanceHeldRule",
        "target InstanceDrainedRule.Targets": "an event, by InstanceDrainedRule",
        "target TaskStoppedRule.Targets": "an event, by TaskStoppedRule",
        "target SpotInterruptionRule.Targets": "an event, by SpotInterruptionRule",
        "mapping AutoDrain.Events.Inbox": "an event, by InstanceHeldRule",
    },
    (scaling.a_minute_requeue_is_a_work_item_once,): {
        "subscription ReinvokeToMinute": "a reconcile of the serialization key",
        "mapping Reinvoke.Events.Minute": "a reconcile of the serialization key",
        "subscription ReinvokeToWorkItems": "a reconcile of the serialization key",
        "mapping AlarmScaling.Events.Turns": "a reconcile of the serialization key",
    },
    (checks.the_schedule_brings_a_reconcile,): {
        "rule ScheduleRule": "Resource [ScheduleRule]",
        "target ScheduleRule.Targets": "a reconcile, by ScheduleRule",
    },
    (checks.the_schedule_keeps_hooks,): {
        "rule KeepHooksRule": "Resource [KeepHooksRule]",
        "target KeepHooksRule.Targets": "a run of hook-keeper",
    },
    (checks.a_requeue_of_each_delay_class_comes_back_once,): {
        "subscription ReinvokeToSoon": "a soon requeue message comes back",
        "mapping Reinvoke.Events.Soon": "a soon requeue message comes back",
        "subscription ReinvokeToLater": "a later requeue message comes back",
        "mapping Reinvoke.Events.Later": "a later requeue message comes back",
    },
    (scaling.a_busy_service_gets_tasks,): {
        "subscription AlarmTopicToInbox": "web has a desired count of 6",
        "mapping AlarmScaling.Events.Alarms": "web has a desired count of 6",
    },
    # The first two send messages of all delay classes.
    (
        scaling.a_minute_requeue_is_a_work_item_once,
        checks.a_requeue_of_each_delay_class_comes_back_once,
        checks.no_message_is_misrouted,
    ): {
        "filter ReinvokeToSoon.FilterPolicy": "misrouted messages",
        "filter ReinvokeToLater.FilterPolicy": "misrouted messages",
        "filter ReinvokeToMinute.FilterPolicy": "misrouted messages",
        "filter ReinvokeToWorkItems.FilterPolicy": "misrouted messages",
    },
    (checks.poison_goes_to_the_dead_letters,): {
        "subscription LifecycleToInbox": "a reconcile, by a message next to a malformed one",
        "redrive Inbox.RedrivePolicy": "the malformed message is a dead letter",
    },
    (scaling.poisoned_alarms_and_work_items_are_dead_letters,): {
        "redrive AlarmInbox.RedrivePolicy": "AlarmDeadLetters holds a message",
        "redrive WorkItemQueue.RedrivePolicy": "WorkItemDeadLetters holds a message",
    },
    (checks.a_poisoned_requeue_goes_to_the_dead_letters,): {
        "redrive SoonQueue.RedrivePolicy": "the malformed message leaves SoonQueue",
        "redrive LaterQueue.RedrivePolicy": "the malformed message leaves LaterQueue",
        "redrive MinuteQueue.RedrivePolicy": "the malformed message leaves MinuteQueue",
    },
}
"""For some checks, the integrations that the last of them needs, with a part of the error without each.

The quickest checks are first."""

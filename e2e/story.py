"""All checks in their order, the quickest first."""

from e2e import checks, fleet, scaling

CHECKS = [
    checks.the_hook_holds_the_group,
    checks.failed_invocations_are_kept,
    scaling.alarms_alone_are_admitted_to_the_scaling_topic,
    checks.each_rule_reaches_auto_drain,
    checks.a_pattern_keeps_others_out,
    scaling.a_minute_requeue_is_a_work_item_once,
    scaling.a_busy_service_gets_tasks,
    scaling.an_idle_service_gives_tasks_back,
    scaling.a_full_group_gets_an_instance_and_an_empty_one_loses_it,
    scaling.the_loop_ends_with_the_alarms,
    checks.a_requeue_of_each_delay_class_comes_back_once,
    checks.a_notification_drains_an_instance,
    checks.no_message_is_misrouted,
    checks.poison_goes_to_the_dead_letters,
    scaling.poisoned_alarms_and_work_items_are_dead_letters,
    checks.a_poisoned_requeue_goes_to_the_dead_letters,
    checks.the_schedule_brings_a_reconcile,
    checks.the_schedule_keeps_hooks,
    fleet.two_clusters_with_two_groups_each_opt_in,
    fleet.a_group_that_is_replaced_drains_under_its_new_name,
    fleet.a_drain_is_finished_before_the_hook_of_its_group_is_removed,
]

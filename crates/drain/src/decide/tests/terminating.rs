use std::collections::BTreeSet;

use aws_names::{ContainerInstanceArn, TaskArn};
use requeue::DelayClass;
use time::Duration;

use super::{beats, complete, drained_to_return, draining, emptied, idle};
use crate::decide::*;
use crate::drain_record::{Cause, DrainRecord};
use crate::fixtures::{
    self, at, ci, drain_record, id, instance, net, plan, registration, settings, task, tasks,
};
use crate::seen::{Answer, Instance, Registration, Status, Task};
use crate::settings::{AtDeadline, Settings, SettingsRecord, Standalone};
use crate::triggers::Triggers;

#[test]
fn a_waiting_instance_is_recorded_and_set_draining_even_when_nothing_runs() {
    for counted in [0, 4] {
        let found = instance("Terminating:Wait", vec![registration(Status::Active, counted)]);
        let plan = plan(&found, &Triggers::default(), &settings(), at(0));
        let arn = ci();
        assert_eq!(
            plan.actions,
            [Action::SetDraining { arn, drain_record: Some(drain_record(0)) }]
        );
        assert!(matches!(plan.verdict, Verdict::Started(drain) if drain.tasks == counted));
        assert_eq!(
            plan.again,
            Some(if counted == 0 { DelayClass::Soon } else { DelayClass::Later })
        );
    }
}

#[test]
fn every_terminating_wait_state_is_drained() {
    let [before, set] = &drained_to_return();
    for (state, expected) in [
        ("Terminating:Wait", vec![set]),
        ("Warmed:Pending:Wait", vec![before, set]),
        ("Warmed:Terminating:Wait", vec![set]),
        ("ReplacingRootVolume:Wait", vec![before, set]),
    ] {
        let found = instance(state, vec![registration(Status::Active, 1)]);
        let plan = plan(&found, &Triggers::default(), &settings(), at(0));
        assert_eq!(plan.actions.iter().collect::<Vec<_>>(), expected, "{state}");
    }
}

#[test]
fn an_instance_that_may_return_is_recorded_before_it_is_draining() {
    for state in ["Warmed:Pending:Wait", "ReplacingRootVolume:Wait"] {
        let actions = |registration: Registration, now| {
            let found = instance(state, vec![registration]);
            plan(&found, &Triggers::default(), &settings(), now).actions
        };
        let set = |drain_record| Action::SetDraining { arn: ci(), drain_record };
        let active = registration(Status::Active, 1);
        assert_eq!(actions(active.clone(), at(0)), drained_to_return(), "{state}");
        let recorded = Registration { drain_record: Some(drain_record(0)), ..active.clone() };
        let again = drain_record(0).set_at(at(100));
        assert_eq!(actions(recorded, at(100)), [set(Some(again))], "{state}");
        let refused = Registration { record_refused: true, ..active };
        let heartbeat = Action::Heartbeat { drain_records: Vec::new() };
        assert_eq!(actions(refused, at(0)), [set(None), heartbeat], "{state}");
    }
}

#[test]
fn a_heartbeat_keeps_the_drain_record_that_was_written_last() {
    let settings = Settings { heartbeat: Duration::minutes(5), ..settings() };
    let found = instance("Warmed:Pending:Wait", vec![registration(Status::Active, 1)]);
    let plan = plan(&found, &Triggers::default(), &settings, at(0));
    let drain_records = plan.actions.iter().find_map(|action| match action {
        Action::Heartbeat { drain_records } => Some(drain_records.clone()),
        _ => None,
    });
    assert_eq!(drain_records, Some(vec![(ci(), drain_record(0).beat_now(at(0)))]));
}

#[test]
fn an_instance_draining_without_a_drain_record_is_adopted() {
    let found = instance("Terminating:Wait", vec![registration(Status::Draining, 2)]);
    let plan = plan(&found, &Triggers::default(), &settings(), at(0));
    assert_eq!(plan.actions, [Action::DrainRecord { arn: ci(), drain_record: drain_record(0) }]);
}

#[test]
fn an_instance_set_active_behind_our_back_is_set_draining_again() {
    let active =
        Registration { drain_record: Some(drain_record(0)), ..registration(Status::Active, 0) };
    let found = instance("Terminating:Wait", vec![active]);
    let first = plan(&found, &net(), &settings(), at(100));
    let Action::SetDraining { drain_record: Some(drain_record), .. } = first.actions[0].clone()
    else {
        panic!("{first:?}")
    };
    assert_eq!((drain_record.set(), drain_record.idle), (at(100), None));
}

#[test]
fn counts_of_zero_are_trusted_after_five_seconds() {
    let unread = instance("Terminating:Wait", vec![draining(0, drain_record(0))]);
    assert_eq!(
        decide(&unread, &net(), &settings(), at(10)),
        Decision::Read(vec![Question::Tasks { arn: ci(), stopping_only: true }])
    );
    let tasks_at = |seconds| tasks(Vec::new(), seconds);
    let unrecorded = Registration { tasks: tasks_at(11), ..draining(0, drain_record(0)) };
    let first = Instance { read_at: at(10), ..instance("Terminating:Wait", vec![unrecorded]) };
    let first = plan(&first, &net(), &settings(), at(12));
    assert_eq!(first.actions, [Action::DrainRecord { arn: ci(), drain_record: idle() }]);
    assert_eq!((first.again, first.believed_from), (Some(DelayClass::Soon), Some(at(15))));
    let recorded = |seconds| {
        let registration = Registration { tasks: tasks_at(seconds), ..draining(0, idle()) };
        plan(&instance("Terminating:Wait", vec![registration]), &net(), &settings(), at(400))
    };
    let early = recorded(14);
    assert_eq!((complete(&early), early.again), (None, Some(DelayClass::Soon)));
    assert_eq!(early.believed_from, Some(at(15)));
    assert_eq!(
        (complete(&recorded(15)), recorded(15).believed_from),
        (Some(ActionResult::Continue), None)
    );
}

#[test]
fn counts_are_zero_since_this_reconcile_read_them_at_the_latest() {
    let ahead = drain_record(0).idle_at(at(30));
    let registration = Registration { tasks: tasks(Vec::new(), 24), ..draining(0, ahead) };
    let found = Instance { read_at: at(20), ..instance("Terminating:Wait", vec![registration]) };
    assert_eq!(plan(&found, &net(), &settings(), at(24)).believed_from, Some(at(25)));
}

#[test]
fn the_group_is_read_before_anything_but_waiting() {
    let give_up = Settings { agent_gone: Some(Duration::minutes(10)), ..settings() };
    let decided = |registration: Registration| {
        let member = Answer::Unasked;
        let settings = Some(SettingsRecord::of(&give_up));
        let found = instance("Terminating:Wait", vec![Registration { settings, ..registration }]);
        let found = Instance { member, terminating_since: Answer::Unasked, ..found };
        decide(&found, &net(), &give_up, at(400))
    };
    let asks = |registration| decided(registration) == Decision::Read(vec![Question::Member]);
    let with = |left| Registration { tasks: tasks(left, 300), ..draining(0, idle()) };
    let waits = decided(with(vec![task("t", "service:web", true)]));
    assert!(matches!(waits, Decision::Plan(plan) if plan.again == Some(DelayClass::Later)));
    assert!(matches!(decided(draining(0, idle())), Decision::Read(asked) if asked.len() == 1));
    assert!(asks(with(Vec::new())), "empty");
    assert!(asks(draining(1, drain_record(0).beat_now(at(-2_000)))), "a heartbeat is due");
    assert!(asks(draining(1, drain_record(-10_000))), "when its termination began decides");
    let records = decided(draining(1, drain_record(0).agent_gone_since(Some(at(20)))));
    assert!(matches!(records, Decision::Plan(plan) if plan.actions.len() == 1));
    for other in [
        registration(Status::Draining, 1),
        Registration { status: Status::Active, ..draining(1, drain_record(0)) },
        draining(1, DrainRecord::new(Cause::Spot, at(0))),
        draining(1, drain_record(0).done()),
        draining(1, drain_record(0).back_at(at(10))),
    ] {
        assert!(asks(other.clone()), "{other:?}");
    }
    let failed = Instance { member: Answer::Failed, ..emptied(Vec::new()) };
    let retried = plan(&failed, &net(), &settings(), at(400));
    assert_eq!((retried.actions.len(), retried.again), (0, Some(DelayClass::Soon)));
}

#[test]
fn an_event_of_this_drain_dates_counts_of_zero() {
    let reported_at = |seconds| {
        let empty = [(ci(), Some(at(seconds)))].into();
        let triggers = Triggers { empty, ..Triggers::default() };
        let stopping = tasks(vec![task("t", "service:web", true)], 100);
        let set = drain_record(0).set_at(at(50));
        let seen = Registration { tasks: stopping, ..draining(0, set) };
        let seen = Instance { read_at: at(100), ..instance("Terminating:Wait", vec![seen]) };
        let plan = plan(&seen, &triggers, &settings(), at(100));
        assert_eq!(plan.again, Some(DelayClass::Later));
        match plan.actions.as_slice() {
            [Action::DrainRecord { drain_record, .. }] => drain_record.idle,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(reported_at(97), Some(at(97)));
    assert_eq!(reported_at(49), Some(at(100)), "of an earlier drain");
    assert_eq!(reported_at(101), Some(at(100)), "of a clock that is ahead");
}

#[test]
fn an_instance_without_events_waits_for_the_next_requeue() {
    let found = instance("Terminating:Wait", vec![draining(0, idle())]);
    let waiting = plan(&found, &Triggers::default(), &settings(), at(60));
    assert_eq!((waiting.actions.len(), waiting.again), (0, Some(DelayClass::Later)));
    let empty = [(ci(), None)].into();
    let triggers = Triggers { empty, ..Triggers::default() };
    assert!(matches!(decide(&found, &triggers, &settings(), at(60)), Decision::Read(_)));
}

#[test]
fn an_instance_is_held_until_its_last_task_has_stopped() {
    let waiting =
        plan(&emptied(vec![task("t", "service:web", true)]), &net(), &settings(), at(400));
    assert_eq!((complete(&waiting), waiting.again), (None, Some(DelayClass::Later)));
    let over = plan(&emptied(Vec::new()), &net(), &settings(), at(400));
    assert_eq!((complete(&over), over.again), (Some(ActionResult::Continue), None));
    assert!(matches!(over.verdict, Verdict::Ended { end: End::Drained, tasks: 0, .. }));
}

#[test]
fn two_registrations_are_both_drained_and_both_must_be_empty() {
    let old =
        Registration { arn: ContainerInstanceArn::from_aws("old"), ..draining(1, drain_record(0)) };
    let new = Registration { tasks: tasks(Vec::new(), 400), ..draining(0, idle()) };
    let found = instance("Terminating:Wait", vec![old, new]);
    assert_eq!(complete(&plan(&found, &net(), &settings(), at(400))), None);
}

#[test]
fn a_registration_that_ecs_is_done_with_holds_nothing() {
    let gone = Registration {
        arn: ContainerInstanceArn::from_aws("old"),
        ..registration(Status::Gone, 3)
    };
    let new = Registration { tasks: tasks(Vec::new(), 400), ..draining(0, idle()) };
    let found = instance("Terminating:Wait", vec![gone, new]);
    assert!(complete(&plan(&found, &net(), &settings(), at(400))).is_some());
}

#[test]
fn an_instance_still_registering_is_requeued_soon() {
    let found = instance("Terminating:Wait", vec![registration(Status::Registering, 0)]);
    let plan = plan(&found, &net(), &settings(), at(0));
    assert_eq!((plan.actions.len(), plan.again), (0, Some(DelayClass::Soon)));
}

#[test]
fn a_read_that_contradicts_an_event_is_requeued_soon() {
    let found = instance("Terminating:Wait", vec![draining(1, drain_record(0))]);
    let empty = Triggers { empty: [(ci(), None)].into(), ..Triggers::default() };
    assert_eq!(plan(&found, &empty, &settings(), at(60)).again, Some(DelayClass::Soon));

    let stopped = |task: &str| Triggers {
        stopped: [(ci(), BTreeSet::from([TaskArn::from_aws(task)]))].into(),
        ..Triggers::default()
    };
    let found = emptied(vec![task("t", "service:web", true)]);
    assert_eq!(plan(&found, &stopped("t"), &settings(), at(60)).again, Some(DelayClass::Soon));
    assert_eq!(plan(&found, &stopped("other"), &settings(), at(60)).again, Some(DelayClass::Later));

    let notified = Triggers { terminating: BTreeSet::from([id()]), ..Triggers::default() };
    for state in ["InService", "Terminating"] {
        let found = instance(state, vec![registration(Status::Active, 1)]);
        assert_eq!(
            plan(&found, &notified, &settings(), at(0)).again,
            Some(DelayClass::Soon),
            "{state}"
        );
        assert_eq!(plan(&found, &net(), &settings(), at(0)).again, None, "{state}");
    }
}

#[test]
fn heartbeats_are_recorded_only_when_due() {
    let reconcile = |settings: &Settings, drain_record, seconds| {
        let found = instance("Terminating:Wait", vec![draining(1, drain_record)]);
        plan(&found, &Triggers::default(), settings, at(seconds))
    };
    let usual = settings();
    // The timeout of 1800 s, less two periods of the schedule, less one before the drain.
    assert!(!beats(&reconcile(&usual, drain_record(0), 899)));
    assert!(beats(&reconcile(&usual, drain_record(0), 900)));
    let beaten = drain_record(0).beat_now(at(900));
    assert!(!beats(&reconcile(&usual, beaten, 900 + 1199)));
    let again = reconcile(&usual, beaten, 900 + 1200);
    assert!(beats(&again));
    let drain_records = vec![(ci(), beaten.beat_now(at(2100)))];
    assert!(again.actions.contains(&Action::Heartbeat { drain_records }));

    // The schedule is too slow for this hook: the timeout less two requeue delays.
    let short =
        Settings { heartbeat: Duration::seconds(899), later: Duration::seconds(240), ..settings() };
    assert!(!beats(&reconcile(&short, beaten, 900 + 418)));
    assert!(beats(&reconcile(&short, beaten, 900 + 419)));
}

#[test]
fn the_setting_decides_what_happens_at_the_deadline() {
    let tasks = tasks(vec![task("t", "service:web", false)], 7199);
    let running = Registration { tasks, ..draining(1, drain_record(0)) };
    let found = instance("Terminating:Wait", vec![running]);
    let reconcile = |at_deadline, seconds| {
        let settings = Settings { at_deadline, ..settings() };
        plan(&found, &Triggers::default(), &settings, at(seconds))
    };
    assert_eq!(complete(&reconcile(AtDeadline::Continue, 7199)), None);
    for (setting, result) in [
        (AtDeadline::Continue, Some(ActionResult::Continue)),
        (AtDeadline::Abandon, Some(ActionResult::Abandon)),
        (AtDeadline::Wait, None),
    ] {
        let plan = reconcile(setting, 7200);
        assert_eq!(complete(&plan), result);
        assert_eq!(result.is_none(), beats(&plan));
    }
    let over = plan(
        &emptied(Vec::new()),
        &net(),
        &Settings { at_deadline: AtDeadline::Abandon, ..settings() },
        at(9000),
    );
    assert_eq!(complete(&over), Some(ActionResult::Continue));
}

/// A drain that began at 0 s, with these tasks left.
fn left(tasks: Vec<Task>) -> Instance {
    let tasks = fixtures::tasks(tasks, 7200);
    instance("Terminating:Wait", vec![Registration { tasks, ..draining(2, drain_record(0)) }])
}

#[test]
fn a_drain_record_of_an_earlier_termination_ends_no_drain() {
    for state in ["Terminating:Wait", "Warmed:Pending:Wait"] {
        let tasks = tasks(vec![task("t", "service:web", false)], 90_000);
        let running = Registration { tasks, ..draining(1, drain_record(0)) };
        let mut found = instance(state, vec![running]);
        found.terminating_since = Answer::Unasked;
        let decide =
            |found: &Instance| decide(found, &Triggers::default(), &settings(), at(90_000));
        let question = Decision::Read(vec![Question::TerminatingSince]);
        assert_eq!(decide(&found), question);
        for (since, ends) in [
            (Answer::Known(Some(at(82_801))), false),
            (Answer::Known(Some(at(82_800))), true),
            (Answer::Known(None), true),
            (Answer::Failed, true),
        ] {
            found.terminating_since = since;
            let Decision::Plan(plan) = decide(&found) else { panic!("{since:?}") };
            assert_eq!(complete(&plan).is_some(), ends, "{since:?}");
        }
    }
}

#[test]
fn standalone_tasks_are_stopped_at_the_deadline_only_if_so_set() {
    let found = left(vec![task("s", "service:web", false), task("f", "family:job", false)]);
    let stop = Settings { standalone: Standalone::Stop, ..settings() };
    let stopping = Action::StopTasks { arns: vec![TaskArn::from_aws("f")] };
    let reported = plan(&found, &net(), &stop, at(7200));
    assert!(reported.actions.contains(&stopping));
    assert_eq!((complete(&reported), reported.again), (None, Some(DelayClass::Soon)));
    assert!(!plan(&found, &net(), &stop, at(7199)).actions.contains(&stopping));
    assert!(complete(&plan(&found, &net(), &stop, at(7650))).is_some());
    assert!(complete(&plan(&found, &net(), &settings(), at(7200))).is_some());
}

#[test]
fn tasks_being_stopped_have_a_grace_at_the_deadline() {
    for standalone in [Standalone::Wait, Standalone::Stop] {
        let set = Settings { standalone, ..settings() };
        for group in ["service:log-router", "family:job"] {
            let found = left(vec![task("s", "service:web", false), task("t", group, true)]);
            for seconds in [7200, 7649] {
                let waiting = plan(&found, &net(), &set, at(seconds));
                assert_eq!((complete(&waiting), waiting.again), (None, Some(DelayClass::Soon)));
                assert!(!waiting.actions.iter().any(|a| matches!(a, Action::StopTasks { .. })));
            }
            assert!(complete(&plan(&found, &net(), &set, at(7650))).is_some());
        }
        let running = left(vec![task("s", "service:web", false)]);
        assert!(complete(&plan(&running, &net(), &set, at(7200))).is_some());
    }
}

#[test]
fn a_service_task_has_a_minute_of_the_grace_after_another_stopped() {
    let stopped = |seconds, tasks| {
        let mut found = left(tasks);
        let Answer::Known(tasks) = &mut found.registrations[0].tasks else { panic!("not read") };
        tasks.last_stop = Some(at(seconds));
        found
    };
    let daemon = || vec![task("d", "service:log-router", false)];
    let found = stopped(7230, daemon());
    assert_eq!(complete(&plan(&found, &net(), &settings(), at(7289))), None);
    assert!(complete(&plan(&found, &net(), &settings(), at(7290))).is_some());
    let late = stopped(7640, daemon());
    assert!(complete(&plan(&late, &net(), &settings(), at(7650))).is_some());
    let standalone = stopped(7230, vec![task("f", "family:job", false)]);
    assert!(complete(&plan(&standalone, &net(), &settings(), at(7231))).is_some());
}

#[test]
fn tasks_that_aws_does_not_report_hold_a_drain_until_the_grace_is_over() {
    let failed = Registration { tasks: Answer::Failed, ..draining(2, drain_record(0)) };
    let found = instance("Terminating:Wait", vec![failed]);
    for standalone in [Standalone::Wait, Standalone::Stop] {
        let set = Settings { standalone, ..settings() };
        let waiting = plan(&found, &net(), &set, at(7649));
        assert_eq!((complete(&waiting), waiting.again), (None, Some(DelayClass::Soon)));
        assert!(complete(&plan(&found, &net(), &set, at(7650))).is_some());
    }
}

#[test]
fn a_drain_that_waits_at_its_deadline_reads_no_tasks_for_a_grace() {
    let found = instance("Terminating:Wait", vec![draining(1, drain_record(0))]);
    let waits = Settings { at_deadline: AtDeadline::Wait, ..settings() };
    let waiting = plan(&found, &Triggers::default(), &waits, at(7200));
    assert_eq!((complete(&waiting), waiting.again), (None, Some(DelayClass::Later)));
}

#[test]
fn an_agent_that_stays_away_is_given_up_only_if_so_set() {
    let away = |drain_record| {
        let gone = Registration { agent_connected: false, ..draining(1, drain_record) };
        instance("Terminating:Wait", vec![gone])
    };
    let give_up = Settings { agent_gone: Some(Duration::minutes(10)), ..settings() };
    let recorded = drain_record(0).agent_gone_since(Some(at(60)));
    let seen = plan(&away(drain_record(0)), &Triggers::default(), &give_up, at(60));
    assert_eq!(seen.actions, [Action::DrainRecord { arn: ci(), drain_record: recorded }]);
    assert_eq!(complete(&plan(&away(recorded), &Triggers::default(), &give_up, at(659))), None);
    let over = plan(&away(recorded), &Triggers::default(), &give_up, at(660));
    assert!(matches!(over.verdict, Verdict::Ended { end: End::AgentGone, .. }));
    assert_eq!(complete(&plan(&away(recorded), &Triggers::default(), &settings(), at(660))), None);

    let back = instance("Terminating:Wait", vec![draining(1, recorded)]);
    let seen = plan(&back, &Triggers::default(), &give_up, at(660));
    assert_eq!(seen.actions, [Action::DrainRecord { arn: ci(), drain_record: drain_record(0) }]);
}

#[test]
fn an_agent_that_an_event_says_is_back_is_not_given_up() {
    let recorded = drain_record(0).agent_gone_since(Some(at(60)));
    let gone = Registration { agent_connected: false, ..draining(0, recorded) };
    let found = instance("Terminating:Wait", vec![gone]);
    let give_up = Settings { agent_gone: Some(Duration::minutes(10)), ..settings() };
    let reported = Triggers { connected: [ci()].into(), ..Triggers::default() };
    let seen = plan(&found, &reported, &give_up, at(700));
    assert_eq!((complete(&seen), seen.again), (None, Some(DelayClass::Soon)));
}

#[test]
fn an_action_that_is_done_while_another_hook_waits_is_left_alone() {
    let found = instance("Terminating:Wait", vec![draining(0, drain_record(0).done())]);
    let plan = plan(&found, &net(), &settings(), at(9000));
    assert_eq!(plan.verdict, Verdict::LeftAlone(LeftAlone::AnotherHook));
    assert_eq!((plan.actions.len(), plan.again), (0, None));
}

#[test]
fn without_a_drain_record_the_start_of_termination_counts() {
    let full = Registration { record_refused: true, ..registration(Status::Draining, 0) };
    let mut found = instance("Terminating:Wait", vec![full]);
    found.terminating_since = Answer::Unasked;
    assert_eq!(
        decide(&found, &net(), &settings(), at(0)),
        Decision::Read(vec![Question::TerminatingSince])
    );
    found.terminating_since = Answer::Known(Some(at(0)));
    let mut seen = |read_at, tasks_at| {
        found.read_at = at(read_at);
        found.registrations[0].tasks = tasks(Vec::new(), tasks_at);
        plan(&found, &net(), &settings(), at(100))
    };
    let waiting = seen(10, 59);
    assert!(beats(&waiting) && complete(&waiting).is_none());
    assert_eq!(waiting.believed_from, Some(at(60)));
    assert!(complete(&seen(10, 60)).is_some());
    assert_eq!(seen(70, 74).believed_from, Some(at(75)));
    assert!(complete(&seen(70, 75)).is_some());
}

#[test]
fn a_drain_record_that_cannot_be_changed_holds_no_instance() {
    let seen = |tasks_at| {
        let tasks = tasks(Vec::new(), tasks_at);
        let refused = Registration { record_refused: true, tasks, ..draining(0, drain_record(0)) };
        let found = Instance { read_at: at(20), ..instance("Terminating:Wait", vec![refused]) };
        plan(&found, &net(), &settings(), at(60))
    };
    assert_eq!((seen(24).actions.len(), seen(24).believed_from), (0, Some(at(25))));
    assert!(complete(&seen(25)).is_some());
}

#[test]
fn a_spot_drain_that_a_hook_takes_over_starts_again() {
    let found =
        instance("Terminating:Wait", vec![draining(1, DrainRecord::new(Cause::Spot, at(0)))]);
    let plan = plan(&found, &Triggers::default(), &settings(), at(100));
    assert_eq!(plan.actions, [Action::DrainRecord { arn: ci(), drain_record: drain_record(100) }]);
}

#[test]
fn a_drain_of_15_minutes_is_explained_at_the_next_requeue() {
    let found = instance("Terminating:Wait", vec![draining(1, drain_record(0))]);
    assert!(matches!(decide(&found, &net(), &settings(), at(899)), Decision::Plan(_)));
    assert_eq!(
        decide(&found, &net(), &settings(), at(900)),
        Decision::Read(vec![Question::Tasks { arn: ci(), stopping_only: false }])
    );
    let stuck = plan(&found, &Triggers::default(), &settings(), at(900));
    assert!(matches!(stuck.verdict, Verdict::Waiting(Drain { stuck: true, .. })));
}

#[test]
fn failed_reads_are_retried_soon() {
    let failed = Registration { tasks: Answer::Failed, ..draining(0, drain_record(0)) };
    let plan = plan(&instance("Terminating:Wait", vec![failed]), &net(), &settings(), at(60));
    assert_eq!((complete(&plan), plan.again), (None, Some(DelayClass::Soon)));
}

#[test]
fn a_new_drain_without_counted_tasks_is_requeued_soon() {
    let again = |registration: Registration| {
        let found = instance("Terminating:Wait", vec![registration]);
        plan(&found, &Triggers::default(), &settings(), at(0)).again
    };
    assert_eq!(again(registration(Status::Active, 0)), Some(DelayClass::Soon));
    assert_eq!(again(registration(Status::Draining, 0)), Some(DelayClass::Soon));
    assert_eq!(again(registration(Status::Active, 1)), Some(DelayClass::Later));
    assert_eq!(again(draining(0, idle())), Some(DelayClass::Later));
    assert_eq!(again(registration(Status::Registering, 1)), Some(DelayClass::Soon));
}

#[test]
fn an_event_about_an_agent_contradicts_only_a_read_that_says_otherwise() {
    let reported = Triggers { connected: [ci()].into(), ..Triggers::default() };
    let again = |agent_connected| {
        let read = Registration { agent_connected, ..draining(2, drain_record(0)) };
        plan(&instance("Terminating:Wait", vec![read]), &reported, &settings(), at(60)).again
    };
    assert_eq!(again(true), Some(DelayClass::Later));
    assert_eq!(again(false), Some(DelayClass::Soon));
}

#[test]
fn a_heartbeat_keeps_the_drain_records_of_this_reconcile() {
    let second = |drain_record: DrainRecord| Registration {
        arn: ContainerInstanceArn::from_aws("second"),
        ..draining(1, drain_record)
    };
    let found = instance(
        "Terminating:Wait",
        vec![registration(Status::Active, 1), second(drain_record(5))],
    );
    let due = plan(&found, &Triggers::default(), &settings(), at(3000));
    let beat = due.actions.iter().find_map(|action| match action {
        Action::Heartbeat { drain_records, .. } => Some(drain_records.clone()),
        _ => None,
    });
    let set = drain_record(5).set_at(at(3000)).beat_now(at(3000));
    let expected = [
        (ci(), set),
        (ContainerInstanceArn::from_aws("second"), drain_record(5).beat_now(at(3000))),
    ];
    assert_eq!(beat.unwrap(), expected);
}

use std::collections::BTreeSet;

use tick::Pace;
use time::Duration;

use super::{beats, complete, draining, emptied, idle};
use crate::decide::*;
use crate::fixtures::{at, instance, net, note, plan, registration, settings, task};
use crate::hints::Hints;
use crate::note::{Cause, Note};
use crate::seen::{Answer, Instance, Registration, Status, Task};
use crate::settings::{AtDeadline, Standalone};

#[test]
fn a_waiting_instance_is_noted_and_set_draining_even_when_nothing_runs() {
    for counted in [0, 4] {
        let found = instance("Terminating:Wait", vec![registration(Status::Active, counted)]);
        let plan = plan(&found, &Hints::default(), &settings(), at(0));
        let arn = "ci".to_owned();
        assert_eq!(plan.actions, [Action::SetDraining { arn, note: Some(note(0)) }]);
        assert!(matches!(plan.verdict, Verdict::Started(drain) if drain.tasks == counted));
        assert_eq!(plan.again, Some(if counted == 0 { Pace::Soon } else { Pace::Later }));
    }
}

#[test]
fn every_terminating_wait_state_is_drained() {
    for state in [
        "Terminating:Wait",
        "Warmed:Pending:Wait",
        "Warmed:Terminating:Wait",
        "ReplacingRootVolume:Wait",
    ] {
        let found = instance(state, vec![registration(Status::Active, 1)]);
        assert_eq!(plan(&found, &Hints::default(), &settings(), at(0)).actions.len(), 1, "{state}");
    }
}

#[test]
fn an_instance_found_draining_without_its_note_is_adopted() {
    let found = instance("Terminating:Wait", vec![registration(Status::Draining, 2)]);
    let plan = plan(&found, &Hints::default(), &settings(), at(0));
    assert_eq!(plan.actions, [Action::Note { arn: "ci".to_owned(), note: note(0) }]);
}

#[test]
fn an_instance_set_active_behind_our_back_is_set_draining_again() {
    let active = Registration { note: Some(note(0)), ..registration(Status::Active, 0) };
    let found = instance("Terminating:Wait", vec![active]);
    let first = plan(&found, &net(), &settings(), at(100));
    let Action::SetDraining { note: Some(note), .. } = first.actions[0].clone() else {
        panic!("{first:?}")
    };
    assert_eq!((note.set(), note.idle), (at(100), None));
}

#[test]
fn counts_of_zero_are_believed_from_five_seconds_on_and_looked_at_closely() {
    let unread = instance("Terminating:Wait", vec![draining(0, note(0))]);
    assert_eq!(
        decide(&unread, &net(), &settings(), at(10)),
        Decision::LookCloser(vec![Question::Tasks { arn: "ci".to_owned(), stopping_only: true }])
    );
    let tasks = Answer::Known(Vec::new());
    let seen = instance("Terminating:Wait", vec![Registration { tasks, ..draining(0, note(0)) }]);
    let first = plan(&seen, &net(), &settings(), at(10));
    assert_eq!(first.actions, [Action::Note { arn: "ci".to_owned(), note: idle() }]);
    assert_eq!(first.again, Some(Pace::Soon));
    let early = plan(&emptied(Vec::new()), &net(), &settings(), at(14));
    assert_eq!((complete(&early), early.again), (None, Some(Pace::Soon)));
    assert!(complete(&plan(&emptied(Vec::new()), &net(), &settings(), at(15))).is_some());
}

#[test]
fn since_when_the_counts_are_zero_an_event_of_this_drain_may_tell() {
    let told_at = |seconds| {
        let empty = [("ci".to_owned(), Some(at(seconds)))].into();
        let hints = Hints { empty, ..Hints::default() };
        let stopping = Answer::Known(vec![task("t", "service:web", true)]);
        let set = note(0).set_at(at(50));
        let seen = Registration { tasks: stopping, ..draining(0, set) };
        let plan = plan(&instance("Terminating:Wait", vec![seen]), &hints, &settings(), at(100));
        assert_eq!(plan.again, Some(Pace::Later));
        match plan.actions.as_slice() {
            [Action::Note { note, .. }] => note.idle,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(told_at(97), Some(at(97)));
    assert_eq!(told_at(49), Some(at(100)), "of an earlier drain");
    assert_eq!(told_at(101), Some(at(100)), "of a clock that is ahead");
}

#[test]
fn an_instance_that_no_event_speaks_of_is_left_to_the_net() {
    let found = instance("Terminating:Wait", vec![draining(0, idle())]);
    let waiting = plan(&found, &Hints::default(), &settings(), at(60));
    assert_eq!((waiting.actions.len(), waiting.again), (0, Some(Pace::Later)));
    let empty = [("ci".to_owned(), None)].into();
    let hints = Hints { empty, ..Hints::default() };
    assert!(matches!(decide(&found, &hints, &settings(), at(60)), Decision::LookCloser(_)));
}

#[test]
fn stopping_tasks_hold_the_instance_and_the_last_one_lets_it_go() {
    let waiting =
        plan(&emptied(vec![task("t", "service:web", true)]), &net(), &settings(), at(400));
    assert_eq!((complete(&waiting), waiting.again), (None, Some(Pace::Later)));
    let over = plan(&emptied(Vec::new()), &net(), &settings(), at(400));
    assert_eq!((complete(&over), over.again), (Some(ActionResult::Continue), None));
    assert!(matches!(over.verdict, Verdict::Ended { end: End::Drained, tasks: 0, .. }));
}

#[test]
fn two_registrations_are_both_drained_and_both_must_be_empty() {
    let old = Registration { arn: "old".to_owned(), ..draining(1, note(0)) };
    let new = Registration { tasks: Answer::Known(Vec::new()), ..draining(0, idle()) };
    let found = instance("Terminating:Wait", vec![old, new]);
    assert_eq!(complete(&plan(&found, &net(), &settings(), at(400))), None);
}

#[test]
fn a_registration_that_ecs_is_done_with_holds_nothing() {
    let gone = Registration { arn: "old".to_owned(), ..registration(Status::Gone, 3) };
    let new = Registration { tasks: Answer::Known(Vec::new()), ..draining(0, idle()) };
    let found = instance("Terminating:Wait", vec![gone, new]);
    assert!(complete(&plan(&found, &net(), &settings(), at(400))).is_some());
}

#[test]
fn an_instance_still_registering_is_looked_at_again_soon() {
    let found = instance("Terminating:Wait", vec![registration(Status::Registering, 0)]);
    let plan = plan(&found, &net(), &settings(), at(0));
    assert_eq!((plan.actions.len(), plan.again), (0, Some(Pace::Soon)));
}

#[test]
fn an_event_that_a_read_contradicts_is_looked_at_again_soon() {
    let found = instance("Terminating:Wait", vec![draining(1, note(0))]);
    let empty = Hints { empty: [("ci".to_owned(), None)].into(), ..Hints::default() };
    assert_eq!(plan(&found, &empty, &settings(), at(60)).again, Some(Pace::Soon));

    let stopped = |task: &str| Hints {
        stopped: [("ci".to_owned(), BTreeSet::from([task.to_owned()]))].into(),
        ..Hints::default()
    };
    let found = emptied(vec![task("t", "service:web", true)]);
    assert_eq!(plan(&found, &stopped("t"), &settings(), at(60)).again, Some(Pace::Soon));
    assert_eq!(plan(&found, &stopped("other"), &settings(), at(60)).again, Some(Pace::Later));

    let noticed = Hints { terminating: BTreeSet::from(["i-1".to_owned()]), ..Hints::default() };
    for state in ["InService", "Terminating"] {
        let found = instance(state, vec![registration(Status::Active, 1)]);
        assert_eq!(plan(&found, &noticed, &settings(), at(0)).again, Some(Pace::Soon), "{state}");
        assert_eq!(plan(&found, &net(), &settings(), at(0)).again, None, "{state}");
    }
}

#[test]
fn heartbeats_are_recorded_only_when_due() {
    let look = |settings: &Settings, note, seconds| {
        let found = instance("Terminating:Wait", vec![draining(1, note)]);
        plan(&found, &Hints::default(), settings, at(seconds))
    };
    let usual = settings();
    // 1800 s of timeout, less two runs of the schedule, less one before the first look.
    assert!(!beats(&look(&usual, note(0), 899)));
    assert!(beats(&look(&usual, note(0), 900)));
    let beaten = note(0).beat_now(at(900));
    assert!(!beats(&look(&usual, beaten, 900 + 1199)));
    let again = look(&usual, beaten, 900 + 1200);
    assert!(beats(&again));
    let notes = vec![("ci".to_owned(), beaten.beat_now(at(2100)))];
    let group = "demo-group".to_owned();
    assert!(again.actions.contains(&Action::Heartbeat { group, notes }));

    // The schedule is too slow for this hook: less two ticks.
    let short =
        Settings { heartbeat: Duration::seconds(899), later: Duration::seconds(240), ..settings() };
    assert!(!beats(&look(&short, beaten, 900 + 418)));
    assert!(beats(&look(&short, beaten, 900 + 419)));
}

#[test]
fn at_its_deadline_a_drain_goes_as_set() {
    let tasks = Answer::Known(vec![task("t", "service:web", false)]);
    let running = Registration { tasks, ..draining(1, note(0)) };
    let found = instance("Terminating:Wait", vec![running]);
    let look = |at_deadline, seconds| {
        let settings = Settings { at_deadline, ..settings() };
        plan(&found, &Hints::default(), &settings, at(seconds))
    };
    assert_eq!(complete(&look(AtDeadline::Continue, 7199)), None);
    for (setting, result) in [
        (AtDeadline::Continue, Some(ActionResult::Continue)),
        (AtDeadline::Abandon, Some(ActionResult::Abandon)),
        (AtDeadline::Wait, None),
    ] {
        let plan = look(setting, 7200);
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

/// A drain that began at 0, with these tasks left.
fn left(tasks: Vec<Task>) -> Instance {
    let tasks = Answer::Known(tasks);
    instance("Terminating:Wait", vec![Registration { tasks, ..draining(2, note(0)) }])
}

#[test]
fn a_note_of_an_earlier_termination_ends_no_drain() {
    for state in ["Terminating:Wait", "Warmed:Pending:Wait"] {
        let tasks = Answer::Known(vec![task("t", "service:web", false)]);
        let running = Registration { tasks, ..draining(1, note(0)) };
        let mut found = instance(state, vec![running]);
        found.terminating_since = Answer::Unasked;
        let decide = |found: &Instance| decide(found, &Hints::default(), &settings(), at(90_000));
        let question = Decision::LookCloser(vec![Question::TerminatingSince]);
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
    let stopping = Action::StopTasks { arns: vec!["f".to_owned()] };
    let told = plan(&found, &net(), &stop, at(7200));
    assert!(told.actions.contains(&stopping));
    assert_eq!((complete(&told), told.again), (None, Some(Pace::Soon)));
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
                assert_eq!((complete(&waiting), waiting.again), (None, Some(Pace::Soon)));
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
        found.registrations[0].last_stop = Some(at(seconds));
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
    let failed = Registration { tasks: Answer::Failed, ..draining(2, note(0)) };
    let found = instance("Terminating:Wait", vec![failed]);
    for standalone in [Standalone::Wait, Standalone::Stop] {
        let set = Settings { standalone, ..settings() };
        let waiting = plan(&found, &net(), &set, at(7649));
        assert_eq!((complete(&waiting), waiting.again), (None, Some(Pace::Soon)));
        assert!(complete(&plan(&found, &net(), &set, at(7650))).is_some());
    }
}

#[test]
fn a_drain_that_waits_at_its_deadline_reads_no_tasks_for_a_grace() {
    let found = instance("Terminating:Wait", vec![draining(1, note(0))]);
    let waits = Settings { at_deadline: AtDeadline::Wait, ..settings() };
    let waiting = plan(&found, &Hints::default(), &waits, at(7200));
    assert_eq!((complete(&waiting), waiting.again), (None, Some(Pace::Later)));
}

#[test]
fn an_agent_that_stays_away_is_given_up_only_if_so_set() {
    let away = |note| {
        let gone = Registration { agent_connected: false, ..draining(1, note) };
        instance("Terminating:Wait", vec![gone])
    };
    let give_up = Settings { agent_gone: Some(Duration::minutes(10)), ..settings() };
    let noted = note(0).agent_gone_since(Some(at(60)));
    let seen = plan(&away(note(0)), &Hints::default(), &give_up, at(60));
    assert_eq!(seen.actions, [Action::Note { arn: "ci".to_owned(), note: noted }]);
    assert_eq!(complete(&plan(&away(noted), &Hints::default(), &give_up, at(659))), None);
    let over = plan(&away(noted), &Hints::default(), &give_up, at(660));
    assert!(matches!(over.verdict, Verdict::Ended { end: End::AgentGone, .. }));
    assert_eq!(complete(&plan(&away(noted), &Hints::default(), &settings(), at(660))), None);

    let back = instance("Terminating:Wait", vec![draining(1, noted)]);
    let seen = plan(&back, &Hints::default(), &give_up, at(660));
    assert_eq!(seen.actions, [Action::Note { arn: "ci".to_owned(), note: note(0) }]);
}

#[test]
fn an_agent_that_an_event_says_is_back_is_not_given_up() {
    let noted = note(0).agent_gone_since(Some(at(60)));
    let gone = Registration { agent_connected: false, ..draining(0, noted) };
    let found = instance("Terminating:Wait", vec![gone]);
    let give_up = Settings { agent_gone: Some(Duration::minutes(10)), ..settings() };
    let told = Hints { connected: ["ci".to_owned()].into(), ..Hints::default() };
    let seen = plan(&found, &told, &give_up, at(700));
    assert_eq!((complete(&seen), seen.again), (None, Some(Pace::Soon)));
}

#[test]
fn an_action_that_is_done_while_another_hook_waits_is_left_alone() {
    let found = instance("Terminating:Wait", vec![draining(0, note(0).done())]);
    let plan = plan(&found, &net(), &settings(), at(9000));
    assert_eq!(plan.verdict, Verdict::LeftAlone(LeftAlone::AnotherHook));
    assert_eq!((plan.actions.len(), plan.again), (0, None));
}

#[test]
fn without_room_for_a_note_the_termination_itself_says_since_when() {
    let full = Registration { unnotable: true, ..registration(Status::Draining, 0) };
    let mut found = instance("Terminating:Wait", vec![full]);
    found.terminating_since = Answer::Unasked;
    assert_eq!(
        decide(&found, &net(), &settings(), at(0)),
        Decision::LookCloser(vec![Question::TerminatingSince])
    );
    found.terminating_since = Answer::Known(Some(at(0)));
    found.registrations[0].tasks = Answer::Known(Vec::new());
    let waiting = plan(&found, &net(), &settings(), at(59));
    assert!(beats(&waiting) && complete(&waiting).is_none());
    assert_eq!(
        decide(&found, &net(), &settings(), at(60)),
        Decision::LookCloser(vec![Question::TasksLater { arn: "ci".to_owned() }])
    );
    found.registrations[0].confirmed = true;
    assert!(complete(&plan(&found, &net(), &settings(), at(60))).is_some());
}

#[test]
fn a_note_that_can_no_longer_be_changed_holds_no_instance() {
    let tasks = Answer::Known(Vec::new());
    let refused = Registration { unnotable: true, tasks, ..draining(0, note(0)) };
    let mut found = instance("Terminating:Wait", vec![refused]);
    assert!(matches!(decide(&found, &net(), &settings(), at(60)), Decision::LookCloser(_)));
    found.registrations[0].confirmed = true;
    assert!(complete(&plan(&found, &net(), &settings(), at(60))).is_some());
}

#[test]
fn a_spot_drain_that_a_hook_takes_over_begins_anew() {
    let found = instance("Terminating:Wait", vec![draining(1, Note::new(Cause::Spot, at(0)))]);
    let plan = plan(&found, &Hints::default(), &settings(), at(100));
    assert_eq!(plan.actions, [Action::Note { arn: "ci".to_owned(), note: note(100) }]);
}

#[test]
fn a_drain_of_a_quarter_of_an_hour_is_explained_when_the_net_comes_round() {
    let found = instance("Terminating:Wait", vec![draining(1, note(0))]);
    assert!(matches!(decide(&found, &net(), &settings(), at(899)), Decision::Plan(_)));
    assert_eq!(
        decide(&found, &net(), &settings(), at(900)),
        Decision::LookCloser(vec![Question::Tasks { arn: "ci".to_owned(), stopping_only: false }])
    );
    let stuck = plan(&found, &Hints::default(), &settings(), at(900));
    assert!(matches!(stuck.verdict, Verdict::Waiting(Drain { stuck: true, .. })));
}

#[test]
fn what_aws_would_not_say_is_asked_again_soon() {
    let failed = Registration { tasks: Answer::Failed, ..draining(0, note(0)) };
    let plan = plan(&instance("Terminating:Wait", vec![failed]), &net(), &settings(), at(60));
    assert_eq!((complete(&plan), plan.again), (None, Some(Pace::Soon)));
}

#[test]
fn a_list_is_complete_once_the_counts_have_been_zero_for_longer_than_reads_lag() {
    let noted = draining(0, idle());
    assert!(!list_is_complete(&noted, at(14)));
    assert!(list_is_complete(&noted, at(15)));
    let not = [
        draining(1, idle()),
        draining(0, note(0)),
        registration(Status::Draining, 0),
        Registration { status: Status::Active, ..draining(0, idle()) },
        draining(0, Note { cause: Cause::Spot, ..idle() }),
    ];
    for registration in not {
        assert!(!list_is_complete(&registration, at(9000)), "{registration:?}");
    }
}

#[test]
fn a_drain_that_begins_where_nothing_is_counted_is_looked_at_soon() {
    let again = |registration: Registration| {
        let found = instance("Terminating:Wait", vec![registration]);
        plan(&found, &Hints::default(), &settings(), at(0)).again
    };
    assert_eq!(again(registration(Status::Active, 0)), Some(Pace::Soon));
    assert_eq!(again(registration(Status::Draining, 0)), Some(Pace::Soon));
    assert_eq!(again(registration(Status::Active, 1)), Some(Pace::Later));
    assert_eq!(again(draining(0, idle())), Some(Pace::Later));
    assert_eq!(again(registration(Status::Registering, 1)), Some(Pace::Soon));
}

#[test]
fn an_event_about_an_agent_contradicts_only_a_read_that_says_otherwise() {
    let told = Hints { connected: ["ci".to_owned()].into(), ..Hints::default() };
    let again = |agent_connected| {
        let read = Registration { agent_connected, ..draining(2, note(0)) };
        plan(&instance("Terminating:Wait", vec![read]), &told, &settings(), at(60)).again
    };
    assert_eq!(again(true), Some(Pace::Later));
    assert_eq!(again(false), Some(Pace::Soon));
}

#[test]
fn a_heartbeat_leaves_each_registration_the_note_that_this_look_gives_it() {
    let second = |note: Note| Registration { arn: "second".to_owned(), ..draining(1, note) };
    let found =
        instance("Terminating:Wait", vec![registration(Status::Active, 1), second(note(5))]);
    let due = plan(&found, &Hints::default(), &settings(), at(3000));
    let beat = due.actions.iter().find_map(|action| match action {
        Action::Heartbeat { notes, .. } => Some(notes.clone()),
        _ => None,
    });
    let set = note(5).set_at(at(3000)).beat_now(at(3000));
    let expected = [("ci".to_owned(), set), ("second".to_owned(), note(5).beat_now(at(3000)))];
    assert_eq!(beat.unwrap(), expected);
}

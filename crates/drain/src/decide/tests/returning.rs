use std::collections::BTreeSet;

use requeue::DelayClass;

use super::{complete, drained_to_return, draining, emptied, idle};
use crate::decide::*;
use crate::drain_record::{Cause, DrainRecord};
use crate::fixtures::{at, ci, drain_record, id, instance, net, plan, registration, settings};
use crate::seen::{Answer, Instance, Registration, Status};
use crate::triggers::Triggers;

#[test]
fn a_spot_interruption_drains_at_once_and_is_undone_when_it_does_not_take_place() {
    let announced = Triggers { interrupted: BTreeSet::from([id()]), ..Triggers::default() };
    let spot = DrainRecord::new(Cause::Spot, at(0));
    let found = instance("InService", vec![registration(Status::Active, 3)]);
    let started = plan(&found, &announced, &settings(), at(0));
    let arn = ci();
    assert_eq!(
        started.actions,
        [
            Action::DrainRecord { arn: arn.clone(), drain_record: spot },
            Action::SetDraining { arn: arn.clone(), drain_record: None }
        ]
    );
    let found = instance("InService", vec![draining(0, spot)]);
    let waiting = plan(&found, &net(), &settings(), at(599));
    assert_eq!((waiting.actions.len(), waiting.again), (0, Some(DelayClass::Later)));
    let spared = plan(&found, &net(), &settings(), at(600));
    assert_eq!(
        spared.actions,
        [Action::SetActive { arn: arn.clone() }, Action::Forget { arn: arn.clone() }]
    );
    let half_done = Registration { drain_record: Some(spot), ..registration(Status::Active, 3) };
    let found = instance("InService", vec![half_done]);
    let mended = plan(&found, &net(), &settings(), at(60));
    assert_eq!(mended.actions, [Action::SetDraining { arn, drain_record: None }]);
}

#[test]
fn a_manual_drain_is_never_touched() {
    let announced =
        Triggers { interrupted: BTreeSet::from([id()]), net: true, ..Triggers::default() };
    let found = instance("InService", vec![registration(Status::Draining, 0)]);
    let plan = plan(&found, &announced, &settings(), at(9000));
    assert_eq!(plan.verdict, Verdict::LeftAlone(LeftAlone::DrainedByHand));
    assert_eq!((plan.actions.len(), plan.again), (0, None));
}

#[test]
fn an_instance_that_came_back_is_active_again_only_if_draining_by_us_and_in_service() {
    let back = vec![draining(0, drain_record(0))];
    let in_service = instance("InService", back.clone());
    assert!(plan(&in_service, &net(), &settings(), at(59)).actions.is_empty());
    let returned = plan(&in_service, &net(), &settings(), at(60));
    assert_eq!(returned.verdict, Verdict::Returned);
    assert_eq!(returned.actions[0], Action::SetActive { arn: ci() });
    for (state, again) in [
        ("Pending", Some(DelayClass::Soon)),
        ("Pending:Wait", Some(DelayClass::Later)),
        ("Warmed:Stopped", None),
        ("Standby", None),
    ] {
        let plan = plan(&instance(state, back.clone()), &net(), &settings(), at(9000));
        assert_eq!((plan.actions.len(), plan.again), (0, again), "{state}");
    }
}

#[test]
fn an_instance_set_active_in_the_pool_loses_its_drain_record() {
    let active = Registration { status: Status::Active, ..draining(0, idle()) };
    let warm = plan(&instance("Warmed:Stopped", vec![active]), &net(), &settings(), at(9000));
    assert_eq!(warm.actions, [Action::Forget { arn: ci() }]);
}

#[test]
fn a_later_termination_of_the_same_instance_is_an_action_of_its_own() {
    let done = vec![draining(0, drain_record(0).done())];
    let warm = plan(&instance("Warmed:Stopped", done.clone()), &net(), &settings(), at(9000));
    assert_eq!(warm.actions, [Action::DrainRecord { arn: ci(), drain_record: drain_record(0) }]);
    for state in ["Terminating:Retained", "Warmed:Terminating:Retained"] {
        let kept = plan(&instance(state, done.clone()), &net(), &settings(), at(9000));
        assert_eq!(kept.actions, [Action::Forget { arn: ci() }], "{state}");
    }
}

#[test]
fn an_unregistered_instance_on_its_way_into_the_pool_is_left_alone() {
    let reported = Triggers { terminating: BTreeSet::from([id()]), ..net() };
    for registrations in [Vec::new(), vec![registration(Status::Gone, 0)]] {
        let found = instance("Warmed:Pending:Wait", registrations);
        let plan = plan(&found, &reported, &settings(), at(9000));
        assert_eq!(plan.verdict, Verdict::LeftAlone(LeftAlone::EnteringPool));
        assert_eq!((plan.actions.len(), plan.again), (0, None));
    }
}

#[test]
fn an_instance_prepared_for_the_pool_is_drained_once_and_active_again_in_service() {
    let registered = instance("Warmed:Pending:Wait", vec![registration(Status::Active, 0)]);
    let first = plan(&registered, &net(), &settings(), at(0));
    let arn = ci();
    assert_eq!(first.actions, drained_to_return());
    // Our hook does not hold it, so AWS answers our completion that the action is over.
    let over = drain_record(0).idle_at(at(10)).done();
    for state in ["Warmed:Pending:Wait", "Warmed:Pending:Proceed"] {
        let held = plan(&instance(state, vec![draining(0, over)]), &net(), &settings(), at(300));
        assert_eq!((held.actions.len(), held.again), (0, None), "{state}");
    }
    for rested in [over, DrainRecord { done: false, ..over }] {
        let serving = instance("InService", vec![draining(0, rested)]);
        let young = plan(&serving, &net(), &settings(), at(69));
        assert_eq!((young.actions.len(), young.again), (0, Some(DelayClass::Later)));
        let seen = plan(&serving, &net(), &settings(), at(70));
        let back = rested.back_at(at(70));
        assert_eq!(seen.actions, [Action::DrainRecord { arn: arn.clone(), drain_record: back }]);
        assert_eq!(seen.again, Some(DelayClass::Soon));
        let serving = instance("InService", vec![draining(0, back)]);
        let lately = plan(&serving, &net(), &settings(), at(74));
        assert_eq!((lately.actions.len(), lately.again), (0, Some(DelayClass::Soon)));
        let returned = plan(&serving, &net(), &settings(), at(75));
        assert_eq!(
            returned.actions,
            [Action::SetActive { arn: arn.clone() }, Action::Forget { arn: arn.clone() }]
        );
    }
}

#[test]
fn an_instance_that_is_terminated_as_soon_as_it_is_back_is_not_believed_to_be_empty() {
    let found = emptied(Vec::new());
    let drain_record = found.registrations[0].drain_record.unwrap().back_at(at(400));
    let back = Registration { drain_record: Some(drain_record), ..found.registrations[0].clone() };
    let again = Instance { read_at: at(406), ..instance("Terminating:Wait", vec![back]) };
    let again = plan(&again, &net(), &settings(), at(406));
    assert_eq!(complete(&again), None);
    assert_eq!(
        again.actions[0],
        Action::DrainRecord { arn: ci(), drain_record: drain_record.idle_at(at(406)) }
    );
}

#[test]
fn a_notified_instance_that_no_read_shows_is_requeued_soon() {
    let reported = Triggers { terminating: BTreeSet::from([id()]), ..Triggers::default() };
    let nowhere =
        |registrations| Instance { member: Answer::Known(None), ..instance("", registrations) };
    let registered = nowhere(vec![registration(Status::Active, 2)]);
    let soon = plan(&registered, &reported, &settings(), at(0));
    assert_eq!((soon.verdict, soon.again), (Verdict::InTransit, Some(DelayClass::Soon)));
    for (found, triggers) in [
        (&registered, &net()),
        (&nowhere(vec![registration(Status::Gone, 0)]), &reported),
        (&nowhere(Vec::new()), &reported),
    ] {
        let left = plan(found, triggers, &settings(), at(0));
        assert_eq!(left.verdict, Verdict::LeftAlone(LeftAlone::NotInGroup));
        assert_eq!(left.again, None);
    }
}

#[test]
fn a_read_that_shows_no_wait_state_yet_is_behind_a_notification() {
    let reported = Triggers { terminating: BTreeSet::from([id()]), ..Triggers::default() };
    for state in [
        "InService",
        "Pending",
        "Pending:Wait",
        "Terminating",
        "Warmed:Pending",
        "Warmed:Stopped",
        "Warmed:Terminating",
    ] {
        for registrations in [Vec::new(), vec![registration(Status::Active, 2)]] {
            let found = instance(state, registrations);
            let soon = plan(&found, &reported, &settings(), at(0));
            assert_eq!((soon.actions.len(), soon.again), (0, Some(DelayClass::Soon)), "{state}");
            assert_eq!(plan(&found, &net(), &settings(), at(0)).again, None, "{state}");
        }
    }
}

#[test]
fn an_instance_of_no_group_of_ours_is_left_alone() {
    let found = Instance { member: Answer::Known(None), ..emptied(Vec::new()) };
    let plan = plan(&found, &net(), &settings(), at(9000));
    assert_eq!(plan.verdict, Verdict::LeftAlone(LeftAlone::NotInGroup));
    assert!(plan.actions.is_empty());
}

#[test]
fn what_serves_and_was_not_announced_is_left_alone_by_the_name_of_what_it_does() {
    for (status, why) in
        [(Status::Draining, LeftAlone::DrainedByHand), (Status::Active, LeftAlone::InService)]
    {
        let found = instance("InService", vec![registration(status, 2)]);
        let plan = plan(&found, &net(), &settings(), at(9000));
        assert_eq!(plan.verdict, Verdict::LeftAlone(why));
    }
}

use aws_names::ContainerInstanceArn;

use super::draining;
use crate::decide::*;
use crate::drain_record::{Cause, DrainRecord};
use crate::fixtures::{at, ci, drain_record, instance, member, net, plan, registration, settings};
use crate::seen::{Answer, Instance, Registration, Status};
use crate::triggers::Triggers;

/// A container instance whose agent is disconnected.
fn away(drain_record: DrainRecord) -> Registration {
    Registration { agent_connected: false, ..draining(2, drain_record) }
}

/// An instance that is in none of our groups, with its remaining registrations.
fn left(registrations: Vec<Registration>) -> Instance {
    Instance { member: Answer::Known(None), ..instance("InService", registrations) }
}

fn decided(registration: Registration, seconds: i64) -> Plan {
    plan(&left(vec![registration]), &net(), &settings(), at(seconds))
}

fn gone(seconds: i64) -> DrainRecord {
    drain_record(0).agent_gone_since(Some(at(seconds)))
}

#[test]
fn a_ghost_is_recorded_first_and_deregistered_after_ten_minutes() {
    for cause in [Cause::Hook, Cause::Spot] {
        let of = |drain_record| DrainRecord { cause, ..drain_record };
        let first = decided(away(of(drain_record(0))), 100);
        let arn = ci();
        assert_eq!(
            first.actions,
            [Action::DrainRecord { arn: arn.clone(), drain_record: of(gone(100)) }]
        );
        assert_eq!(first.verdict, Verdict::Ghost { registrations: 1 });
        assert_eq!(decided(away(of(gone(100))), 699).actions, []);
        let last = decided(away(of(gone(100))), 700);
        assert_eq!(last.actions, [Action::Deregister { arn }]);
        for plan in [first, last] {
            assert_eq!(plan.again, None, "the next full resync continues");
        }
    }
    let active = Registration { status: Status::Active, ..away(gone(0)) };
    assert_eq!(decided(active, 600).actions.len(), 1);
}

#[test]
fn a_ghost_has_our_drain_record_and_no_agent() {
    let strange = Registration { drain_record: None, ..away(gone(0)) };
    let over = Registration { status: Status::Gone, ..away(gone(0)) };
    for registration in [strange, over, draining(0, drain_record(0))] {
        let plan = decided(registration, 9_000);
        assert_eq!(plan.verdict, Verdict::LeftAlone(LeftAlone::NotInGroup));
        assert_eq!((plan.actions.len(), plan.again), (0, None));
    }
}

#[test]
fn an_instance_of_a_group_is_no_ghost_in_any_state() {
    let states = [
        "Terminating:Wait",
        "InService",
        "Pending",
        "Terminating",
        "Terminating:Proceed",
        "Warmed:Stopped",
        "Terminating:Retained",
        "Standby",
    ];
    for state in states {
        let found = instance(state, vec![away(gone(0))]);
        let plan = plan(&found, &Triggers::default(), &settings(), at(3_000));
        let removes = |action: &Action| matches!(action, Action::Deregister { .. });
        assert!(!plan.actions.iter().any(removes), "{state}");
        assert!(!matches!(plan.verdict, Verdict::Ghost { .. }), "{state}");
    }
}

#[test]
fn what_any_group_has_is_no_ghost() {
    let found =
        |place: &Answer<_>| Instance { untagged: place.clone(), ..left(vec![away(gone(0))]) };
    let decided = |place: &Answer<_>, seconds| {
        let over = Instance { is_over: true, ..found(place) };
        [found(place), over].map(|found| decide(&found, &net(), &settings(), at(seconds)))
    };
    let asked = || Decision::Read(vec![Question::Place]);
    assert_eq!(decided(&Answer::Unasked, 600), [asked(), asked()]);
    let [unknown, over] = decided(&Answer::Unasked, 599);
    assert_eq!(unknown, asked(), "it may drain in a group without tags");
    assert_ne!(over, asked(), "a question costs a call");
    let removes = |place: &Answer<_>| match decided(place, 600) {
        [Decision::Plan(plan), _] => (plan.actions.len(), plan.verdict),
        [question, _] => panic!("{question:?}"),
    };
    let ghost = Verdict::Ghost { registrations: 1 };
    assert_eq!(removes(&Answer::Known(None)), (1, ghost.clone()));
    assert_eq!(removes(&Answer::Failed), (0, ghost));
    let elsewhere = |state| Answer::Known(Some(member(state)));
    assert!(!matches!(removes(&elsewhere("Standby")).1, Verdict::Ghost { .. }));
}

#[test]
fn an_agent_that_reconnects_resets_its_time_of_absence() {
    let back = decided(draining(0, gone(0)), 9_000);
    assert_eq!(back.actions, [Action::DrainRecord { arn: ci(), drain_record: drain_record(0) }]);
    assert_eq!(back.verdict, Verdict::LeftAlone(LeftAlone::NotInGroup));
    // An event reports it before a read does.
    let reported = Triggers { connected: [ci()].into(), ..net() };
    let reported = plan(&left(vec![away(gone(0))]), &reported, &settings(), at(9_000));
    assert_eq!(reported.actions, back.actions);
}

#[test]
fn each_registration_of_an_instance_is_judged_by_itself() {
    let old = away(gone(0));
    let new = Registration {
        arn: ContainerInstanceArn::from_aws("new"),
        ..registration(Status::Active, 3)
    };
    let plan = plan(&left(vec![old, new]), &net(), &settings(), at(600));
    assert_eq!(plan.actions, [Action::Deregister { arn: ci() }]);
    assert_eq!(plan.verdict, Verdict::Ghost { registrations: 1 });
}

#[test]
fn a_drain_record_that_cannot_be_changed_decides_on_a_ghost() {
    let refused = |drain_record| Registration { record_refused: true, ..away(drain_record) };
    assert_eq!(decided(refused(drain_record(0)), 9_000).actions, []);
    assert_eq!(decided(refused(gone(0)), 9_000).actions.len(), 1);
}

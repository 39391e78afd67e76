use super::draining;
use crate::decide::*;
use crate::fixtures::{at, instance, net, note, plan, registration, settings};
use crate::hints::Hints;
use crate::note::{Cause, Note};
use crate::seen::{Answer, Instance, Registration, Status};

/// A container instance without its agent.
fn away(note: Note) -> Registration {
    Registration { agent_connected: false, ..draining(2, note) }
}

/// What is left of an instance that is in none of our groups.
fn left(registrations: Vec<Registration>) -> Instance {
    Instance { member: None, ..instance("InService", registrations) }
}

fn decided(registration: Registration, seconds: i64) -> Plan {
    plan(&left(vec![registration]), &net(), &settings(), at(seconds))
}

fn gone(seconds: i64) -> Note {
    note(0).agent_gone_since(Some(at(seconds)))
}

#[test]
fn a_ghost_is_noted_first_and_deregistered_after_ten_minutes() {
    for cause in [Cause::Hook, Cause::Spot] {
        let of = |note| Note { cause, ..note };
        let first = decided(away(of(note(0))), 100);
        let arn = "ci".to_owned();
        assert_eq!(first.actions, [Action::Note { arn: arn.clone(), note: of(gone(100)) }]);
        assert_eq!(first.verdict, Verdict::Ghost { registrations: 1 });
        assert_eq!(decided(away(of(gone(100))), 699).actions, []);
        let last = decided(away(of(gone(100))), 700);
        assert_eq!(last.actions, [Action::Deregister { arn }]);
        for plan in [first, last] {
            assert_eq!(plan.again, None, "the next look at everything goes on");
        }
    }
    let active = Registration { status: Status::Active, ..away(gone(0)) };
    assert_eq!(decided(active, 600).actions.len(), 1);
}

#[test]
fn only_what_carries_our_note_and_has_no_agent_is_a_ghost() {
    let strange = Registration { note: None, ..away(gone(0)) };
    let over = Registration { status: Status::Gone, ..away(gone(0)) };
    for registration in [strange, over, draining(0, note(0))] {
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
        let plan = plan(&found, &Hints::default(), &settings(), at(3_000));
        let removes = |action: &Action| matches!(action, Action::Deregister { .. });
        assert!(!plan.actions.iter().any(removes), "{state}");
        assert!(!matches!(plan.verdict, Verdict::Ghost { .. }), "{state}");
    }
}

#[test]
fn what_any_group_has_is_no_ghost() {
    let found = |in_any_group| Instance { in_any_group, ..left(vec![away(gone(0))]) };
    let decided =
        |in_any_group, seconds| decide(&found(in_any_group), &net(), &settings(), at(seconds));
    let asked = Decision::LookCloser(vec![Question::InAnyGroup]);
    assert_eq!(decided(Answer::Unasked, 600), asked);
    assert_ne!(decided(Answer::Unasked, 599), asked, "a question costs a call");
    let removes = |in_any_group| match decided(in_any_group, 600) {
        Decision::Plan(plan) => (plan.actions.len(), plan.verdict),
        question => panic!("{question:?}"),
    };
    let ghost = Verdict::Ghost { registrations: 1 };
    assert_eq!(removes(Answer::Known(false)), (1, ghost.clone()));
    assert_eq!(removes(Answer::Failed), (0, ghost));
    assert_eq!(removes(Answer::Known(true)), (0, Verdict::LeftAlone(LeftAlone::NotInGroup)));
}

#[test]
fn an_agent_that_is_back_is_counted_anew_when_it_goes_again() {
    let back = decided(draining(0, gone(0)), 9_000);
    assert_eq!(back.actions, [Action::Note { arn: "ci".to_owned(), note: note(0) }]);
    assert_eq!(back.verdict, Verdict::LeftAlone(LeftAlone::NotInGroup));
    // An event says so before a read does.
    let told = Hints { connected: ["ci".to_owned()].into(), ..net() };
    let told = plan(&left(vec![away(gone(0))]), &told, &settings(), at(9_000));
    assert_eq!(told.actions, back.actions);
}

#[test]
fn each_registration_of_an_instance_is_judged_by_itself() {
    let old = away(gone(0));
    let new = Registration { arn: "new".to_owned(), ..registration(Status::Active, 3) };
    let plan = plan(&left(vec![old, new]), &net(), &settings(), at(600));
    assert_eq!(plan.actions, [Action::Deregister { arn: "ci".to_owned() }]);
    assert_eq!(plan.verdict, Verdict::Ghost { registrations: 1 });
}

#[test]
fn a_ghost_whose_note_cannot_be_changed_is_left_with_what_it_says() {
    let refused = |note| Registration { unnotable: true, ..away(note) };
    assert_eq!(decided(refused(note(0)), 9_000).actions, []);
    assert_eq!(decided(refused(gone(0)), 9_000).actions.len(), 1);
}

use std::collections::BTreeSet;

use tick::Pace;

use super::{draining, emptied};
use crate::decide::*;
use crate::fixtures::{at, instance, net, note, plan, registration, settings};
use crate::hints::Hints;
use crate::note::{Cause, Note};
use crate::seen::{Registration, Status};

#[test]
fn a_spot_interruption_drains_at_once_and_is_undone_when_it_does_not_take_place() {
    let announced = Hints { interrupted: BTreeSet::from(["i-1".to_owned()]), ..Hints::default() };
    let spot = Note::new(Cause::Spot, at(0));
    let found = instance("InService", vec![registration(Status::Active, 3)]);
    let started = plan(&found, &announced, &settings(), at(0));
    let arn = "ci".to_owned();
    assert_eq!(
        started.actions,
        [
            Action::Note { arn: arn.clone(), note: spot },
            Action::SetDraining { arn: arn.clone(), note: None }
        ]
    );
    let found = instance("InService", vec![draining(0, spot)]);
    let waiting = plan(&found, &net(), &settings(), at(599));
    assert_eq!((waiting.actions.len(), waiting.again), (0, Some(Pace::Later)));
    let spared = plan(&found, &net(), &settings(), at(600));
    assert_eq!(
        spared.actions,
        [Action::SetActive { arn: arn.clone() }, Action::Forget { arn: arn.clone() }]
    );
    let half_done = Registration { note: Some(spot), ..registration(Status::Active, 3) };
    let found = instance("InService", vec![half_done]);
    let mended = plan(&found, &net(), &settings(), at(60));
    assert_eq!(mended.actions, [Action::SetDraining { arn, note: None }]);
}

#[test]
fn a_manual_drain_is_never_touched() {
    let announced =
        Hints { interrupted: BTreeSet::from(["i-1".to_owned()]), net: true, ..Hints::default() };
    let found = instance("InService", vec![registration(Status::Draining, 0)]);
    let plan = plan(&found, &announced, &settings(), at(9000));
    assert_eq!(plan.verdict, Verdict::LeftAlone(LeftAlone::DrainedByHand));
    assert_eq!((plan.actions.len(), plan.again), (0, None));
}

#[test]
fn an_instance_that_came_back_is_active_again_only_if_draining_by_us_and_in_service() {
    let back = vec![draining(0, note(0))];
    let in_service = instance("InService", back.clone());
    assert!(plan(&in_service, &net(), &settings(), at(59)).actions.is_empty());
    let returned = plan(&in_service, &net(), &settings(), at(60));
    assert_eq!(returned.verdict, Verdict::Returned);
    assert_eq!(returned.actions[0], Action::SetActive { arn: "ci".to_owned() });
    for (state, again) in [
        ("Pending", Some(Pace::Soon)),
        ("Pending:Wait", Some(Pace::Later)),
        ("Warmed:Stopped", None),
        ("Standby", None),
    ] {
        let plan = plan(&instance(state, back.clone()), &net(), &settings(), at(9000));
        assert_eq!((plan.actions.len(), plan.again), (0, again), "{state}");
    }
}

#[test]
fn a_later_termination_of_the_same_instance_is_an_action_of_its_own() {
    let done = vec![draining(0, note(0).done())];
    let warm = plan(&instance("Warmed:Stopped", done.clone()), &net(), &settings(), at(9000));
    assert_eq!(warm.actions, [Action::Note { arn: "ci".to_owned(), note: note(0) }]);
    let kept = plan(&instance("Terminating:Retained", done), &net(), &settings(), at(9000));
    assert_eq!(kept.actions, [Action::Forget { arn: "ci".to_owned() }]);
}

#[test]
fn an_instance_of_no_group_of_ours_is_left_alone() {
    let found = Instance { member: None, ..emptied(Vec::new()) };
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

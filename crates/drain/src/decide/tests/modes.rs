use time::Duration;

use super::{beats, complete, draining, emptied};
use crate::decide::*;
use crate::drain_record::{Cause, DrainRecord};
use crate::fixtures::{
    at, drain_record, id, instance, net, plan, registration, settings, task, tasks,
};
use crate::seen::{Answer, Instance, Registration, Status};
use crate::settings::{AtDeadline, Settings, SettingsRecord};
use crate::triggers::Triggers;

/// The instance in a group with this mode.
fn in_mode(mode: Mode, found: Instance) -> Instance {
    let Answer::Known(Some(place)) = found.member else { panic!("{found:?}") };
    Instance { member: Answer::Known(Some(Member { mode, ..place })), ..found }
}

/// The instance in a group without our tags.
fn untagged(found: Instance) -> Instance {
    let Instance { member: untagged, .. } = in_mode(Mode::Off, found.clone());
    Instance { member: Answer::Known(None), untagged, ..found }
}

fn held() -> Instance {
    instance("Terminating:Wait", vec![registration(Status::Active, 1)])
}

const NOT_DRAINING: [Mode; 2] = [Mode::Observe, Mode::Off];

#[test]
fn outside_the_mode_drain_our_hook_must_hold_an_instance() {
    for mode in NOT_DRAINING {
        let found = |has_hook| Instance { has_hook, ..in_mode(mode, held()) };
        let decided = |has_hook| decide(&found(has_hook), &net(), &settings(), at(0));
        assert_eq!(decided(Answer::Unasked), Decision::Read(vec![Question::Hook]));
        let left = Plan::leave(LeftAlone::NotInDrainMode);
        assert_eq!(decided(Answer::Known(false)), left);
        let Decision::Plan(drains) = decided(Answer::Known(true)) else { panic!("{mode:?}") };
        assert!(matches!(drains.verdict, Verdict::Started(_)));
        let Decision::Plan(failed) = decided(Answer::Failed) else { panic!("{mode:?}") };
        assert_eq!((failed.actions.len(), failed.again), (0, Some(DelayClass::Soon)));
    }
}

#[test]
fn a_drain_under_way_is_finished_in_every_mode() {
    for mode in NOT_DRAINING {
        let empty = plan(&in_mode(mode, emptied(Vec::new())), &net(), &settings(), at(400));
        assert!(complete(&empty).is_some());
        let waits = instance("Terminating:Wait", vec![draining(1, drain_record(0))]);
        let waits = plan(&in_mode(mode, waits), &Triggers::default(), &settings(), at(1_200));
        assert!(beats(&waits));
    }
}

#[test]
fn a_drain_is_finished_in_a_group_whose_tags_are_gone() {
    let unread = Instance { untagged: Answer::Unasked, ..untagged(emptied(Vec::new())) };
    let place = Decision::Read(vec![Question::Place]);
    assert_eq!(decide(&unread, &net(), &settings(), at(400)), place);
    let empty = untagged(emptied(Vec::new()));
    assert!(complete(&plan(&empty, &net(), &settings(), at(400))).is_some());
    let back = instance("InService", vec![draining(1, drain_record(0))]);
    let back = plan(&untagged(back), &net(), &settings(), at(400));
    assert_eq!(back.verdict, Verdict::Returned);
}

#[test]
fn a_notified_instance_of_an_untagged_group_needs_our_hook() {
    let notified = Triggers { terminating: [id()].into(), ..Triggers::default() };
    let decided = |found: &Instance| decide(found, &notified, &settings(), at(0));
    let found = untagged(held());
    assert_eq!(decided(&found), Decision::Read(vec![Question::Hook]));
    let hooked = Instance { has_hook: Answer::Known(true), ..found };
    let Decision::Plan(drains) = decided(&hooked) else { panic!("{hooked:?}") };
    assert!(matches!(drains.verdict, Verdict::Started(_)));
}

#[test]
fn an_interruption_drains_only_in_the_mode_drain() {
    let interrupted = Triggers { interrupted: [id()].into(), ..Triggers::default() };
    let serving = instance("InService", vec![registration(Status::Active, 1)]);
    for mode in NOT_DRAINING {
        let found = in_mode(mode, serving.clone());
        let left = plan(&found, &interrupted, &settings(), at(0));
        assert_eq!(left.verdict, Verdict::LeftAlone(LeftAlone::NotInDrainMode));
        assert_eq!((left.actions.len(), left.again), (0, None));
    }
    let begun = DrainRecord::new(Cause::Spot, at(0));
    let found = instance("InService", vec![draining(1, begun)]);
    let undone = plan(&in_mode(Mode::Off, found), &net(), &settings(), at(600));
    assert_eq!(undone.verdict, Verdict::Returned);
}

#[test]
fn a_drain_keeps_the_settings_that_it_began_with() {
    let began = Settings {
        deadline: Duration::minutes(20),
        at_deadline: AtDeadline::Abandon,
        ..settings()
    };
    let recorded = Some(SettingsRecord::of(&began));
    let found = |settings| {
        let tasks = tasks(vec![task("t", "service:web", false)], 1_200);
        let registration = Registration { settings, tasks, ..draining(1, drain_record(0)) };
        instance("Terminating:Wait", vec![registration])
    };
    let at_twenty =
        |settings| complete(&plan(&found(settings), &net(), &self::settings(), at(1_200)));
    assert_eq!(at_twenty(recorded), Some(ActionResult::Abandon));
    assert_eq!(at_twenty(None), None, "those of the group hold");
    let presumed = |settings| {
        let found = Instance { member: Answer::Unasked, ..found(settings) };
        decide(&found, &Triggers::default(), &self::settings(), at(60))
    };
    assert!(matches!(presumed(recorded), Decision::Plan(_)));
    assert_eq!(presumed(None), Decision::Read(vec![Question::Member]));
}

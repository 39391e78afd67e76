//! A service and a cluster for tests.

use load_model::Load;
use load_rehearsal::{Course, Description, Event, Policy, Setup, Verdict, rehearse};

/// A service whose tasks sustain a hundred requests a second, under a load.
pub fn setup(load: &str) -> Setup {
    let sample = Description::json(include_str!("../sample.json")).unwrap();
    sample.setup(Load::shape(load).unwrap()).unwrap()
}

/// The course of a load with a policy, and the verdict on it.
pub fn rehearsed(load: &str, policy: &str) -> (Course, Verdict) {
    rehearsed_with(load, policy, &[])
}

/// Likewise, with events.
pub fn rehearsed_with(load: &str, policy: &str, events: &[&str]) -> (Course, Verdict) {
    let events = events.iter().map(|event| Event::read(event).unwrap()).collect();
    let (setup, policy) = (Setup { events, ..setup(load) }, Policy::read(policy).unwrap());
    let course = rehearse(&setup, &policy, 1).unwrap();
    let verdict = Verdict::of(&setup, &policy, &course);
    (course, verdict)
}

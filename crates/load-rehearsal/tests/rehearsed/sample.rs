//! A service and a cluster for tests.

use load_model::{Load, Objective, Service};
use load_rehearsal::{Cluster, Course, Event, Policy, Setup, Tasks, Verdict, rehearse};
use region::services::Workload;

/// A service whose tasks sustain a hundred requests a second, under a load.
pub fn setup(load: &str) -> Setup {
    let objective = Objective::read("p95<250ms").unwrap();
    Setup {
        load: Load::shape(load).unwrap(),
        service: Service::new(100.0, 0.05, objective),
        tasks: Tasks {
            min: 2,
            max: 20,
            workload: Workload {
                cpu: 512,
                memory: 1_024,
                start_seconds: 30,
                ..Workload::default()
            },
        },
        cluster: Cluster {
            cpu: 2_048,
            memory: 7_680,
            min: 1,
            max: 20,
            boot_seconds: 60,
            registration_seconds: 20,
            warm_up_seconds: None,
            zones: 2,
            price: Some(0.1),
        },
        events: Vec::new(),
    }
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

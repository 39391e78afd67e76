use crate::sample::{rehearsed, rehearsed_with};

const STEADY: &str = "step:from=300,to=300,at=1m,length=60m";
const STEP: &str = "step:from=150,to=500,at=20m,length=50m";

#[test]
fn a_lost_instance_takes_its_tasks_along_and_is_replaced() {
    let (course, verdict) = rehearsed_with(STEADY, "fixed:tasks=6,instances=3", &["lost:at=20m"]);
    assert!(verdict.requests.cut > 0.0);
    let serving = |minute: usize| course.minutes[minute].serving;
    assert_eq!((serving(18), serving(50)), (6, 6));
    assert!(course.samples[1_200..1_300].iter().any(|sample| sample.supply < 6));
}

#[test]
fn an_instance_that_spot_takes_is_drained_in_its_two_minutes() {
    let (course, verdict) = rehearsed_with(STEADY, "fixed:tasks=6,instances=3", &["spot:at=20m"]);
    assert!(verdict.requests.cut < 1e-3, "{verdict:?}");
    assert_eq!(course.minutes[50].serving, 6);
}

#[test]
fn a_refresh_replaces_every_instance_and_cuts_nothing() {
    let (course, verdict) = rehearsed_with(STEADY, "fixed:tasks=6,instances=3", &["refresh:at=5m"]);
    assert!(verdict.requests.cut < 1e-3, "{verdict:?}");
    assert!(verdict.cost.instance_hours > 3.0);
    assert_eq!(course.minutes[58].serving, 6);
}

#[test]
fn a_deployment_replaces_tasks_and_cuts_nothing() {
    let (_, calm) = rehearsed(STEADY, "fixed:tasks=6,instances=3");
    let (_, verdict) = rehearsed_with(STEADY, "fixed:tasks=6,instances=3", &["deployment:at=20m"]);
    assert!(verdict.requests.cut < 1e-3, "{verdict:?}");
    assert!(verdict.cost.task_hours > calm.cost.task_hours);
}

#[test]
fn late_metrics_delay_a_step_and_missing_ones_prevent_it() {
    let out = |events: &[&str]| {
        let (course, _) = rehearsed_with(STEP, "alarm-scaling", events);
        course
            .changes
            .iter()
            .find(|one| one.second > 1_200.0 && one.to > one.from)
            .map(|one| one.second)
    };
    let (calm, late) = (out(&[]).unwrap(), out(&["late-metrics:by=2m"]).unwrap());
    assert!(late >= calm + 60.0, "{calm} {late}");
    assert_eq!(out(&["missing-metrics:share=100%"]), None);
}

#[test]
fn refused_calls_change_nothing_that_is_not_tried_again() {
    let (course, _) = rehearsed_with(STEP, "alarm-scaling", &["throttling"]);
    assert!(course.minutes[49].serving >= course.minutes[49].needed);
}

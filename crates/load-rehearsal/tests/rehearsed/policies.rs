use load_rehearsal::{Comparison, Course, Target};

use crate::sample::rehearsed;

const SPIKE: &str = "spike:base=150,peak=900,at=20m,for=20m,length=70m";

/// The first second after the rise at which more tasks were asked for.
fn first_out(course: &Course) -> f64 {
    let out = |change: &&load_rehearsal::Change| {
        change.target == Target::Tasks && change.to > change.from && change.second > 1_200.0
    };
    course.changes.iter().find(out).unwrap().second
}

#[test]
fn step_scaling_follows_a_spike_by_its_alarms() {
    let (course, verdict) = rehearsed(SPIKE, "native");
    // Two whole minutes above the threshold, and ten seconds until alarms are evaluated.
    assert_eq!(first_out(&course), 1_330.0);
    let reasons: Vec<&str> = course.changes.iter().map(|change| change.reason.as_str()).collect();
    assert!(reasons.contains(&"ecs-tide-tasks-out at 100.0, policy OutPolicy"), "{reasons:?}");
    assert!(reasons.iter().all(|reason| reason.contains("policy")), "{reasons:?}");
    assert!(course.minutes[39].serving >= course.minutes[39].needed);
    assert!(verdict.violated_time_percent > 5.0 && verdict.requests.timed_out > 0.0);
    assert_eq!((verdict.rises.unmet, verdict.rises.count), (0, 1));
}

#[test]
fn alarm_scaling_runs_its_handlers_and_gives_its_reasons() {
    let (course, verdict) = rehearsed(SPIKE, "alarm-scaling");
    assert!((1_330.0..1_340.0).contains(&first_out(&course)));
    let of_tasks = course.changes.iter().filter(|change| change.target == Target::Tasks);
    let reasons: Vec<&str> = of_tasks.map(|change| change.reason.as_str()).collect();
    assert!(reasons.iter().all(|reason| reason.starts_with("ecs-tide-tasks-")), "{reasons:?}");
    assert_eq!(verdict.adaptations.tasks, reasons.len());
    let alarmed = course.alarmed();
    let out =
        alarmed.iter().find(|one| one.alarm == "ecs-tide-tasks-out" && one.end_second > 1_200);
    assert_eq!(out.unwrap().begin_second, 1_320);
}

#[test]
fn parameters_of_the_stacks_change_what_a_policy_does() {
    let (slow, _) = rehearsed(SPIKE, "native:ServiceOutMinutes=4");
    let (fast, _) = rehearsed(SPIKE, "native:ServiceOutMinutes=1");
    assert_eq!((first_out(&slow), first_out(&fast)), (1_450.0, 1_270.0));
    let (few, verdict) = rehearsed(SPIKE, "native:TasksMax=5");
    assert!(few.minutes.iter().all(|minute| minute.desired <= 5));
    assert!(verdict.sentence.contains("lack of tasks lasted 20.0 min"), "{}", verdict.sentence);
}

#[test]
fn requests_of_a_target_can_be_the_metric() {
    // A task keeps the objective with 5,000 requests a minute.
    let policy = "alarm-scaling:ServiceMetric=requests-per-target,TaskCapacity=5000";
    let (course, _) = rehearsed(SPIKE, policy);
    assert!(first_out(&course) < 1_500.0);
    assert!(course.minutes[39].serving >= course.minutes[39].needed);
}

#[test]
fn a_fixed_count_stays_and_costs_what_it_is() {
    let (course, verdict) = rehearsed(SPIKE, "fixed:tasks=12,instances=3");
    assert_eq!(course.changes, []);
    assert_eq!(verdict.violated_time_percent, 0.0);
    assert!((verdict.cost.task_hours - 14.0).abs() < 1e-9, "{:?}", verdict.cost);
    assert!((verdict.cost.instance_hours - 3.5).abs() < 1e-3, "{:?}", verdict.cost);
    assert!((verdict.cost.dollars.unwrap() - 0.35).abs() < 1e-3, "{:?}", verdict.cost);
    assert_eq!(verdict.elasticity.tau_u, 0.0);
}

#[test]
fn tasks_that_do_not_fit_wait_for_instances() {
    let (course, _) = rehearsed(SPIKE, "native:instances=2");
    let minute = course.minutes[39];
    assert_eq!((minute.instances, minute.serving), (2, 8));
    assert!(minute.desired > 8);
}

#[test]
fn the_same_seed_gives_the_same_course() {
    let courses = [1, 2].map(|_| rehearsed(SPIKE, "alarm-scaling").0);
    assert_eq!(courses[0], courses[1]);
}

#[test]
fn verdicts_stand_side_by_side() {
    let load = "step:from=100,to=300,at=5m,length=20m";
    let verdicts = ["native", "fixed:tasks=6"].map(|policy| rehearsed(load, policy).1);
    let text = Comparison(&verdicts).to_string();
    for part in [
        "fixed:tasks=6",
        "time outside the objective",
        "lacking tasks (theta_U)",
        "fixed:tasks=6 kept the objective for 100.0% of the time",
    ] {
        assert!(text.contains(part), "{part} is not in:\n{text}");
    }
}

use load_rehearsal::Target;

use crate::sample::rehearsed;

const STEP: &str = "step:from=200,to=400,at=40m,length=100m";

/// The first second after the step at which more tasks were asked for.
fn first_out(policy: &str) -> f64 {
    let (course, _) = rehearsed(STEP, policy);
    let mut out = course.changes.iter();
    let out =
        out.find(|one| one.target == Target::Tasks && one.to > one.from && one.second > 2_400.0);
    out.unwrap().second - 2_400.0
}

#[test]
fn target_tracking_needs_three_minutes_or_one_with_metrics_of_twenty_seconds() {
    let (minutes, thirds) =
        (first_out("target-tracking:target=50"), first_out("target-tracking:target=50,period=20s"));
    assert!((130.0..=200.0).contains(&minutes), "{minutes}");
    assert!((50.0..=80.0).contains(&thirds), "{thirds}");
}

#[test]
fn a_capacity_provider_adds_the_instances_that_tasks_wait_for() {
    let (course, verdict) =
        rehearsed("step:from=200,to=1200,at=40m,length=100m", "target-tracking:target=50");
    let reasons: Vec<&str> = course
        .changes
        .iter()
        .filter(|one| one.target == Target::Instances && one.to > one.from)
        .map(|one| one.reason.as_str())
        .collect();
    assert!(
        !reasons.is_empty()
            && reasons.iter().all(|one| one.contains("ECSManagedAutoScalingPolicy")),
        "{reasons:?}"
    );
    let last = course.minutes[99];
    assert!(last.serving >= last.needed, "{last:?}");
    assert!(verdict.adaptations.instances > 0);
}

#[test]
fn requests_of_a_target_are_tracked() {
    let policy = "target-tracking:metric=requests-per-target,target=3000,instances=6";
    let (course, _) = rehearsed(STEP, policy);
    assert_eq!(course.minutes[99].serving, 8);
}

//! AWS's own target tracking of services, through the alarms that it makes.

use serde_json::json;

use super::scaling::{ScaledAccount, change, web};
use crate::*;
use NotScaledReason::*;
use ScalingOutcome::{NotScaled, Scaled};

/// The names of the alarms of a policy.
pub(super) struct Alarms {
    pub(super) high: String,
    pub(super) low: String,
}

pub(super) fn track(name: &str, metric: PredefinedMetric, value: f64) -> PutTargetTrackingPolicy {
    PutTargetTrackingPolicy::new(name, web(), TrackedMetric::Predefined(metric), value)
}

fn cpu(value: f64) -> PutTargetTrackingPolicy {
    track("cpu", PredefinedMetric::ServiceCpu, value)
}

fn memory(value: f64) -> PutTargetTrackingPolicy {
    track("memory", PredefinedMetric::ServiceMemory, value)
}

impl ScaledAccount {
    pub(super) fn track(&mut self, policy: PutTargetTrackingPolicy) -> Alarms {
        let answer = self.0.act(Control::PutTargetTrackingPolicy(policy));
        let name = |place: usize| answer["alarms"][place].as_str().unwrap().to_owned();
        Alarms { high: name(0), low: name(1) }
    }

    /// Put an alarm in a state, at this value, until its next evaluation.
    fn set(&mut self, alarm: &str, state: &str, value: f64) {
        let data = json!({"recentDatapoints": [value]}).to_string();
        let input = json!({"AlarmName": alarm, "StateValue": state, "StateReason": "set",
            "StateReasonData": data});
        self.0.watch("SetAlarmState", input);
    }

    fn last(&self) -> ScalingOutcome {
        self.0.services.scaling_activities().last().unwrap().outcome
    }
}

#[test]
fn tasks_are_added_and_removed_in_proportion_and_rounded_with_care() {
    // 1.5 more are two, 1.5 less are one: both are examples of the guide.
    for (tasks, value, outcome) in [
        (4, 100.0, Scaled(8)),
        (3, 75.0, Scaled(5)),
        (2, 50.1, Scaled(3)),
        (6, 37.5, Scaled(5)),
        (8, 25.0, Scaled(4)),
        (10, 45.0, Scaled(9)),
        (5, 44.9, NotScaled(AlreadyAtDesiredCapacity)),
        (4, 1_000.0, Scaled(12)),
        (4, 0.0, Scaled(2)),
    ] {
        let mut scaled = ScaledAccount::new(tasks);
        let alarms = scaled.track(cpu(50.0));
        let alarm = if value > 50.0 { alarms.high } else { alarms.low };
        assert_eq!(scaled.fire(&alarm, value), outcome, "{tasks} tasks at {value}");
    }
}

#[test]
fn the_newest_value_counts_and_the_running_tasks() {
    let mut scaled = ScaledAccount::new(4);
    let alarms = scaled.track(cpu(50.0));
    let data = json!({"recentDatapoints": [51.0, 60.0, 75.0]}).to_string();
    scaled.0.watch(
        "SetAlarmState",
        json!({"AlarmName": alarms.high, "StateValue": "ALARM", "StateReason": "set",
            "StateReasonData": data}),
    );
    assert_eq!(scaled.last(), Scaled(6));
    let mut scaled = ScaledAccount::new(4);
    let alarms = scaled.track(cpu(50.0));
    // Nothing of the eight has started yet: 150 percent of four tasks.
    scaled.desire(8);
    assert_eq!(scaled.fire(&alarms.high, 75.0), NotScaled(AlreadyAtDesiredCapacity));
    assert_eq!(scaled.fire(&alarms.high, 150.0), Scaled(12));
}

#[test]
fn in_the_cooldown_only_a_larger_scale_out_adds_more() {
    let mut scaled = ScaledAccount::new(4);
    let alarms =
        scaled.track(PutTargetTrackingPolicy { scale_out_cooldown_seconds: 120, ..cpu(50.0) });
    assert_eq!(scaled.fire(&alarms.high, 75.0), Scaled(6));
    assert_eq!(scaled.fire(&alarms.high, 75.0), NotScaled(Cooldown));
    assert_eq!(scaled.fire(&alarms.high, 100.0), Scaled(8));
    scaled.0.wait(60);
    // All eight run, and what was added has not been enough.
    assert_eq!(scaled.fire(&alarms.high, 60.0), Scaled(10));
    scaled.0.wait(120);
    assert_eq!(scaled.fire(&alarms.high, 55.0), Scaled(11));
}

#[test]
fn a_scale_in_waits_for_its_own_cooldown_and_a_scale_out_ends_it() {
    let mut scaled = ScaledAccount::new(10);
    let alarms =
        scaled.track(PutTargetTrackingPolicy { scale_in_cooldown_seconds: 120, ..cpu(50.0) });
    assert_eq!(scaled.fire(&alarms.low, 40.0), Scaled(8));
    scaled.0.wait(60);
    assert_eq!(scaled.fire(&alarms.low, 40.0), NotScaled(Cooldown));
    scaled.0.wait(60);
    assert_eq!(scaled.fire(&alarms.low, 40.0), Scaled(7));
    scaled.0.wait(60);
    assert_eq!(scaled.fire(&alarms.high, 60.0), Scaled(9));
    // That of the scale-out is five minutes.
    scaled.0.wait(240);
    assert_eq!(scaled.fire(&alarms.low, 40.0), NotScaled(Cooldown));
    scaled.0.wait(60);
    assert_eq!(scaled.fire(&alarms.low, 40.0), Scaled(8));
}

#[test]
fn during_a_deployment_tasks_are_added_and_not_removed() {
    let mut scaled = ScaledAccount::new(4);
    let alarms = scaled.track(cpu(50.0));
    let deploy = UpdateService { deploy: true, ..UpdateService::default() };
    scaled.0.act(Control::UpdateService(deploy));
    assert_eq!(scaled.fire(&alarms.low, 20.0), NotScaled(DeploymentInProgress));
    assert_eq!(scaled.fire(&alarms.high, 75.0), Scaled(6));
    scaled.0.wait(400);
    assert_eq!(scaled.fire(&alarms.low, 25.0), Scaled(3));
}

#[test]
fn any_policy_scales_out_but_only_all_together_scale_in() {
    let mut scaled = ScaledAccount::new(8);
    let (one, other) = (scaled.track(cpu(50.0)), scaled.track(memory(50.0)));
    scaled.set(&other.low, "OK", 48.0);
    assert_eq!(scaled.fire(&one.low, 25.0), NotScaled(OtherPolicyNotReady));
    assert_eq!(scaled.fire(&one.high, 60.0), Scaled(10));
    scaled.0.wait(330);
    scaled.set(&other.low, "ALARM", 40.0);
    assert_eq!(scaled.last(), NotScaled(OtherPolicyNotReady));
    assert_eq!(scaled.fire(&one.low, 25.0), Scaled(5));
}

#[test]
fn a_policy_without_data_scales_nothing_and_speaks_against_scaling_in() {
    let mut scaled = ScaledAccount::new(8);
    let (one, other) = (scaled.track(cpu(50.0)), scaled.track(memory(50.0)));
    let before = scaled.outcomes().len();
    scaled.set(&other.low, "INSUFFICIENT_DATA", 0.0);
    scaled.set(&other.high, "INSUFFICIENT_DATA", 0.0);
    assert_eq!(scaled.outcomes().len(), before);
    assert_eq!(scaled.fire(&one.low, 25.0), NotScaled(OtherPolicyNotReady));
}

#[test]
fn a_policy_that_only_scales_out_does_not_hinder_the_others() {
    let mut scaled = ScaledAccount::new(8);
    let one = scaled.track(cpu(50.0));
    let other = scaled.track(PutTargetTrackingPolicy { disable_scale_in: true, ..memory(50.0) });
    assert_eq!(scaled.fire(&other.low, 25.0), NotScaled(ScaleInDisabled));
    assert_eq!(scaled.fire(&one.low, 25.0), Scaled(4));
}

#[test]
fn of_several_that_scale_at_once_the_largest_capacity_applies() {
    let mut scaled = ScaledAccount::new(4);
    scaled.track(cpu(50.0));
    scaled.track(memory(50.0));
    // 75 and 100 percent of four tasks.
    scaled.0.act(Control::SetLoad(SetLoad { cpu: 3.0, memory: 4.0, ..SetLoad::default() }));
    scaled.0.wait(190);
    assert_eq!(scaled.outcomes(), [NotScaled(Overridden), Scaled(8)]);
    // 37.5 and 25 percent of eight: six and four tasks.
    scaled.0.act(Control::SetLoad(SetLoad { cpu: 3.0, memory: 2.0, ..SetLoad::default() }));
    scaled.0.wait(15 * 60);
    let scaled_in = scaled.outcomes().into_iter().rfind(|outcome| matches!(outcome, Scaled(_)));
    assert_eq!(scaled_in, Some(Scaled(6)));
}

#[test]
fn a_step_policy_scales_in_without_asking_the_tracking_ones() {
    let mut scaled = ScaledAccount::new(8);
    let alarms = scaled.track(cpu(50.0));
    scaled.set(&alarms.low, "OK", 49.0);
    scaled.policy(change("in", web(), -1));
    assert_eq!(scaled.fire("in", 20.0), Scaled(7));
    // And the tracking one may scale out again at once.
    assert_eq!(scaled.fire(&alarms.high, 60.0), Scaled(10));
}

#[test]
fn a_service_without_tasks_can_be_woken_by_a_metric_that_it_has() {
    let mut scaled = ScaledAccount::new(0);
    let target = RegisterScalableTarget { min: 0, max: 12, ..RegisterScalableTarget::default() };
    scaled.0.act(Control::RegisterScalableTarget(target));
    let metric = Metric {
        namespace: "Queue".to_owned(),
        metric_name: "BacklogPerTask".to_owned(),
        dimensions: Vec::new(),
    };
    let customized = CustomizedMetric { metric, statistic: Statistic::Average, unit: None };
    let metric = TrackedMetric::Customized(customized);
    let alarms = scaled.track(PutTargetTrackingPolicy::new("backlog", web(), metric, 10.0));
    assert_eq!(scaled.fire(&alarms.high, 35.0), Scaled(4));
    scaled.0.wait(400);
    assert_eq!(scaled.fire(&alarms.low, 0.0), Scaled(0));
}

#[test]
fn a_load_beyond_the_target_scales_after_three_minutes_and_back_after_fifteen() {
    let mut scaled = ScaledAccount::new(4);
    scaled.track(cpu(50.0));
    scaled.0.act(Control::SetLoad(SetLoad { cpu: 4.0, ..SetLoad::default() }));
    scaled.0.wait(600);
    scaled.0.act(Control::SetLoad(SetLoad { cpu: 1.0, ..SetLoad::default() }));
    scaled.0.wait(1_800);
    let activities = scaled.0.services.scaling_activities();
    let done = activities.iter().filter(|activity| matches!(activity.outcome, Scaled(_)));
    let done: Vec<_> = done
        .map(|activity| {
            let after = (activity.at - crate::testing::start()).whole_seconds();
            (after, activity.value, activity.from, activity.outcome)
        })
        .collect();
    // The first minute above ends at 60 and the first below at 660 seconds.
    assert_eq!(done, [(190, Some(100.0), 4, Scaled(8)), (600 + 910, Some(12.5), 8, Scaled(2))]);
}

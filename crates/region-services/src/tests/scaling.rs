//! AWS's own step scaling of services, through the alarms that call for it.

use serde_json::json;

use crate::testing::{Account, service};
use crate::*;
use NotScaledReason::*;
use ScalingOutcome::{NotScaled, Scaled};

pub(super) fn web() -> ScalingTarget {
    ScalingTarget::Service { cluster: "default".to_owned(), service: "web".to_owned() }
}

/// One step for all that is beyond the threshold, on the side the change is for.
pub(super) fn change(name: &str, target: ScalingTarget, by: i64) -> PutStepPolicy {
    let (lower, upper) = if by < 0 { (None, Some(0.0)) } else { (Some(0.0), None) };
    let step = StepAdjustment { lower, upper, adjustment: by };
    PutStepPolicy::new(name, target, AdjustmentType::ChangeInCapacity, vec![step])
}

/// Both of two minutes above 70 percent.
pub(super) fn cpu_high() -> PutMetricAlarm {
    let dimension =
        |name: &str, value: &str| Dimension { name: name.to_owned(), value: value.to_owned() };
    PutMetricAlarm {
        alarm_name: "web-cpu-high".to_owned(),
        namespace: Some("AWS/ECS".to_owned()),
        metric_name: Some("CPUUtilization".to_owned()),
        statistic: Some(Statistic::Average),
        dimensions: vec![dimension("ServiceName", "web"), dimension("ClusterName", "default")],
        period: Some(60),
        evaluation_periods: 2,
        threshold: Some(70.0),
        comparison_operator: Some(Comparison::GreaterThanThreshold),
        ..PutMetricAlarm::default()
    }
}

/// A service of four tasks, scaled between 2 and 12, or a group of instances.
pub(super) struct ScaledAccount(pub(super) Account);

impl ScaledAccount {
    pub(super) fn new(tasks: usize) -> Self {
        let mut account =
            Account::with(CreateGroup { desired: 4, min: 2, max: 8, ..CreateGroup::default() });
        let workload = Workload { stop_min_seconds: 0, stop_max_seconds: 0, ..Workload::default() };
        account.act(Control::CreateService(CreateService { workload, ..service(tasks, 100, 200) }));
        account.act(Control::RegisterScalableTarget(RegisterScalableTarget {
            min: 2,
            max: 12,
            ..RegisterScalableTarget::default()
        }));
        Self(account)
    }

    /// Make a policy and an alarm of its name that stays in the state it is put in.
    pub(super) fn policy(&mut self, policy: PutStepPolicy) {
        let name = policy.name.clone();
        let arn = self.0.act(Control::PutStepPolicy(policy))["policy-arn"].clone();
        self.0.act(Control::PutMetricAlarm(PutMetricAlarm {
            alarm_name: name,
            alarm_actions: vec![arn.as_str().unwrap().to_owned()],
            treat_missing_data: Some(TreatMissingData::Ignore),
            ..cpu_high()
        }));
    }

    /// The alarm goes into ALARM at this value, once: it is OK before and after.
    pub(super) fn fire(&mut self, alarm: &str, value: f64) -> ScalingOutcome {
        for (state, data) in
            [("OK", json!({})), ("ALARM", json!({"recentDatapoints": [value]})), ("OK", json!({}))]
        {
            self.0.watch(
                "SetAlarmState",
                json!({"AlarmName": alarm, "StateValue": state,
                "StateReason": "set", "StateReasonData": data.to_string()}),
            );
        }
        self.0.services.scaling_activities().last().unwrap().outcome
    }

    pub(super) fn outcomes(&self) -> Vec<ScalingOutcome> {
        self.0.services.scaling_activities().iter().map(|activity| activity.outcome).collect()
    }

    pub(super) fn desire(&mut self, count: usize) {
        let desired = Some(count);
        self.0.act(Control::UpdateService(UpdateService { desired, ..UpdateService::default() }));
    }
}

#[test]
fn a_policy_is_called_each_minute_that_its_alarm_lasts() {
    let mut scaled = ScaledAccount::new(4);
    let cooldown_seconds = 120;
    scaled.policy(PutStepPolicy { cooldown_seconds, ..change("out", web(), 2) });
    scaled.0.act(Control::SetLoad(SetLoad { cpu: 8.0, ..SetLoad::default() }));
    scaled.0.wait(600);
    // 200 %, 133 %, 100 %, 80 %; 67 % is none. The alarm needs two minutes to begin.
    let activities: Vec<_> = scaled
        .0
        .services
        .scaling_activities()
        .iter()
        .filter(|activity| matches!(activity.outcome, Scaled(_)))
        .map(|activity| {
            (
                (activity.at - crate::testing::start()).whole_seconds(),
                activity.value,
                activity.from,
                activity.outcome,
            )
        })
        .collect();
    assert_eq!(
        activities,
        [
            (130, Some(200.0), 4, Scaled(6)),
            (250, Some(400.0 / 3.0), 6, Scaled(8)),
            (370, Some(100.0), 8, Scaled(10)),
            (490, Some(80.0), 10, Scaled(12)),
        ]
    );
    assert_eq!(scaled.outcomes()[1], NotScaled(Cooldown));
    assert_eq!(scaled.0.services.scaling_activities()[0].alarm, "out");
}

#[test]
fn in_the_cooldown_a_larger_step_adds_the_difference() {
    let mut scaled = ScaledAccount::new(4);
    scaled.policy(PutStepPolicy {
        steps: vec![
            StepAdjustment { lower: Some(0.0), upper: Some(10.0), adjustment: 2 },
            StepAdjustment { lower: Some(10.0), upper: None, adjustment: 3 },
        ],
        ..change("out", web(), 2)
    });
    assert_eq!(scaled.fire("out", 75.0), Scaled(6));
    scaled.0.wait(60);
    assert_eq!(scaled.fire("out", 75.0), NotScaled(Cooldown));
    assert_eq!(scaled.fire("out", 85.0), Scaled(7));
    assert_eq!(scaled.fire("out", 85.0), NotScaled(Cooldown));
    scaled.0.wait(300);
    assert_eq!(scaled.fire("out", 85.0), Scaled(10));
}

#[test]
fn scaling_out_ends_the_cooldown_of_scaling_in() {
    let mut scaled = ScaledAccount::new(6);
    scaled.policy(change("out", web(), 2));
    scaled.policy(change("in", web(), -1));
    assert_eq!(scaled.fire("in", 20.0), Scaled(5));
    scaled.0.wait(60);
    assert_eq!(scaled.fire("in", 20.0), NotScaled(Cooldown));
    assert_eq!(scaled.fire("out", 80.0), Scaled(7));
    scaled.0.wait(60);
    assert_eq!(scaled.fire("in", 20.0), NotScaled(Cooldown));
    scaled.0.wait(240);
    assert_eq!(scaled.fire("in", 20.0), Scaled(6));
}

#[test]
fn the_base_is_what_runs() {
    let mut scaled = ScaledAccount::new(4);
    scaled.policy(change("out", web(), 2));
    // Nothing has started yet.
    scaled.desire(8);
    assert_eq!(scaled.fire("out", 80.0), NotScaled(AlreadyAtDesiredCapacity));
    scaled.0.wait(60);
    assert_eq!(scaled.fire("out", 80.0), Scaled(10));
}

#[test]
fn a_service_beyond_its_bounds_is_brought_back_by_what_goes_that_way() {
    let mut scaled = ScaledAccount::new(1);
    scaled.policy(change("out", web(), 3));
    scaled.policy(change("in", web(), -1));
    assert_eq!(scaled.fire("in", 20.0), NotScaled(AlreadyAtMinCapacity));
    scaled.0.act(Control::RegisterScalableTarget(RegisterScalableTarget {
        min: 6,
        max: 12,
        ..RegisterScalableTarget::default()
    }));
    assert_eq!(scaled.fire("out", 80.0), Scaled(6));

    let mut scaled = ScaledAccount::new(16);
    scaled.policy(change("out", web(), 3));
    scaled.policy(change("in", web(), -1));
    assert_eq!(scaled.fire("out", 80.0), NotScaled(AlreadyAtMaxCapacity));
    assert_eq!(scaled.fire("in", 20.0), Scaled(12));
}

#[test]
fn capacity_stays_within_its_bounds() {
    let mut scaled = ScaledAccount::new(11);
    scaled.policy(change("out", web(), 3));
    assert_eq!(scaled.fire("out", 80.0), Scaled(12));
    assert_eq!(scaled.fire("out", 80.0), NotScaled(AlreadyAtMaxCapacity));
    let mut scaled = ScaledAccount::new(3);
    scaled.policy(change("in", web(), -3));
    assert_eq!(scaled.fire("in", 20.0), Scaled(2));
}

#[test]
fn a_value_that_no_step_is_for_does_nothing() {
    let mut scaled = ScaledAccount::new(4);
    scaled.policy(change("out", web(), 2));
    assert_eq!(scaled.fire("out", 60.0), NotScaled(NoStep));
    scaled.0.watch(
        "SetAlarmState",
        json!({"AlarmName": "out", "StateValue": "ALARM", "StateReason": "bare"}),
    );
    assert_eq!(scaled.outcomes()[1], NotScaled(NoValue));
}

/// Two policies whose alarms are on at one time.
fn together(tasks: usize, one: PutStepPolicy, other: PutStepPolicy, cpu: f64) -> ScaledAccount {
    let mut scaled = ScaledAccount::new(tasks);
    scaled.policy(one);
    scaled.policy(other);
    scaled.0.act(Control::SetLoad(SetLoad { cpu, ..SetLoad::default() }));
    scaled.0.wait(130);
    scaled
}

#[test]
fn of_several_policies_the_largest_capacity_wins() {
    let percent = |policy| PutStepPolicy {
        adjustment_type: AdjustmentType::PercentChangeInCapacity,
        ..policy
    };
    // +3 against +200 % of 4.
    let scaled = together(4, change("a", web(), 3), percent(change("b", web(), 200)), 8.0);
    assert_eq!(scaled.outcomes(), [NotScaled(Overridden), Scaled(12)]);
    // -3 against -25 % of 8. Both alarms are above 70 %, and the steps for all values.
    let inwards = |policy: PutStepPolicy| PutStepPolicy {
        steps: vec![StepAdjustment {
            lower: Some(0.0),
            upper: None,
            adjustment: policy.steps[0].adjustment,
        }],
        ..policy
    };
    let scaled = together(
        8,
        inwards(change("a", web(), -3)),
        percent(inwards(change("b", web(), -25))),
        8.0,
    );
    assert_eq!(scaled.outcomes(), [NotScaled(Overridden), Scaled(6)]);
}

#[test]
fn a_service_that_is_deployed_is_scaled_out_but_not_in() {
    let mut scaled = ScaledAccount::new(4);
    scaled.policy(change("out", web(), 2));
    scaled.policy(change("in", web(), -1));
    scaled
        .0
        .act(Control::UpdateService(UpdateService { deploy: true, ..UpdateService::default() }));
    assert_eq!(scaled.fire("in", 20.0), NotScaled(DeploymentInProgress));
    assert_eq!(scaled.fire("out", 80.0), Scaled(6));
    scaled.0.wait(400);
    assert_eq!(scaled.fire("in", 20.0), Scaled(5));
}

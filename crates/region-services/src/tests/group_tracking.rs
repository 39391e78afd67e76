//! AWS's own target tracking of groups.

use serde_json::json;

use super::scaling::ScaledAccount;
use super::tracking::Alarms;
use crate::testing::{Account, service};
use crate::*;
use NotScaledReason::*;
use ScalingOutcome::{NotScaled, Scaled};

/// A group of `desired` instances, and what keeps their CPU at 50 percent.
fn tracked(desired: usize, warmup: Option<u64>) -> (ScaledAccount, Alarms) {
    let mut scaled = ScaledAccount(Account::with(CreateGroup {
        desired,
        min: 1,
        max: 12,
        detailed_monitoring: true,
        default_instance_warmup: warmup,
        ..CreateGroup::default()
    }));
    let alarms = scaled.track(cpu());
    (scaled, alarms)
}

fn cpu() -> PutTargetTrackingPolicy {
    let group = ScalingTarget::Group("group".to_owned());
    let metric = TrackedMetric::Predefined(PredefinedMetric::GroupCpu);
    PutTargetTrackingPolicy::new("cpu", group, metric, 50.0)
}

#[test]
fn a_group_has_an_alarm_above_the_target_and_one_thirty_percent_below() {
    let (mut scaled, alarms) = tracked(4, None);
    assert!(alarms.high.starts_with("TargetTracking-group-AlarmHigh-"));
    for (name, threshold, periods) in [(&alarms.high, 50.0, 3), (&alarms.low, 35.0, 15)] {
        let answer = scaled.0.watch("DescribeAlarms", json!({"AlarmNames": [name]}));
        let alarm = &answer["MetricAlarms"][0];
        assert_eq!(alarm["Namespace"], "AWS/EC2");
        assert_eq!(
            alarm["Dimensions"],
            json!([{"Name": "AutoScalingGroupName", "Value": "group"}])
        );
        assert_eq!((&alarm["Threshold"], &alarm["Period"]), (&json!(threshold), &json!(60)));
        assert_eq!(alarm["EvaluationPeriods"], periods);
    }
}

#[test]
fn instances_are_added_and_removed_in_proportion_and_rounded_with_care() {
    for (instances, value, outcome) in
        [(4, 100.0, Scaled(8)), (3, 75.0, Scaled(5)), (6, 37.5, Scaled(5)), (4, 10.0, Scaled(1))]
    {
        let (mut scaled, alarms) = tracked(instances, None);
        let alarm = if value > 50.0 { alarms.high } else { alarms.low };
        assert_eq!(scaled.fire(&alarm, value), outcome, "{instances} instances at {value}");
    }
}

#[test]
fn warming_instances_are_in_the_desired_capacity_and_not_in_the_base() {
    let (mut scaled, alarms) = tracked(4, Some(120));
    assert_eq!(scaled.fire(&alarms.high, 75.0), Scaled(6));
    scaled.0.wait(100);
    assert_eq!(scaled.fire(&alarms.high, 75.0), NotScaled(AlreadyAtDesiredCapacity));
    assert_eq!(scaled.fire(&alarms.high, 90.0), Scaled(8));
    // They boot for a minute, and warm up for two.
    scaled.0.wait(179);
    assert_eq!(scaled.fire(&alarms.low, 20.0), NotScaled(WarmingUp));
    scaled.0.wait(1);
    assert_eq!(scaled.fire(&alarms.low, 25.0), Scaled(4));
}

#[test]
fn an_instance_that_ends_is_still_there_when_the_group_shrinks() {
    let (mut scaled, alarms) = tracked(4, Some(0));
    scaled.0.hook(PutLifecycleHook::default());
    assert_eq!(scaled.fire(&alarms.low, 25.0), Scaled(2));
    scaled.0.wait(60);
    // Half of four, two of which are ending.
    assert_eq!(scaled.fire(&alarms.low, 25.0), NotScaled(AlreadyAtDesiredCapacity));
}

#[test]
fn the_cpu_of_a_group_is_that_of_its_warm_instances() {
    let (mut scaled, _) = tracked(2, Some(300));
    // 8 tasks of 512 units, three quarters busy, on two instances of 4,096.
    let workload = Workload { cpu: 512, ..Workload::default() };
    scaled.0.act(Control::CreateService(CreateService { workload, ..service(8, 100, 200) }));
    scaled.0.act(Control::SetLoad(SetLoad { cpu: 6.0, ..SetLoad::default() }));
    scaled.0.scale_to(3);
    scaled.0.wait(190);
    let mut measured = |stat: &str| {
        let metric = json!({"Namespace": "AWS/EC2", "MetricName": "CPUUtilization",
            "Dimensions": [{"Name": "AutoScalingGroupName", "Value": "group"}]});
        let query =
            json!({"Id": "q", "MetricStat": {"Metric": metric, "Period": 60, "Stat": stat}});
        let end = scaled.0.now().unix_timestamp();
        let input = json!({"MetricDataQueries": [query], "StartTime": end - 60, "EndTime": end});
        scaled.0.watch("GetMetricData", input)["MetricDataResults"][0]["Values"][0].clone()
    };
    assert_eq!(measured("Average"), json!(37.5));
    // The third is in service, but has not warmed up.
    assert_eq!(measured("SampleCount"), json!(2.0));
}

#[test]
fn the_cpu_of_a_group_needs_detailed_monitoring() {
    let mut account = Account::new();
    let now = account.now();
    let refused = account.services.control(now, Control::PutTargetTrackingPolicy(cpu()));
    assert_eq!(
        refused.unwrap_err().message,
        "metric ASGAverageCPUUtilization needs detailed monitoring of the group"
    );
}

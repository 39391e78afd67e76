//! Capacity providers with managed scaling, which most clusters on EC2 have.

use serde_json::{Value, json};

use super::scaling::ScaledAccount;
use super::tracking::Alarms;
use crate::testing::{Account, service};
use crate::*;
use NotScaledReason::*;
use ScalingOutcome::{NotScaled, Scaled};

/// A group of instances that hold four tasks each, and a provider for it.
fn provided(desired: usize, provider: PutCapacityProvider) -> (ScaledAccount, Alarms) {
    let mut scaled = ScaledAccount(Account::with(CreateGroup {
        desired,
        min: 0,
        max: 20,
        cpu: 1_024,
        memory: 4_096,
        ..CreateGroup::default()
    }));
    let answer = scaled.0.act(Control::PutCapacityProvider(provider));
    let name = |place: usize| answer["alarms"][place].as_str().unwrap().to_owned();
    let alarms = Alarms { high: name(0), low: name(1) };
    (scaled, alarms)
}

/// A service of the provider, whose tasks start and stop quickly.
fn web(desired: usize) -> CreateService {
    let workload = Workload { stop_min_seconds: 0, stop_max_seconds: 0, ..Workload::default() };
    let capacity_provider = Some("provider".to_owned());
    CreateService { workload, capacity_provider, ..service(desired, 100, 200) }
}

fn running(scaled: &ScaledAccount) -> usize {
    scaled.0.services.truth().service("default", "web").unwrap().running
}

/// The values of CapacityProviderReservation of the last ten minutes, oldest first.
fn reservations(scaled: &mut ScaledAccount) -> Vec<f64> {
    let end = scaled.0.now().unix_timestamp();
    let metric = json!({"Namespace": "AWS/ECS/ManagedScaling",
        "MetricName": "CapacityProviderReservation",
        "Dimensions": [{"Name": "CapacityProviderName", "Value": "provider"},
            {"Name": "ClusterName", "Value": "default"}]});
    let query = json!({"Id": "q", "MetricStat": {"Metric": metric, "Period": 60,
        "Stat": "Average"}});
    let input = json!({"MetricDataQueries": [query], "ScanBy": "TimestampAscending",
        "StartTime": end - 600, "EndTime": end});
    let answer = scaled.0.watch("GetMetricData", input);
    serde_json::from_value(answer["MetricDataResults"][0]["Values"].clone()).unwrap()
}

/// What was scaled to, with the seconds from the start.
fn done(scaled: &ScaledAccount) -> Vec<(i64, usize)> {
    let activities = scaled.0.services.scaling_activities().iter();
    activities
        .filter_map(|activity| match activity.outcome {
            Scaled(capacity) => {
                Some(((activity.at - crate::testing::start()).whole_seconds(), capacity))
            }
            NotScaled(_) => None,
        })
        .collect()
}

#[test]
fn a_provider_has_an_alarm_of_a_minute_above_and_one_of_fifteen_below() {
    let order = PutCapacityProvider { target_capacity: 90, ..PutCapacityProvider::default() };
    let (mut scaled, alarms) = provided(2, order);
    for (name, comparison, periods) in
        [(&alarms.high, "GreaterThanThreshold", 1), (&alarms.low, "LessThanThreshold", 15)]
    {
        let answer = scaled.0.watch("DescribeAlarms", json!({"AlarmNames": [name]}));
        let alarm = &answer["MetricAlarms"][0];
        assert_eq!(alarm["MetricName"], "CapacityProviderReservation");
        assert_eq!(alarm["ComparisonOperator"], comparison);
        assert_eq!(alarm["EvaluationPeriods"], periods);
        assert_eq!((&alarm["Threshold"], &alarm["Period"]), (&json!(90.0), &json!(60)));
        let arn = alarm["AlarmActions"][0].as_str().unwrap();
        assert!(arn.contains("policyName/ECSManagedAutoScalingPolicy-"), "{arn}");
    }
}

#[test]
fn the_reservation_is_of_the_instances_that_are_needed() {
    let (mut scaled, _) = provided(4, PutCapacityProvider::default());
    scaled.0.wait(70);
    assert_eq!(reservations(&mut scaled), [0.0]);
    // One task on each of two, in both zones.
    scaled.0.act(Control::CreateService(web(2)));
    scaled.0.wait(60);
    assert_eq!(reservations(&mut scaled), [0.0, 50.0]);
    scaled.0.act(Control::UpdateService(UpdateService {
        desired: Some(16),
        ..UpdateService::default()
    }));
    scaled.0.wait(60);
    assert_eq!(reservations(&mut scaled), [0.0, 50.0, 100.0]);
}

#[test]
fn daemon_tasks_need_no_instance() {
    let (mut scaled, _) = provided(2, PutCapacityProvider::default());
    scaled.0.act(Control::CreateService(CreateService { daemon: true, ..web(0) }));
    scaled.0.wait(70);
    assert_eq!(running(&scaled), 2);
    assert_eq!(reservations(&mut scaled), [0.0]);
}

#[test]
fn tasks_without_a_place_wait_for_the_instances_that_they_cause() {
    let (mut scaled, _) = provided(2, PutCapacityProvider::default());
    scaled.0.act(Control::CreateService(web(8)));
    scaled.0.wait(10);
    scaled.desire(18);
    scaled.0.wait(60);
    // Ten tasks need three more than the two.
    assert_eq!(done(&scaled), [(70, 5)]);
    assert_eq!(running(&scaled), 8);
    let placement_failures = scaled.0.events("ECS Service Action");
    assert_eq!(placement_failures, [Value::Null; 0]);
    // They boot for a minute, register 20 seconds later, and are ACTIVE after two more.
    scaled.0.wait(60 + 20 + 2 + 1 + 5);
    assert_eq!(running(&scaled), 18);
    assert_eq!(reservations(&mut scaled), [250.0, 250.0]);
}

#[test]
fn a_task_that_waits_takes_the_place_of_one_that_stops() {
    let (mut scaled, _) = provided(1, PutCapacityProvider::default());
    scaled.0.act(Control::UpdateGroup(UpdateGroup { max: Some(1), ..UpdateGroup::default() }));
    scaled.0.act(Control::CreateService(web(2)));
    scaled.0.act(Control::CreateService(CreateService { name: "api".to_owned(), ..web(3) }));
    let running = |scaled: &ScaledAccount| {
        scaled.0.services.truth().service("default", "api").unwrap().running
    };
    scaled.0.wait(300);
    assert_eq!(running(&scaled), 2);
    scaled.desire(1);
    scaled.0.wait(10);
    assert_eq!(running(&scaled), 3);
}

#[test]
fn a_scale_out_waits_until_the_newest_instance_has_warmed_up() {
    let (mut scaled, _) = provided(2, PutCapacityProvider::default());
    scaled.0.act(Control::CreateService(web(8)));
    scaled.0.wait(10);
    scaled.desire(12);
    scaled.0.wait(120);
    assert_eq!(done(&scaled), [(70, 3)]);
    scaled.desire(16);
    scaled.0.wait(230);
    assert_eq!(done(&scaled), [(70, 3)]);
    let last = scaled.0.services.scaling_activities().last().unwrap();
    assert_eq!(last.outcome, NotScaled(WarmingUp));
    // 300 seconds after the launch.
    scaled.0.wait(10);
    assert_eq!(done(&scaled), [(70, 3), (370, 4)]);
}

#[test]
fn from_no_instance_there_are_two() {
    let (mut scaled, _) = provided(0, PutCapacityProvider::default());
    scaled.0.act(Control::CreateService(web(1)));
    scaled.0.wait(70);
    assert_eq!(reservations(&mut scaled), [200.0]);
    assert_eq!(done(&scaled), [(70, 2)]);
}

#[test]
fn without_tasks_a_target_below_100_lets_two_instances_come_and_go() {
    let order = PutCapacityProvider { target_capacity: 90, ..PutCapacityProvider::default() };
    let (mut scaled, _) = provided(0, order);
    scaled.0.wait(45 * 60);
    let capacities: Vec<usize> = done(&scaled).into_iter().map(|(_, capacity)| capacity).collect();
    assert_eq!(capacities[..5], [2, 1, 0, 2, 1]);
}

#[test]
fn a_target_below_100_keeps_instances_in_reserve() {
    let order = PutCapacityProvider { target_capacity: 80, ..PutCapacityProvider::default() };
    let (mut scaled, alarms) = provided(4, order);
    // Four are needed, and 80 percent of five.
    assert_eq!(scaled.fire(&alarms.high, 100.0), Scaled(5));
}

#[test]
fn a_scale_in_takes_half_of_the_group_at_most_each_minute() {
    let (mut scaled, _) = provided(20, PutCapacityProvider::default());
    scaled.0.act(Control::CreateService(web(1)));
    scaled.0.wait(20 * 60);
    // Fifteen minutes of 5 percent.
    assert_eq!(done(&scaled), [(910, 10), (970, 5), (1030, 3), (1090, 2), (1150, 1)]);
}

#[test]
fn an_unsound_provider_is_refused_by_its_field() {
    let (mut scaled, _) = provided(2, PutCapacityProvider::default());
    let provider = PutCapacityProvider::default;
    let other = || PutCapacityProvider { name: "other".to_owned(), ..provider() };
    for (order, error) in [
        (PutCapacityProvider { name: String::new(), ..provider() }, "name is needed"),
        (
            PutCapacityProvider { name: "ECS-cp".to_owned(), ..provider() },
            "name ECS-cp begins with ecs",
        ),
        (
            PutCapacityProvider { target_capacity: 0, ..provider() },
            "target-capacity 0 is not 1 to 100",
        ),
        (
            PutCapacityProvider { target_capacity: 101, ..provider() },
            "target-capacity 101 is not 1 to 100",
        ),
        (
            PutCapacityProvider { minimum_scaling_step_size: 0, ..provider() },
            "minimum-scaling-step-size 0 is not 1 to 10000",
        ),
        (
            PutCapacityProvider { maximum_scaling_step_size: 10_001, ..provider() },
            "maximum-scaling-step-size 10001 is not 1 to 10000",
        ),
        (
            PutCapacityProvider { instance_warmup_period_seconds: 10_001, ..provider() },
            "instance-warmup-period-seconds 10001 is not 0 to 10000",
        ),
        (other(), "group group is that of provider provider"),
        (
            PutCapacityProvider { group: "none".to_owned(), ..other() },
            "AutoScalingGroup name not found - AutoScalingGroup 'none' not found",
        ),
    ] {
        let control = Control::PutCapacityProvider(order);
        let refused = scaled.0.services.control(scaled.0.now(), control).unwrap_err();
        assert_eq!(refused.message, error);
    }
    let capacity_provider = Some("other".to_owned());
    let control = Control::CreateService(CreateService { capacity_provider, ..web(1) });
    let refused = scaled.0.services.control(scaled.0.now(), control).unwrap_err();
    assert_eq!(refused.message, "The specified capacity provider 'other' was not found.");
}

#[test]
fn the_group_of_a_provider_has_the_tag_of_ecs() {
    let (mut scaled, _) = provided(2, PutCapacityProvider::default());
    let input = json!({"AutoScalingGroupNames": ["group"]});
    let answer = scaled.0.asg("DescribeAutoScalingGroups", input);
    assert_eq!(answer["AutoScalingGroups"][0]["Tags"][0]["Key"], "AmazonECSManaged");
}

#[test]
fn a_provider_that_is_changed_keeps_its_policy() {
    let (mut scaled, _) = provided(2, PutCapacityProvider::default());
    let mut put = |target_capacity| {
        let order = PutCapacityProvider { target_capacity, ..PutCapacityProvider::default() };
        scaled.0.act(Control::PutCapacityProvider(order))
    };
    assert_eq!(put(100), put(80));
}

#[test]
fn five_hundred_tasks_of_a_cluster_wait_at_most() {
    let order =
        PutCapacityProvider { maximum_scaling_step_size: 1_000, ..PutCapacityProvider::default() };
    let (mut scaled, _) = provided(2, order);
    scaled.0.act(Control::CreateService(web(700)));
    scaled.0.wait(70);
    // 500 tasks need 125 instances.
    assert_eq!(reservations(&mut scaled), [6_350.0]);
}

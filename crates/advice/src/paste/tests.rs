use std::collections::BTreeMap;

use load_test::{Kind, Source, Unit};
use proptest::prelude::*;
use scaling::policy::Policies;
use serde_json::Value;

use super::*;
use crate::advice::{Assessment, Confidence, Fit, Headroom, Interval, Recommendation};
use crate::settings::{Runtime, Settings};

/// A recommendation of one metric, held at `target`, with its knee a quarter above.
fn advice(metric: &Metric, target: f64, proportional: bool) -> Advice {
    let assessment = Assessment {
        metric: metric.name.to_owned(),
        kind: metric.kind,
        unit: metric.unit,
        source: metric.source.clone(),
        per_task: metric.per_task,
        correlation: None,
        law: None,
        doubling: None,
        highest: None,
        saturation: None,
        drift: None,
        at_knee: Some(1.25 * target),
        verdict: Fit::Recommended,
    };
    Advice {
        verdict: Verdict::Recommended(Recommendation {
            metric: metric.name.to_owned(),
            index: 0,
            per_task: metric.per_task,
            target: Interval { value: target, low: 0.9 * target, high: 1.1 * target },
            at_knee: 1.25 * target,
            headroom: Headroom { seconds: 240.0, rise: 0.25, share: 0.2 },
            proportional,
            confidence: Confidence { agreed: 0.97, resamples: 200 },
        }),
        pattern: None,
        runtime: Runtime::Native,
        plateaus: Vec::new(),
        objective: None,
        objective_guessed: false,
        knee: None,
        metrics: vec![assessment],
        notes: Vec::new(),
        settings: Settings::default(),
    }
}

#[derive(Debug, Clone)]
struct Metric {
    name: &'static str,
    kind: Kind,
    unit: Unit,
    source: Option<Source>,
    per_task: bool,
}

fn metric(name: &'static str, kind: Kind, unit: Unit, per_task: bool) -> Metric {
    Metric { name, kind, unit, source: None, per_task }
}

fn recorded(namespace: &str, name: &'static str, statistic: &str, per_task: bool) -> Metric {
    let dimension = match namespace {
        "AWS/ApplicationELB" => ("LoadBalancer", "app/front/0123456789abcdef"),
        "AWS/Kinesis" => ("StreamName", "jobs"),
        "AWS/SQS" => ("QueueName", "jobs"),
        _ => ("Operation", "ApplicationTracker"),
    };
    let source = Source {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        dimensions: vec![(dimension.0.to_owned(), dimension.1.to_owned())],
        statistic: statistic.to_owned(),
    };
    Metric { name, kind: Kind::Other, unit: Unit::Unknown, source: Some(source), per_task }
}

fn cpu() -> Metric {
    metric("cpu", Kind::Cpu, Unit::Percent, false)
}

fn backlog() -> Metric {
    recorded("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Average", true)
}

/// One of each way to be watched.
fn metrics() -> Vec<Metric> {
    vec![
        cpu(),
        metric("memory", Kind::Memory, Unit::Percent, false),
        metric("requests_per_second", Kind::Throughput, Unit::PerSecond, true),
        metric("busy_workers", Kind::Concurrency, Unit::Count, true),
        metric("open_connections", Kind::Concurrency, Unit::Count, true),
        metric("queue", Kind::Queue, Unit::Count, true),
        metric("heap", Kind::Heap, Unit::Bytes, false),
        recorded("AWS/ApplicationELB", "ActiveConnectionCount", "Sum", true),
        recorded("AWS/Kinesis", "GetRecords.IteratorAgeMilliseconds", "Average", false),
        recorded("jobs", "MillisBehindLatest", "Average", false),
        backlog(),
    ]
}

fn names() -> Names {
    Names {
        cluster: Some("demo".to_owned()),
        service: Some("web".to_owned()),
        max_tasks: Some(20),
        load_balancer: Some("app/front/0123456789abcdef".to_owned()),
        target_group: Some("targetgroup/web/fedcba9876543210".to_owned()),
        ..Names::default()
    }
}

fn find<'a>(pastes: &'a [Paste], title: &str) -> &'a str {
    let found = pastes.iter().find(|paste| paste.title.starts_with(title));
    &found.unwrap_or_else(|| panic!("no {title} in {pastes:?}")).text
}

/// What `make deploy` is given.
fn parameters(pastes: &[Paste]) -> BTreeMap<String, String> {
    let words = shlex::split(find(pastes, "ecs-tide: parameters")).unwrap();
    let arguments = words.last().unwrap().strip_prefix("ARGS=").unwrap();
    let pairs = shlex::split(arguments).unwrap();
    let pairs = pairs.iter().filter_map(|word| word.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

#[test]
fn cpu_is_tracked_by_the_metric_that_aws_has_ready() {
    let pastes = policies(&advice(&cpu(), 61.38, true), &names());
    assert_eq!(find(&pastes, "CloudFormation"), include_str!("tests/cpu.yaml"),);
    let command = find(&pastes, "The same with the AWS CLI");
    let configuration = command.split_once("configuration '").unwrap().1.trim_end_matches("'\n");
    let configuration: Value = serde_json::from_str(configuration).unwrap();
    assert_eq!(configuration["TargetValue"], 61.3);
    assert_eq!(
        configuration["PredefinedMetricSpecification"]["PredefinedMetricType"],
        "ECSServiceAverageCPUUtilization"
    );
}

#[test]
fn a_backlog_is_divided_by_the_tasks_and_no_task_counts_as_one() {
    let pastes = policies(&advice(&backlog(), 120.0, true), &names());
    assert_eq!(find(&pastes, "CloudFormation"), include_str!("tests/backlog.yaml"));
}

#[test]
fn what_is_not_proportional_is_scaled_by_steps() {
    let lag = recorded("AWS/Kinesis", "GetRecords.IteratorAgeMilliseconds", "Average", false);
    let pastes = policies(&advice(&lag, 40_000.0, false), &names());
    assert_eq!(find(&pastes, "CloudFormation"), include_str!("tests/lag.yaml"));
    assert!(find(&pastes, "The same with the AWS CLI").contains("--alarm-actions \"$OUT\""));
}

/// Late samples of a sum make the newest minute look small; those of a mean do not.
#[test]
fn a_busy_alarm_on_a_sum_needs_two_minutes_of_three_and_takes_the_largest() {
    let connections = recorded("AWS/ApplicationELB", "ActiveConnectionCount", "Sum", true);
    for (metric, periods, grows) in [(connections, 3, true), (backlog(), 2, false)] {
        let pastes = policies(&advice(&metric, 120.0, false), &names());
        let template = find(&pastes, "CloudFormation");
        let (policies, busy) = template.split_once("BusyAlarm:").unwrap();
        let (busy, _) = busy.split_once("IdleAlarm:").unwrap();
        assert!(busy.contains(&format!("EvaluationPeriods: {periods}\n")), "{busy}");
        assert_eq!(busy.contains("DatapointsToAlarm: 2\n"), grows, "{busy}");
        assert_eq!(policies.contains("MetricAggregationType: Maximum\n"), grows, "{policies}");
        assert!(policies.contains("MetricAggregationType: Average\n"), "{policies}");
    }
}

#[test]
fn requests_a_second_become_those_of_a_minute_as_a_target_group_counts_them() {
    let metric = metric("requests_per_second", Kind::Throughput, Unit::PerSecond, true);
    let pastes = policies(&advice(&metric, 12.5, true), &names());
    let template = find(&pastes, "CloudFormation");
    assert!(template.contains("TargetValue: 750"), "{template}");
    let label = "app/front/0123456789abcdef/targetgroup/web/fedcba9876543210";
    assert!(template.contains(label), "{template}");
    assert!(template.starts_with("# Assumes that an Application Load Balancer"), "{template}");
    let parameters = parameters(&pastes);
    assert_eq!(parameters["ServiceMetric"], "requests-per-target");
    assert_eq!(
        (parameters["TaskCapacity"].as_str(), parameters["ServiceOutPercent"].as_str()),
        ("937", "80")
    );
    assert_eq!(parameters["TargetGroup"], "targetgroup/web/fedcba9876543210");
}

/// The document in the commands for alarm-scaling.
fn document(pastes: &[Paste]) -> Option<String> {
    let own = pastes.iter().find(|paste| paste.title.starts_with("ecs-tide: a document"))?;
    let (_, value) = own.text.split_once("--value '").unwrap();
    let (value, _) = value.split_once("\n}'").unwrap();
    Some(format!("{value}\n}}"))
}

#[test]
fn a_document_and_tagged_alarms_are_for_alarm_scaling() {
    let pastes = policies(&advice(&cpu(), 61.38, true), &names());
    // ops/tests/test_paste.py runs them.
    assert_eq!(find(&pastes, "ecs-tide: a document"), include_str!("tests/own-policies.sh"));
    let target = "service/demo/web".parse().unwrap();
    let read = Policies::of_target(&document(&pastes).unwrap(), &target).unwrap();
    assert_eq!(read.policies.len(), 2);
    assert!(read.policies.iter().any(|policy| policy.alarm.to_string() == "web-busy"));
}

#[test]
fn cpu_outside_the_range_is_a_document() {
    for (target, fits) in [(64.9, false), (65.0, true), (200.9, true), (201.0, false)] {
        let pastes = policies(&advice(&cpu(), target, true), &names());
        let has = pastes.iter().any(|paste| paste.title.starts_with("ecs-tide: parameters"));
        assert_eq!(has, fits, "{target}");
    }
}

#[test]
fn names_that_are_not_given_stand_in_capitals() {
    let metric = metric("busy_workers", Kind::Concurrency, Unit::Count, true);
    let pastes = policies(&advice(&metric, 8.0, true), &Names::default());
    for paste in &pastes {
        assert!(paste.text.contains("CLUSTER") && paste.text.contains("SERVICE"), "{paste:?}");
        assert!(paste.text.contains("TARGET_GROUP"), "{paste:?}");
    }
}

#[test]
fn an_answer_without_a_recommendation_has_nothing_to_paste() {
    let mut none = advice(&cpu(), 60.0, true);
    none.verdict = Verdict::NotEnoughData { missing: Vec::new() };
    assert_eq!(policies(&none, &names()), []);
    for target in [0.0, -1.0, 1e-320, f64::NAN, f64::INFINITY] {
        assert_eq!(policies(&advice(&cpu(), target, true), &names()), []);
    }
}

#[test]
fn targets_are_cut_to_three_digits() {
    for (value, cut) in
        [(61.3, 61.3), (61.38, 61.3), (120.0, 120.0), (12_345.0, 12_300.0), (0.012_37, 0.0123)]
    {
        assert_eq!(three_digits(value), cut);
    }
}

/// A number parameter's range in the template.
fn range(template: &Value, parameter: &str) -> (f64, f64) {
    let of = &template["Parameters"][parameter];
    (of["MinValue"].as_f64().unwrap(), of["MaxValue"].as_f64().unwrap())
}

fn template() -> Value {
    // Its functions, as !Ref, are tags, which say nothing here.
    let text = include_str!("../../../../stacks/service-scaling.yaml");
    let parameters = text.split_once("\nRules:").unwrap().0;
    let mut ranges = serde_json::Map::new();
    let mut name = "";
    for line in parameters.lines() {
        if let Some(parameter) = line.strip_prefix("  ").and_then(|line| line.strip_suffix(':')) {
            name = parameter;
        }
        if let Some((key, value)) = line.trim().split_once(": ")
            && let Ok(value) = value.parse::<f64>()
        {
            ranges.entry(name).or_insert_with(|| Value::Object(Default::default()))[key] =
                value.into();
        }
    }
    serde_json::json!({ "Parameters": ranges })
}

proptest! {
    #[test]
    fn parameters_lie_within_the_ranges_of_the_stack(target in 1e-4..1e10, knee in 0.5..20.0) {
        let template = template();
        for metric in metrics() {
            let mut advice = advice(&metric, target, true);
            if let Verdict::Recommended(recommendation) = &mut advice.verdict {
                recommendation.at_knee = knee * target;
            }
            let pastes = policies(&advice, &names());
            if !pastes.iter().any(|paste| paste.title.starts_with("ecs-tide: parameters")) {
                continue;
            }
            let given = parameters(&pastes);
            for parameter in ["TaskCapacity", "ServiceOutPercent"] {
                let Some(value) = given.get(parameter) else { continue };
                let (least, most) = range(&template, parameter);
                let value: f64 = value.parse().unwrap();
                prop_assert!((least..=most).contains(&value), "{parameter}={value}");
            }
        }
    }

    #[test]
    fn documents_are_accepted_by_alarm_scaling(target in 1e-9..1e12, start_up in 0.0..1e6) {
        for metric in metrics() {
            let mut advice = advice(&metric, target, false);
            advice.settings.start_up = start_up;
            let pastes = policies(&advice, &names());
            if let Some(value) = document(&pastes) {
                let read = Policies::read(&value);
                prop_assert!(read.is_ok(), "{read:?} of {value}");
            }
        }
    }
}

//! Policies for ecs-tide: parameters of the stack of a service, or alarms and a document of their own.

use serde::Serialize;

use super::command::Command;
use super::steps::{self, Alarm, IN_COOLDOWN, Step, Thresholds};
use super::watch::{Ready, Watch};
use super::{Paste, Service, three_digits};

/// The ranges of `ServiceOutPercent` and `TaskCapacity` in `stacks/service-scaling.yaml`.
const OUT_PERCENT: std::ops::RangeInclusive<f64> = 65.0..=200.0;
const TASK_CAPACITY: std::ops::RangeInclusive<f64> = 0.001..=1e9;

/// The default of `ServiceOutPercent`.
const USUAL_OUT_PERCENT: f64 = 70.0;

/// The document of the service.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Policies {
    policies: [Policy; 2],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Policy {
    alarm: String,
    resource_id: String,
    min_capacity: u32,
    max_capacity: u32,
    adjustment_type: &'static str,
    min_adjustment_magnitude: u32,
    step_adjustments: Vec<Step>,
    scale_out_cooldown: u32,
    scale_in_cooldown: u32,
}

/// The texts for `target` and the value at the knee, both in the unit of the load test.
pub(super) fn pastes(
    watch: &Watch,
    (target, at_knee): (f64, f64),
    cooldown: u32,
    service: &Service,
) -> Vec<Paste> {
    let (load, at_knee) = (target * watch.factor, at_knee * watch.factor);
    match watch.ready.and_then(|ready| parameters(ready, load, at_knee)) {
        Some(load) => vec![deploy(load, watch, service)],
        None => own_policies(watch, Thresholds::of(watch, target), cooldown, service),
    }
}

/// `ServiceMetric` and its thresholds. `None` if they are outside the ranges of the parameters.
fn parameters(ready: Ready, target: f64, at_knee: f64) -> Option<Vec<(&'static str, String)>> {
    let metric = ("ServiceMetric", ready.parameter().to_owned());
    let percent = |value: f64| ("ServiceOutPercent", value.to_string());
    if matches!(ready, Ready::Cpu | Ready::Memory) {
        let out = target.floor();
        return OUT_PERCENT.contains(&out).then(|| vec![metric, percent(out)]);
    }
    // The capacity of a task is the load at the knee, unless the headroom is larger than the
    // percentages allow.
    let at_knee = if at_knee.is_finite() { at_knee.max(target) } else { target };
    let full = three_digits(at_knee);
    let out = (100.0 * target / full).floor();
    let (full, out) = match OUT_PERCENT.contains(&out) {
        true => (full, out),
        false => (three_digits(100.0 * target / USUAL_OUT_PERCENT), USUAL_OUT_PERCENT),
    };
    let load = ("TaskCapacity", full.to_string());
    TASK_CAPACITY.contains(&full).then(|| vec![metric, load, percent(out)])
}

fn deploy(load: Vec<(&'static str, String)>, watch: &Watch, service: &Service) -> Paste {
    let mut parameters = vec![("Scaling", "native".to_owned())];
    parameters.extend(load);
    parameters
        .extend([("TasksMin", service.min.to_string()), ("TasksMax", service.max.to_string())]);
    for (parameter, dimension) in [
        ("LoadBalancer", "LoadBalancer"),
        ("TargetGroup", "TargetGroup"),
        ("Queue", "QueueName"),
        ("Stream", "StreamName"),
    ] {
        parameters.extend(watch.dimension(dimension).map(|value| (parameter, value.to_owned())));
    }
    let given: Vec<String> =
        parameters.iter().map(|(name, value)| format!("--parameter {name}={value}")).collect();
    Paste {
        title:
            "ecs-tide: parameters of the service's stack (Scaling=alarm-scaling for its function)"
                .to_owned(),
        text: format!(
            "{}make scale-service CLUSTER={} SERVICE={} ARGS=\"{}\"\n",
            watch.comment(),
            service.cluster,
            service.name,
            given.join(" \\\n  ")
        ),
    }
}

fn own_policies(
    watch: &Watch,
    thresholds: Thresholds,
    cooldown: u32,
    service: &Service,
) -> Vec<Paste> {
    let (busy, idle) = (format!("{}-busy", service.name), format!("{}-idle", service.name));
    let policy = |alarm: &str, step_adjustments| Policy {
        alarm: alarm.to_owned(),
        resource_id: service.resource(),
        min_capacity: service.min,
        max_capacity: service.max,
        adjustment_type: "PercentChangeInCapacity",
        min_adjustment_magnitude: 1,
        step_adjustments,
        scale_out_cooldown: cooldown,
        scale_in_cooldown: IN_COOLDOWN,
    };
    let document = Policies {
        policies: [policy(&busy, steps::out(thresholds.out)), policy(&idle, steps::into())],
    };
    let target = service.resource();
    // The document comes first: CloudWatch sends the message of an alarm once.
    let put_document = Command::new("ssm put-parameter")
        .with("name", &format!("/ecs-tide/targets/{target}"))
        .with("type", "String")
        .json("value", &document)
        .text();
    let commands = [
        TOPIC.to_owned(),
        put_document,
        put_tagged_alarm(&target, &Alarm::busy(busy, watch, thresholds, Vec::new())),
        put_tagged_alarm(&target, &Alarm::idle(idle, watch, thresholds, Vec::new())),
    ];
    vec![Paste {
        title: "ecs-tide: a document of policies for alarm-scaling, and its alarms".to_owned(),
        text: format!("{}{}\n", watch.comment(), commands.join("\n\n")),
    }]
}

/// Finds the topic that the alarms notify.
const TOPIC: &str = "TOPIC=$(aws cloudformation describe-stacks \\
  --stack-name ecs-tide \\
  --query \"Stacks[0].Outputs[?OutputKey=='ScalingTopicArn'].OutputValue\" \\
  --output text)";

fn put_tagged_alarm(target: &str, alarm: &Alarm<()>) -> String {
    Command::new("cloudwatch put-metric-alarm")
        .raw("alarm-actions", "\"$TOPIC\"")
        .with("tags", &format!("Key=ecs-tide:target,Value={target}"))
        .json("cli-input-json", alarm)
        .text()
}

impl Ready {
    /// The value of `ServiceMetric`.
    fn parameter(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Memory => "memory",
            Self::RequestsPerTarget => "requests-per-target",
            Self::ConnectionsPerTask => "connections-per-task",
            Self::InFlightPerTask => "in-flight-per-task",
            Self::SqsBacklogPerTask => "sqs-backlog-per-task",
            Self::KinesisLag => "kinesis-lag",
        }
    }
}

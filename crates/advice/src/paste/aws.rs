//! Policies of Application Auto Scaling, for CloudFormation and as commands of the AWS CLI.

use serde::Serialize;

use super::command::Command;
use super::steps::{self, Alarm, IN_COOLDOWN, Step, Thresholds};
use super::watch::{Query, Watch};
use super::{Paste, Service, three_digits};

/// The policies' names.
const TRACKING: &str = "metric-advisor";
const OUT: &str = "metric-advisor-out";
const IN: &str = "metric-advisor-in";

const ECS: &str = "ecs";
const DESIRED_COUNT: &str = "ecs:service:DesiredCount";

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Template {
    resources: Resources,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Resources {
    scalable_target: Resource<ScalableTarget>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tracking_policy: Option<Resource<Policy>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    out_policy: Option<Resource<Policy>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_policy: Option<Resource<Policy>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    busy_alarm: Option<Resource<Alarm<Ref>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    idle_alarm: Option<Resource<Alarm<Ref>>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Resource<T> {
    r#type: &'static str,
    properties: T,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ScalableTarget {
    service_namespace: &'static str,
    scalable_dimension: &'static str,
    resource_id: String,
    min_capacity: u32,
    max_capacity: u32,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Policy {
    policy_name: &'static str,
    policy_type: &'static str,
    scaling_target_id: Ref,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_tracking_scaling_policy_configuration: Option<Tracking>,
    #[serde(skip_serializing_if = "Option::is_none")]
    step_scaling_policy_configuration: Option<Stepping>,
}

#[derive(Debug, Serialize)]
struct Ref {
    #[serde(rename = "Ref")]
    resource: &'static str,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Tracking {
    target_value: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    predefined_metric_specification: Option<Predefined>,
    #[serde(skip_serializing_if = "Option::is_none")]
    customized_metric_specification: Option<Customized>,
    scale_out_cooldown: u32,
    scale_in_cooldown: u32,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Predefined {
    predefined_metric_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_label: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Customized {
    metrics: Vec<Query>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Stepping {
    adjustment_type: &'static str,
    min_adjustment_magnitude: u32,
    metric_aggregation_type: &'static str,
    cooldown: u32,
    step_adjustments: Vec<Step>,
}

/// Target tracking.
pub(super) fn tracking(watch: &Watch, target: f64, cooldown: u32, service: &Service) -> Vec<Paste> {
    let predefined = watch.predefined();
    let customized = predefined.is_none().then(|| Customized { metrics: watch.queries(false) });
    let configuration = Tracking {
        target_value: three_digits(target * watch.factor),
        predefined_metric_specification: predefined.map(|(predefined_metric_type, label)| {
            Predefined { predefined_metric_type, resource_label: label }
        }),
        customized_metric_specification: customized,
        scale_out_cooldown: cooldown,
        scale_in_cooldown: IN_COOLDOWN,
    };
    let resources = Resources {
        scalable_target: service.scalable_target(),
        tracking_policy: Some(Policy::tracking(configuration.clone())),
        out_policy: None,
        in_policy: None,
        busy_alarm: None,
        idle_alarm: None,
    };
    let put = put_policy(service, TRACKING, "TargetTrackingScaling")
        .json("target-tracking-scaling-policy-configuration", &configuration);
    let commands = format!("{}\n\n{}", register(service), put.text());
    pastes("target tracking", watch, resources, commands)
}

/// Step scaling, with an alarm for each direction.
pub(super) fn steps(watch: &Watch, target: f64, cooldown: u32, service: &Service) -> Vec<Paste> {
    let thresholds = Thresholds::of(watch, target);
    // A newest minute that is too small would lower the average, and hide the step.
    let aggregation = if watch.grows() { "Maximum" } else { "Average" };
    let out = Stepping {
        metric_aggregation_type: aggregation,
        ..Stepping::new(cooldown, steps::out(thresholds.out))
    };
    let into = Stepping::new(IN_COOLDOWN, steps::into());
    let (busy, idle) = (format!("{}-busy", service.name), format!("{}-idle", service.name));
    let commands = [
        register(service),
        put_steps("OUT", OUT, &out, service),
        put_alarm("$OUT", &Alarm::busy(busy.clone(), watch, thresholds, Vec::<()>::new())),
        put_steps("IN", IN, &into, service),
        put_alarm("$IN", &Alarm::idle(idle.clone(), watch, thresholds, Vec::<()>::new())),
    ];
    let resources = Resources {
        scalable_target: service.scalable_target(),
        tracking_policy: None,
        out_policy: Some(Policy::steps(OUT, out)),
        in_policy: Some(Policy::steps(IN, into)),
        busy_alarm: Some(alarm(Alarm::busy(busy, watch, thresholds, vec![Ref::to("OutPolicy")]))),
        idle_alarm: Some(alarm(Alarm::idle(idle, watch, thresholds, vec![Ref::to("InPolicy")]))),
    };
    pastes("steps", watch, resources, commands.join("\n\n"))
}

fn pastes(what: &str, watch: &Watch, resources: Resources, commands: String) -> Vec<Paste> {
    let comment = watch.comment();
    // As for JSON: texts and finite numbers, which all have a form in YAML.
    let yaml = serde_saphyr::to_string(&Template { resources }).unwrap_or_default();
    vec![
        Paste {
            title: format!("CloudFormation: {what}, by Application Auto Scaling"),
            text: format!("{comment}{yaml}"),
        },
        Paste {
            title: format!("The same with the AWS CLI: {what}"),
            text: format!("{comment}{commands}\n"),
        },
    ]
}

fn register(service: &Service) -> String {
    let command =
        of_service(Command::new("application-autoscaling register-scalable-target"), service);
    command
        .with("min-capacity", &service.min.to_string())
        .with("max-capacity", &service.max.to_string())
        .text()
}

fn put_policy(service: &Service, name: &str, kind: &str) -> Command {
    let command = of_service(Command::new("application-autoscaling put-scaling-policy"), service);
    command.with("policy-name", name).with("policy-type", kind)
}

fn of_service(command: Command, service: &Service) -> Command {
    command
        .with("service-namespace", ECS)
        .with("scalable-dimension", DESIRED_COUNT)
        .with("resource-id", &service.resource())
}

/// Puts a step scaling policy, and keeps its ARN in a shell variable.
fn put_steps(variable: &str, name: &str, steps: &Stepping, service: &Service) -> String {
    let put = put_policy(service, name, "StepScaling")
        .json("step-scaling-policy-configuration", steps)
        .raw("query", "PolicyARN")
        .raw("output", "text");
    format!("{variable}=$({})", put.text())
}

/// Puts an alarm whose action is a shell variable.
fn put_alarm(action: &str, alarm: &Alarm<()>) -> String {
    Command::new("cloudwatch put-metric-alarm")
        .raw("alarm-actions", &format!("\"{action}\""))
        .json("cli-input-json", alarm)
        .text()
}

fn alarm(properties: Alarm<Ref>) -> Resource<Alarm<Ref>> {
    Resource { r#type: "AWS::CloudWatch::Alarm", properties }
}

impl Ref {
    fn to(resource: &'static str) -> Self {
        Self { resource }
    }
}

impl Service {
    fn scalable_target(&self) -> Resource<ScalableTarget> {
        Resource {
            r#type: "AWS::ApplicationAutoScaling::ScalableTarget",
            properties: ScalableTarget {
                service_namespace: ECS,
                scalable_dimension: DESIRED_COUNT,
                resource_id: self.resource(),
                min_capacity: self.min,
                max_capacity: self.max,
            },
        }
    }
}

impl Policy {
    fn tracking(configuration: Tracking) -> Resource<Self> {
        Self::resource(TRACKING, "TargetTrackingScaling", Some(configuration), None)
    }

    fn steps(name: &'static str, configuration: Stepping) -> Resource<Self> {
        Self::resource(name, "StepScaling", None, Some(configuration))
    }

    fn resource(
        policy_name: &'static str,
        policy_type: &'static str,
        tracking: Option<Tracking>,
        steps: Option<Stepping>,
    ) -> Resource<Self> {
        Resource {
            r#type: "AWS::ApplicationAutoScaling::ScalingPolicy",
            properties: Self {
                policy_name,
                policy_type,
                scaling_target_id: Ref::to("ScalableTarget"),
                target_tracking_scaling_policy_configuration: tracking,
                step_scaling_policy_configuration: steps,
            },
        }
    }
}

impl Stepping {
    fn new(cooldown: u32, step_adjustments: Vec<Step>) -> Self {
        Self {
            adjustment_type: "PercentChangeInCapacity",
            min_adjustment_magnitude: 1,
            metric_aggregation_type: "Average",
            cooldown,
            step_adjustments,
        }
    }
}

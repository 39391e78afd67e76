//! Creates the alarms and policies of the nested stacks in the simulated region.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use region::live::Live;
use region::services::{
    AdjustmentType, Control, MetricAggregation, PutCompositeAlarm, PutMetricAlarm, PutStepPolicy,
    RegisterScalableTarget, StepAdjustment, StepTarget,
};
use region::wiring::template::{self, Resource, TemplateError};
use serde::Deserialize;
use serde_json::Value;

use super::SERVICE as WEB;
use crate::error::Error;
use crate::random::Parameters;
use crate::rehearsal::Rehearsal;
use crate::stack::{CLUSTER as DEMO, GROUP};

const TARGET: &str = "AWS::ApplicationAutoScaling::ScalableTarget";

/// The two nested stacks of a dimension.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stacks {
    policies: &'static str,
    alarms: &'static str,
    is_service: bool,
}

pub(super) const SERVICE: Stacks = Stacks {
    policies: include_str!("../../../../stacks/service-scaling.yaml"),
    alarms: include_str!("../../../../stacks/service-alarms.yaml"),
    is_service: true,
};

pub(super) const CLUSTER: Stacks = Stacks {
    policies: include_str!("../../../../stacks/cluster-scaling.yaml"),
    alarms: include_str!("../../../../stacks/cluster-alarms.yaml"),
    is_service: false,
};

/// The properties that both kinds of policy share.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyProperties {
    adjustment_type: AdjustmentType,
    #[serde(default)]
    min_adjustment_magnitude: Option<u32>,
    #[serde(default)]
    cooldown: Option<u64>,
    metric_aggregation_type: MetricAggregation,
    step_adjustments: Vec<StepProperties>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StepProperties {
    #[serde(default)]
    metric_interval_lower_bound: Option<f64>,
    #[serde(default)]
    metric_interval_upper_bound: Option<f64>,
    scaling_adjustment: i64,
}

impl Stacks {
    /// Creates the native policies. Returns the ARNs of the scale-out and of the scale-in policy.
    pub(super) fn make_policies(
        self,
        rehearsal: &Rehearsal,
        given: &Parameters,
    ) -> Result<[String; 2], Error> {
        let mut arns = [String::new(), String::new()];
        let mut made = resources(self.policies, given, &[])?;
        // A policy needs its scalable target first.
        made.sort_by_key(|one| one.kind != TARGET);
        for resource in made {
            let wrong = |error| Error::Resource(resource.id.clone(), error);
            let properties = &numbers(&resource.properties);
            if resource.kind == TARGET {
                let size = |name: &str| {
                    usize::deserialize(properties.get(name).unwrap_or(&Value::Null)).map_err(wrong)
                };
                let target = RegisterScalableTarget {
                    cluster: DEMO.to_owned(),
                    service: WEB.to_owned(),
                    min: size("MinCapacity")?,
                    max: size("MaxCapacity")?,
                };
                rehearsal.control(Control::RegisterScalableTarget(target))?;
                continue;
            }
            let steps = properties.get("StepScalingPolicyConfiguration").unwrap_or(properties);
            let steps = PolicyProperties::deserialize(steps).map_err(wrong)?;
            let answer =
                rehearsal.control(Control::PutStepPolicy(self.policy(&resource, steps)))?;
            let arn =
                answer.get("policy-arn").and_then(Value::as_str).unwrap_or_default().to_owned();
            match resource.id.as_str() {
                "OutPolicy" => arns[0] = arn,
                _ => arns[1] = arn,
            }
        }
        Ok(arns)
    }

    fn policy(self, resource: &Resource, steps: PolicyProperties) -> PutStepPolicy {
        let target = if self.is_service {
            StepTarget::Service { cluster: DEMO.to_owned(), service: WEB.to_owned() }
        } else {
            StepTarget::Group(GROUP.to_owned())
        };
        let step = |step: StepProperties| StepAdjustment {
            lower: step.metric_interval_lower_bound,
            upper: step.metric_interval_upper_bound,
            adjustment: step.scaling_adjustment,
        };
        let adjustments = steps.step_adjustments.into_iter().map(step).collect();
        let policy = PutStepPolicy::new(&resource.id, target, steps.adjustment_type, adjustments);
        PutStepPolicy {
            min_adjustment_magnitude: steps.min_adjustment_magnitude,
            aggregation: steps.metric_aggregation_type,
            cooldown_seconds: steps.cooldown.unwrap_or(policy.cooldown_seconds),
            ..policy
        }
    }

    /// Creates the alarms, with these actions for scale-out and scale-in.
    pub(super) fn make_alarms(
        self,
        live: &Live,
        given: &Parameters,
        [out, inward]: [String; 2],
    ) -> Result<(), Error> {
        let actions = [("OutAction".to_owned(), out), ("InAction".to_owned(), inward)];
        let resources = resources(self.alarms, given, &actions)?;
        // A composite alarm needs its metric alarms first.
        let (composite, metric): (Vec<Resource>, Vec<Resource>) =
            resources.into_iter().partition(|one| one.kind == "AWS::CloudWatch::CompositeAlarm");
        for resource in metric {
            let alarm: PutMetricAlarm = order(&resource)?;
            live.with(|region, now| region.control(now, Control::PutMetricAlarm(alarm)))?;
        }
        for resource in composite {
            let alarm: PutCompositeAlarm = order(&resource)?;
            live.with(|region, now| region.control(now, Control::PutCompositeAlarm(alarm)))?;
        }
        Ok(())
    }
}

/// The resources of a nested stack with its `own` parameters and those passed on from the main
/// stack, cached by both.
fn resources(
    text: &'static str,
    given: &Parameters,
    own: &[(String, String)],
) -> Result<Vec<Resource>, TemplateError> {
    type Key = (&'static str, Parameters, Vec<(String, String)>);
    static READ: Mutex<BTreeMap<Key, Vec<Resource>>> = Mutex::new(BTreeMap::new());
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    let key = (text, given.clone(), own.to_vec());
    if let Some(resources) = read.get(&key) {
        return Ok(resources.clone());
    }
    let resources = template::resources(text, &values(text, given, own)?)?;
    read.insert(key, resources.clone());
    Ok(resources)
}

/// The values of the parameters of a nested stack.
fn values(
    text: &str,
    given: &Parameters,
    own: &[(String, String)],
) -> Result<Parameters, TemplateError> {
    let fixed = [("Stack", "ecs-tide"), ("Cluster", DEMO), ("Group", GROUP)];
    let fixed = fixed.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let both = given.get("ScaleInOnBoth").map_or("true", String::as_str);
    let by_alarm_scaling =
        given.get("ServiceScaling").is_some_and(|value| value == "alarm-scaling");
    let metric = given.get("ServiceMetric").map_or("cpu", String::as_str);
    let on_both =
        if by_alarm_scaling && matches!(metric, "cpu" | "memory") { both } else { "false" };
    let named = [
        ("LoadBalancerName", "LoadBalancer"),
        ("TargetGroupName", "TargetGroup"),
        ("QueueName", "Queue"),
        ("StreamName", "Stream"),
    ];
    let named = named
        .map(|(own, of_stack)| (own.to_owned(), given.get(of_stack).cloned().unwrap_or_default()));
    let all = given
        .clone()
        .into_iter()
        .chain(fixed)
        .chain([("InOnBoth".to_owned(), on_both.to_owned())])
        .chain(named)
        .chain(own.iter().cloned());
    let declared = template::parameters(text)?;
    let known = |name: &str| declared.iter().any(|parameter| parameter.name == name);
    Ok(all.filter(|(name, _)| known(name)).collect())
}

fn order<T: for<'de> Deserialize<'de>>(resource: &Resource) -> Result<T, Error> {
    T::deserialize(numbers(&resource.properties))
        .map_err(|error| Error::Resource(resource.id.clone(), error))
}

/// Converts properties that parameters gave as text to numbers, like CloudFormation does.
fn numbers(properties: &Value) -> Value {
    const NUMBERS: [&str; 5] =
        ["DatapointsToAlarm", "EvaluationPeriods", "MaxCapacity", "MinCapacity", "Threshold"];
    let mut properties = properties.clone();
    for name in NUMBERS {
        let number = properties.get(name).and_then(Value::as_str);
        let number = number.and_then(|text| text.parse::<serde_json::Number>().ok());
        if let (Some(number), Some(fields)) = (number, properties.as_object_mut()) {
            fields.insert(name.to_owned(), Value::Number(number));
        }
    }
    properties
}

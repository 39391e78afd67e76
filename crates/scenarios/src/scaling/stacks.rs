//! Deploys the stacks of a service and of a group into the simulated region.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use region::live::Live;
use region::services::{
    AdjustmentType, Control, MetricAggregation, PutCompositeAlarm, PutMetricAlarm, PutParameter,
    PutStepPolicy, RegisterScalableTarget, ScalingTarget, StepAdjustment,
};
use region::wiring::template::{self, Resource};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Names;
use crate::error::Error;
use crate::random::Parameters;

/// The order in which resources of a stack are made.
const KINDS: [&str; 6] = [
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "AWS::AutoScaling::ScalingPolicy",
    "AWS::SSM::Parameter",
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::CompositeAlarm",
];

/// The parameters that a rehearsal sets itself.
const OWN: [&str; 4] = ["Cluster", "Group", "Service", "Scaling"];

/// The stack of a dimension.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stack {
    template: &'static str,
    is_service: bool,
}

pub(super) const SERVICE: Stack =
    Stack { template: include_str!("../../../../stacks/service-scaling.yaml"), is_service: true };

pub(super) const CLUSTER: Stack =
    Stack { template: include_str!("../../../../stacks/cluster-scaling.yaml"), is_service: false };

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

impl Stack {
    /// Makes the resources of the stack. `scaling` is the value of its parameter `Scaling`.
    pub(super) fn deploy(
        self,
        live: &Live,
        names: &Names,
        given: &Parameters,
        scaling: &str,
    ) -> Result<(), Error> {
        let mut made = self.resources(names, given, scaling)?;
        made.sort_by_key(|one| KINDS.iter().position(|kind| *kind == one.kind));
        // What refers to a policy, and the ARN that the region gave it.
        let mut policies: BTreeMap<String, String> = BTreeMap::new();
        for resource in made {
            let control = self.control(&resource, names, &policies)?;
            let answer = live.with(|region, now| region.control(now, control))?;
            if let Some(arn) = answer.get("policy-arn").and_then(Value::as_str) {
                policies.insert(format!("ecs-tide-{}", resource.id), arn.to_owned());
            }
        }
        Ok(())
    }

    /// The names of its parameters that a rehearsal does not set itself.
    pub(super) fn parameters(self) -> Result<Vec<String>, Error> {
        let declared = template::parameters(self.template)?.into_iter();
        let names = declared.map(|parameter| parameter.name);
        Ok(names.filter(|name| !OWN.contains(&name.as_str())).collect())
    }

    /// The documents that the stack makes, by name.
    pub(super) fn documents(
        self,
        names: &Names,
        given: &Parameters,
    ) -> Result<BTreeMap<String, String>, Error> {
        let made = self.resources(names, given, "alarm-scaling")?;
        let made = made.into_iter().filter(|resource| resource.kind == "AWS::SSM::Parameter");
        made.map(|resource| {
            let PutParameter { name, value } = parameter(&resource)?;
            Ok((name, value))
        })
        .collect()
    }

    fn control(
        self,
        resource: &Resource,
        names: &Names,
        policies: &BTreeMap<String, String>,
    ) -> Result<Control, Error> {
        Ok(match resource.kind.as_str() {
            "AWS::ApplicationAutoScaling::ScalableTarget" => {
                let properties = numbers(&resource.properties);
                let size = |name: &str| {
                    usize::deserialize(properties.get(name).unwrap_or(&Value::Null))
                        .map_err(|error| Error::Resource(resource.id.clone(), error))
                };
                Control::RegisterScalableTarget(RegisterScalableTarget {
                    cluster: names.cluster.clone(),
                    service: names.service.clone(),
                    min: size("MinCapacity")?,
                    max: size("MaxCapacity")?,
                })
            }
            "AWS::SSM::Parameter" => Control::PutParameter(parameter(resource)?),
            "AWS::CloudWatch::Alarm" => {
                let mut alarm: PutMetricAlarm = order(resource)?;
                for action in &mut alarm.alarm_actions {
                    if let Some(arn) = policies.get(action) {
                        action.clone_from(arn);
                    }
                }
                Control::PutMetricAlarm(alarm)
            }
            "AWS::CloudWatch::CompositeAlarm" => {
                Control::PutCompositeAlarm(order::<PutCompositeAlarm>(resource)?)
            }
            _ => Control::PutStepPolicy(self.policy(resource, names)?),
        })
    }

    fn policy(self, resource: &Resource, names: &Names) -> Result<PutStepPolicy, Error> {
        let properties = &numbers(&resource.properties);
        let steps = properties.get("StepScalingPolicyConfiguration").unwrap_or(properties);
        let steps = PolicyProperties::deserialize(steps)
            .map_err(|error| Error::Resource(resource.id.clone(), error))?;
        let target = if self.is_service {
            ScalingTarget::Service {
                cluster: names.cluster.clone(),
                service: names.service.clone(),
            }
        } else {
            ScalingTarget::Group(names.group.clone())
        };
        let step = |step: StepProperties| StepAdjustment {
            lower: step.metric_interval_lower_bound,
            upper: step.metric_interval_upper_bound,
            adjustment: step.scaling_adjustment,
        };
        let adjustments = steps.step_adjustments.into_iter().map(step).collect();
        let policy = PutStepPolicy::new(&resource.id, target, steps.adjustment_type, adjustments);
        Ok(PutStepPolicy {
            min_adjustment_magnitude: steps.min_adjustment_magnitude,
            aggregation: steps.metric_aggregation_type,
            cooldown_seconds: steps.cooldown.unwrap_or(policy.cooldown_seconds),
            ..policy
        })
    }

    /// The resources of the stack, cached by its parameters.
    fn resources(
        self,
        names: &Names,
        given: &Parameters,
        scaling: &str,
    ) -> Result<Vec<Resource>, Error> {
        type Key = (&'static str, Parameters);
        static READ: Mutex<BTreeMap<Key, Vec<Resource>>> = Mutex::new(BTreeMap::new());
        let Names { cluster, group, service, .. } = names;
        let own = OWN.into_iter().zip([cluster.as_str(), group, service, scaling]);
        let own = own.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let all: Parameters = given.clone().into_iter().chain(own).collect();
        let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (self.template, all);
        if let Some(resources) = read.get(&key) {
            return Ok(resources.clone());
        }
        let declared = template::parameters(self.template)?;
        let is_declared = |name: &str| declared.iter().any(|parameter| parameter.name == name);
        let values = key.1.iter().filter(|(name, _)| is_declared(name));
        let values = values.map(|(name, value)| (name.clone(), value.clone())).collect();
        let mut resources = template::resources(self.template, &values)?;
        for resource in &mut resources {
            let properties = names.named(&resource.properties.to_string());
            resource.properties = serde_json::from_str(&properties)
                .map_err(|error| Error::Resource(resource.id.clone(), error))?;
        }
        read.insert(key, resources.clone());
        Ok(resources)
    }
}

fn parameter(resource: &Resource) -> Result<PutParameter, Error> {
    let of = |name: &str| resource.properties.get(name);
    let order = json!({"Name": of("Name"), "Value": of("Value")});
    PutParameter::deserialize(order).map_err(|error| Error::Resource(resource.id.clone(), error))
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

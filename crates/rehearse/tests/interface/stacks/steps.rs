//! The step scaling of AWS, applied to the alarms and policies of a stack.
//!
//! <https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html>

use region::wiring::template::Parameter;
use serde_json::Value;

use crate::stacks::{load, parameters};

/// A policy with its alarm.
pub struct Policy {
    /// The parameter with the alarm's threshold.
    pub threshold: Parameter,
    /// Whether the alarm is in ALARM at or above the threshold, and not at or below.
    upwards: bool,
    percent: bool,
    least: f64,
    steps: Vec<Step>,
}

struct Step {
    lower: f64,
    upper: f64,
    adjustment: f64,
}

impl Policy {
    /// Reads the policy and the alarm with these logical ids.
    pub fn read(stack: &str, policy: &str, alarm: &str) -> Self {
        let properties = |id: &str| load(stack)["Resources"][id]["Properties"].clone();
        let (policy, alarm) = (properties(policy), properties(alarm));
        let steps = policy.get("StepScalingPolicyConfiguration").unwrap_or(&policy);
        let number =
            |value: Option<&Value>, default: f64| value.map_or(default, |v| v.as_f64().unwrap());
        let step = |step: &Value| Step {
            lower: number(step.get("MetricIntervalLowerBound"), f64::NEG_INFINITY),
            upper: number(step.get("MetricIntervalUpperBound"), f64::INFINITY),
            adjustment: number(step.get("ScalingAdjustment"), f64::NAN),
        };
        let threshold = alarm["Threshold"]["Ref"].as_str().unwrap();
        Self {
            threshold: parameters(stack).into_iter().find(|p| p.name == threshold).unwrap(),
            upwards: match alarm["ComparisonOperator"].as_str().unwrap() {
                "GreaterThanOrEqualToThreshold" => true,
                "LessThanOrEqualToThreshold" => false,
                other => panic!("{other}: the threshold itself must alarm"),
            },
            percent: match steps["AdjustmentType"].as_str().unwrap() {
                "PercentChangeInCapacity" => true,
                "ChangeInCapacity" => false,
                other => panic!("{other} is not known here"),
            },
            least: number(steps.get("MinAdjustmentMagnitude"), 0.0),
            steps: steps["StepAdjustments"].as_array().unwrap().iter().map(step).collect(),
        }
    }

    pub fn default(&self) -> f64 {
        self.threshold.default.as_ref().unwrap().parse().unwrap()
    }

    /// The adjustment at this reading, or `None` if the alarm is not in ALARM. Panics unless
    /// exactly one step matches.
    fn adjustment(&self, threshold: f64, reading: f64) -> Option<f64> {
        let beyond = reading - threshold;
        let is_on = if self.upwards { beyond >= 0.0 } else { beyond <= 0.0 };
        let holds = |step: &&Step| match self.upwards {
            true => step.lower <= beyond && beyond < step.upper,
            false => step.lower < beyond && beyond <= step.upper,
        };
        let steps: Vec<&Step> = self.steps.iter().filter(holds).collect();
        match steps[..] {
            _ if !is_on => None,
            [step] => Some(step.adjustment),
            _ => panic!("{} steps for {beyond} beyond {}", steps.len(), self.threshold.name),
        }
    }

    /// The step in the notation of the page.
    pub fn words(&self, threshold: f64, reading: f64) -> Option<String> {
        let adjustment = self.adjustment(threshold, reading)?;
        Some(format!("{adjustment:+}{}", if self.percent { "%" } else { "" }))
    }

    /// The new capacity at this reading, before minimum and maximum apply.
    pub fn apply(&self, threshold: f64, reading: f64, capacity: f64) -> Option<f64> {
        let adjustment = self.adjustment(threshold, reading)?;
        if !self.percent {
            return Some(capacity + adjustment);
        }
        let whole = (capacity * adjustment / 100.0).abs().trunc().max(1.0).max(self.least);
        Some(capacity + whole.copysign(adjustment))
    }
}

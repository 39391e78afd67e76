//! From a value to policies, with every fault named.

use serde_json::Value;

use super::check;
use super::cluster;
use super::fields::{Fields, ROOT};
use super::{
    AdjustmentType, DEFAULT_COOLDOWN, Fault, LONGEST_COOLDOWN, MissingData, NamedAlarm, Policies,
    Policy, StepAdjustment, Target, target,
};

/// Capacities and adjustments are signed 32-bit integers at AWS.
const MOST: i64 = i32::MAX as i64;

/// The whole document; `None` or faults if it is not one.
pub(super) fn policies(value: &Value, faults: &mut Vec<Fault>) -> Option<Policies> {
    let mut document = Fields::open(value, ROOT, faults)?;
    let schema = document.optional("$schema").and_then(|value| {
        if !value.is_string() {
            document.wrong("$schema", value, "the path of the schema");
        }
        value.as_str().map(str::to_owned)
    });
    let list = document.list("Policies", "a list of policies");
    let policies = each(list, "Policies", policy, document.faults());
    let list = document.maybe_list("Clusters", "a list of clusters");
    let clusters = each(list, "Clusters", cluster::read, document.faults());
    document.close();
    Some(Policies { schema, policies, clusters })
}

/// The items of a list that could be read. The faults of the others are added to the list.
fn each<T>(
    list: Option<&Vec<Value>>,
    name: &str,
    read: impl Fn(&Value, &str, &mut Vec<Fault>) -> Option<T>,
    faults: &mut Vec<Fault>,
) -> Vec<T> {
    let numbered = list.into_iter().flatten().enumerate();
    numbered
        .filter_map(|(number, value)| read(value, &format!("{name}[{number}]"), faults))
        .collect()
}

fn policy(value: &Value, path: &str, faults: &mut Vec<Fault>) -> Option<Policy> {
    let mut fields = Fields::open(value, path, faults)?;
    let alarm = alarm(&mut fields);
    let resource_id = target(&mut fields);
    let min_capacity = fields.whole("MinCapacity", 0..=MOST);
    let max_capacity = fields.whole("MaxCapacity", 0..=MOST);
    let adjustment_type = adjustment_type(&mut fields);
    let min_adjustment_magnitude = fields.maybe_whole("MinAdjustmentMagnitude", 1..=MOST);
    let step_adjustments = steps(&mut fields);
    let mut cooldown =
        |name| narrow(fields.whole_or(name, 0..=i64::from(LONGEST_COOLDOWN), DEFAULT_COOLDOWN));
    let scale_out_cooldown = cooldown("ScaleOutCooldown");
    let scale_in_cooldown = cooldown("ScaleInCooldown");
    let missing_data = missing_data(&mut fields);
    let max_draining_percent = fields.maybe_whole("MaxDrainingPercent", 0..=100);
    let enabled = fields.switch("Enabled", true);

    check::bounds(&mut fields, min_capacity, max_capacity, missing_data);
    if let Some(kind) = adjustment_type {
        check::magnitude(&mut fields, kind);
        check::adjustments(&mut fields, kind, step_adjustments.as_deref());
    }
    if matches!(resource_id, Some(Target::Service { .. })) && max_draining_percent.is_some() {
        let what = "is for an Auto Scaling group, and ResourceId names a service; remove it";
        fields.fault("MaxDrainingPercent", what);
    }
    if let Some(steps) = &step_adjustments {
        check::intervals(&mut fields, steps);
    }
    fields.close();
    Some(Policy {
        alarm: alarm?,
        resource_id: resource_id?,
        min_capacity: min_capacity.map(narrow)?,
        max_capacity: max_capacity.map(narrow)?,
        adjustment_type: adjustment_type?,
        step_adjustments: step_adjustments?,
        min_adjustment_magnitude: min_adjustment_magnitude.map(narrow),
        scale_out_cooldown,
        scale_in_cooldown,
        missing_data,
        max_draining_percent: max_draining_percent.map(narrow),
        enabled,
    })
}

/// Every number read here lies in a range of non-negative `i32`.
fn narrow(number: i64) -> u32 {
    u32::try_from(number).unwrap_or_default()
}

pub(super) fn target(fields: &mut Fields<'_>) -> Option<Target> {
    fields.parsed("ResourceId", target::WANTED)
}

fn alarm(fields: &mut Fields<'_>) -> Option<NamedAlarm> {
    const WANT: &str = "the alarm's name or ARN";
    let text = fields.text("Alarm", WANT)?;
    let alarm = text.parse().ok();
    if alarm.is_none() && text.starts_with("arn:") {
        let what =
            "is the ARN of something else; give arn:aws:cloudwatch:…:alarm:<name>, or the name";
        fields.fault("Alarm", what);
    } else if alarm.is_none() {
        fields.wrong("Alarm", &Value::from(text), WANT);
    }
    alarm
}

fn adjustment_type(fields: &mut Fields<'_>) -> Option<AdjustmentType> {
    const WANT: &str = "ChangeInCapacity, ExactCapacity or PercentChangeInCapacity";
    let value = fields.required("AdjustmentType", WANT)?;
    match value.as_str() {
        Some("ChangeInCapacity") => Some(AdjustmentType::ChangeInCapacity),
        Some("ExactCapacity") => Some(AdjustmentType::ExactCapacity),
        Some("PercentChangeInCapacity") => Some(AdjustmentType::PercentChangeInCapacity),
        _ => {
            fields.wrong("AdjustmentType", value, WANT);
            None
        }
    }
}

fn steps(fields: &mut Fields<'_>) -> Option<Vec<StepAdjustment>> {
    let list = fields.list("StepAdjustments", "a list of steps")?;
    let path = fields.at("StepAdjustments");
    let steps: Vec<Option<StepAdjustment>> = list
        .iter()
        .enumerate()
        .map(|(number, value)| step(value, &format!("{path}[{number}]"), fields.faults()))
        .collect();
    steps.into_iter().collect()
}

fn step(value: &Value, path: &str, faults: &mut Vec<Fault>) -> Option<StepAdjustment> {
    let before = faults.len();
    let mut fields = Fields::open(value, path, faults)?;
    let metric_interval_lower_bound = fields.maybe_number("MetricIntervalLowerBound");
    let metric_interval_upper_bound = fields.maybe_number("MetricIntervalUpperBound");
    let scaling_adjustment = fields.whole("ScalingAdjustment", i64::from(i32::MIN)..=MOST);
    let sound = fields.faults().len() == before;
    fields.close();
    let scaling_adjustment = i32::try_from(scaling_adjustment?).ok()?;
    // A bound that cannot be read is not an open end.
    sound.then_some(StepAdjustment {
        metric_interval_lower_bound,
        metric_interval_upper_bound,
        scaling_adjustment,
    })
}

fn missing_data(fields: &mut Fields<'_>) -> MissingData {
    const NAME: &str = "MissingData";
    const WANT: &str = "Hold, FirstStep, ScaleTo: <capacity> or AtLeast: <capacity>";
    let Some(value) = fields.given(NAME) else { return MissingData::default() };
    let only = value.as_object().filter(|object| object.len() == 1);
    let capacity = only.and_then(|object| object.iter().next());
    match (value.as_str(), capacity) {
        (Some("Hold"), _) => MissingData::Hold,
        (Some("FirstStep"), _) => MissingData::FirstStep,
        (_, Some((name, value))) if matches!(name.as_str(), "ScaleTo" | "AtLeast") => {
            let capacity = fields.whole_in(&format!("{NAME}.{name}"), value, 0..=MOST);
            match (capacity.map(narrow), name.as_str()) {
                (Some(capacity), "ScaleTo") => MissingData::ScaleTo(capacity),
                (Some(capacity), _) => MissingData::AtLeast(capacity),
                (None, _) => MissingData::default(),
            }
        }
        _ => {
            fields.wrong(NAME, value, WANT);
            MissingData::default()
        }
    }
}

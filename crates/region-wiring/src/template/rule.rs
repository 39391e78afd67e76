//! EventBridge rules: what triggers them, and what their targets get.

use serde_json::Value;

use crate::{Pattern, RuleSpec, TargetInput, TargetSpec, Trigger, Wiring};
use region_core::names::{ACCOUNT, REGION};

use super::TemplateError;
use super::name::Identity;
use super::property::Properties;

/// The quotas of EventBridge that no request can pass, at their defaults.
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html>
const MOST_TARGETS: usize = 5;
const LONGEST_PATTERN: usize = 2048;

pub(super) fn rule(
    wiring: &mut Wiring,
    p: &Properties,
    identity: &Identity,
) -> Result<(), TemplateError> {
    check_bus(p)?;
    let trigger = match (p.json("EventPattern")?, p.text("ScheduleExpression")?) {
        (Some(pattern), None) => pattern_trigger(p, "EventPattern", &pattern)?,
        (None, Some(text)) => schedule_trigger(p, "ScheduleExpression", &text)?,
        _ => {
            return Err(
                p.error("EventPattern", "or ScheduleExpression must be given, and not both")
            );
        }
    };
    let targets = p.list("Targets")?;
    if targets.len() > MOST_TARGETS {
        let problem = format!("has {}; a rule takes {MOST_TARGETS} at most", targets.len());
        return Err(p.error("Targets", problem));
    }
    let targets = targets.iter().map(|target| {
        let target = Properties::new(p.id.clone(), target.clone());
        Ok(TargetSpec {
            arn: target.required("Arn")?,
            input: input(&target)?,
            group_id: target.text("SqsParameters.MessageGroupId")?,
            permitted: false,
        })
    });
    wiring.rules.push(RuleSpec {
        logical_id: p.id.clone(),
        name: identity.name.clone(),
        arn: identity.arn.clone().unwrap_or_default(),
        enabled: enabled(p)?,
        trigger,
        targets: targets.collect::<Result<_, TemplateError>>()?,
    });
    Ok(())
}

/// Refuses every bus but the default one. Only that one gets the events of AWS's services, and no
/// other is simulated.
pub(super) fn check_bus(p: &Properties) -> Result<(), TemplateError> {
    let default = format!("arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default");
    match p.text("EventBusName")? {
        Some(bus) if bus != "default" && bus != default => {
            let problem = format!("is `{bus}`; only the default bus is modeled, so remove it");
            Err(p.error("EventBusName", problem))
        }
        _ => Ok(()),
    }
}

pub(super) fn pattern_trigger(
    p: &Properties,
    property: &str,
    pattern: &Value,
) -> Result<Trigger, TemplateError> {
    let length = pattern.to_string().chars().count();
    if length > LONGEST_PATTERN {
        let problem =
            format!("has {length} characters; EventBridge takes {LONGEST_PATTERN} at most");
        return Err(p.error(property, problem));
    }
    let pattern = Pattern::of_rule(pattern);
    pattern.map(Trigger::Pattern).map_err(|refusal| p.error(property, refusal.to_string()))
}

/// `rate(5 minutes)` and its like in hours and days.
pub(super) fn schedule_trigger(
    p: &Properties,
    property: &str,
    text: &str,
) -> Result<Trigger, TemplateError> {
    let minutes = || {
        let (count, unit) = text.strip_prefix("rate(")?.strip_suffix(')')?.split_once(' ')?;
        let count: u32 = count.parse().ok().filter(|count| *count > 0)?;
        let (unit, one) = match unit.strip_suffix('s') {
            Some(unit) => (unit, false),
            None => (unit, true),
        };
        let length = match unit {
            "minute" => 1,
            "hour" => 60,
            "day" => 1440,
            _ => return None,
        };
        // EventBridge refuses `rate(1 minutes)` and `rate(5 minute)`.
        (one == (count == 1)).then_some(count.checked_mul(length)?)
    };
    minutes().map(Trigger::EveryMinutes).ok_or_else(|| {
        p.error(property, format!("is `{text}`; write a rate such as `rate(5 minutes)`"))
    })
}

pub(super) fn input(p: &Properties) -> Result<TargetInput, TemplateError> {
    if p.get("InputTransformer").is_some() {
        return Err(p.error("InputTransformer", "is not modelled; use Input or InputPath"));
    }
    Ok(match (p.json("Input")?, p.text("InputPath")?) {
        (Some(input), None) => TargetInput::Fixed(input),
        (None, Some(path)) => TargetInput::Path(path),
        (None, None) => TargetInput::Event,
        (Some(_), Some(_)) => return Err(p.error("Input", "stands beside InputPath; drop one")),
    })
}

/// `State` of a rule or of a SAM event, or `Enabled` of older SAM events.
pub(super) fn enabled(p: &Properties) -> Result<bool, TemplateError> {
    let states = ["ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"];
    let state = p.choice("State", &states)?;
    let off = p.choice("Enabled", &["true", "false"])?.as_deref() == Some("false");
    Ok(state.as_deref() != Some("DISABLED") && !off)
}

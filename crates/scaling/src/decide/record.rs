//! The text of a decision in a log record: one flat object.

use serde::{Serialize, Serializer};

use super::decision::{Chosen, Decision, Outcome};
use super::inputs::{Breach, Inputs};
use crate::Time;
use crate::capacity::{Base, Bounds, Clamp};
use crate::memory::{Direction, LastScaling};
use crate::policy::{AdjustmentType, MissingData, Target};
use crate::state::State;
use crate::times::{maybe_rfc3339, rfc3339};

/// The fields that `docs/reference/metrics-and-logs.md` lists.
#[derive(Serialize)]
struct Record<'a> {
    #[serde(serialize_with = "rfc3339")]
    at: Time,
    breach: &'a Breach,
    target: &'a Target,
    state: &'a State,
    last: Option<LastScaling>,
    #[serde(serialize_with = "maybe_rfc3339")]
    cooldown_until: Option<Time>,
    adjustment_type: AdjustmentType,
    min_adjustment_magnitude: Option<u32>,
    missing_data: MissingData,
    step: Option<Chosen>,
    bounds: Bounds,
    direction: Option<Direction>,
    base: Option<Base>,
    change: Option<i64>,
    wanted: Option<i64>,
    clamp: Option<Clamp>,
    outcome: Outcome,
    remember: Option<LastScaling>,
    #[serde(serialize_with = "maybe_rfc3339")]
    requeue_at: Option<Time>,
}

impl Serialize for Decision {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { at, inputs, step, working, outcome, remember, requeue_at } = self;
        let Inputs { policy, breach, state, last } = inputs;
        let record = Record {
            at: *at,
            breach,
            target: &policy.resource_id,
            state,
            last: *last,
            cooldown_until: inputs.cooling(*at).map(|last| last.until()),
            adjustment_type: policy.adjustment_type,
            min_adjustment_magnitude: policy.min_adjustment_magnitude,
            missing_data: policy.missing_data,
            step: *step,
            bounds: inputs.bounds(),
            direction: self.direction(),
            base: working.map(|working| working.base),
            change: working.map(|working| working.change),
            wanted: working.map(|working| working.wanted),
            clamp: working.and_then(|working| working.clamp),
            outcome: *outcome,
            remember: *remember,
            requeue_at: *requeue_at,
        };
        record.serialize(serializer)
    }
}

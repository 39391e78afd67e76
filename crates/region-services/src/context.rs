//! What all services of the account share: the time, random numbers, the agenda and the effects.

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use region_core::Time;
use region_core::agenda::Agenda;
use region_core::api::Effect;
use region_core::names::{ACCOUNT, REGION};
use serde_json::{Value, json};

use crate::settings::Settings;
use crate::{autoscaling, ecs};
use region_core::wording::{put, rfc3339_seconds, seconds, uuid};

/// A scheduled event.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Due {
    Ecs(ecs::Due),
    AutoScaling(autoscaling::Due),
    CloudWatch(region_cloudwatch::Due),
}

impl From<ecs::Due> for Due {
    fn from(due: ecs::Due) -> Self {
        Self::Ecs(due)
    }
}

impl From<autoscaling::Due> for Due {
    fn from(due: autoscaling::Due) -> Self {
        Self::AutoScaling(due)
    }
}

impl From<region_cloudwatch::Due> for Due {
    fn from(due: region_cloudwatch::Due) -> Self {
        Self::CloudWatch(due)
    }
}

/// The part of the account that each service may use.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) settings: Settings,
    pub(crate) now: Time,
    /// The moment whose state the present read shows.
    pub(crate) read_at: Time,
    pub(crate) rng: StdRng,
    /// For alarms and scaling policies, so that they do not change what is random elsewhere.
    pub(crate) alarm_rng: StdRng,
    pub(crate) agenda: Agenda<Due>,
    pub(crate) effects: Vec<Effect>,
}

impl Context {
    pub(crate) fn new(settings: Settings, seed: u64, now: Time) -> Self {
        Self {
            settings,
            now,
            read_at: now,
            rng: StdRng::seed_from_u64(seed),
            alarm_rng: StdRng::seed_from_u64(seed),
            agenda: Agenda::default(),
            effects: Vec::new(),
        }
    }

    pub(crate) fn at(&mut self, when: Time, due: impl Into<Due>) {
        self.agenda.at(when, due.into());
    }

    pub(crate) fn after(&mut self, delay: u64, due: impl Into<Due>) {
        self.at(self.now + seconds(delay), due);
    }

    /// Choose the moment whose state the next read shows.
    pub(crate) fn begin_read(&mut self) {
        self.read_at = self.now - self.lag();
    }

    /// Whether reads lag, so that trails are needed.
    pub(crate) fn lags(&self) -> bool {
        self.settings.read_lag_seconds > 0
    }

    /// The lag of a read that is made now.
    fn lag(&mut self) -> time::Duration {
        let most = self.settings.read_lag_seconds * 1_000;
        let lag = if self.lags() && self.settings.read_lag_varies {
            self.rng.random_range(0..=most)
        } else {
            most
        };
        time::Duration::milliseconds(i64::try_from(lag).unwrap_or_default())
    }

    /// The id of a container instance or task.
    pub(crate) fn hex_id(&mut self) -> String {
        format!("{:032x}", self.rng.random::<u128>())
    }

    /// The id of an EC2 instance.
    pub(crate) fn ec2_id(&mut self) -> String {
        format!("i-0{:016x}", self.rng.random::<u64>())
    }

    /// A version 4 UUID, as tokens, requests and events carry.
    pub(crate) fn uuid(&mut self) -> String {
        uuid(&mut self.rng)
    }

    /// Put an event on the default bus.
    pub(crate) fn emit(&mut self, source: &str, kind: &str, resources: &[&str], detail: Value) {
        let id = self.uuid();
        self.emit_as(id, source, kind, resources, detail);
    }

    /// Put an event on the default bus, with an id that the caller chose.
    pub(crate) fn emit_as(
        &mut self,
        id: String,
        source: &str,
        kind: &str,
        resources: &[&str],
        detail: Value,
    ) {
        let mut event = json!({
            "version": "0",
            "id": id,
            "detail-type": kind,
            "source": source,
            "account": ACCOUNT,
            "time": rfc3339_seconds(self.now),
            "region": REGION,
            "resources": resources,
        });
        put(&mut event, "detail", detail);
        self.effects.push(Effect::Event(event));
    }
}

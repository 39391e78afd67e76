//! What users configure: the target in an alarm's tag, and the documents of targets.
//!
//! Each process caches both for a minute, and nothing outlives that but where a read fails: then
//! the last good value holds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use aws::{CloudWatch, Error, Parameters};
use aws_names::AlarmArn;
use function::clock::Clock;
use scaling::policy::TARGET_TAG;
use time::Duration;

use crate::Time;

/// How long a value is used without another read.
const FRESH: Duration = Duration::seconds(60);

/// The number of failed reads until an error is returned, unless an earlier value is kept.
const ATTEMPTS: usize = 3;

/// The configured values by alarm or by the name of the parameter; `None` if there is none.
#[derive(Debug)]
pub struct Documents {
    cloudwatch: CloudWatch,
    parameters: Parameters,
    clock: Clock,
    cached: Mutex<Cached>,
}

#[derive(Debug, Default)]
struct Cached {
    tags: BTreeMap<AlarmArn, Value>,
    documents: BTreeMap<String, Value>,
    /// Reads that failed and were not reported.
    failed: usize,
}

#[derive(Debug, Clone)]
struct Value {
    text: Option<String>,
    /// When its read began.
    read_at: Time,
}

impl Documents {
    pub fn new(cloudwatch: CloudWatch, parameters: Parameters, clock: Clock) -> Self {
        Self { cloudwatch, parameters, clock, cached: Mutex::default() }
    }

    /// The value of an alarm's tag that names its target.
    ///
    /// # Errors
    /// If every read failed and an earlier value is missing.
    pub async fn tag(&self, alarm: &AlarmArn) -> Result<Option<String>, Error> {
        let known = self.cached().tags.get(alarm).cloned();
        if let Some(value) = known.as_ref().filter(|value| self.is_fresh(value)) {
            return Ok(value.text.clone());
        }
        let mut attempts = 0;
        loop {
            attempts += 1;
            let read_at = self.clock.now();
            match self.cloudwatch.alarm_tag(alarm, TARGET_TAG).await {
                Ok(text) => {
                    let value = Value { text: text.clone(), read_at };
                    self.cached().tags.insert(alarm.clone(), value);
                    return Ok(text);
                }
                Err(error) => {
                    self.cached().failed += 1;
                    if let Some(value) = known {
                        return Ok(value.text);
                    }
                    if attempts == ATTEMPTS {
                        return Err(error);
                    }
                }
            }
        }
    }

    /// The texts of these documents. One that does not exist is absent.
    ///
    /// # Errors
    /// If every read failed and an earlier value of one of them is missing.
    pub async fn read(&self, names: &BTreeSet<String>) -> Result<BTreeMap<String, String>, Error> {
        let stale: Vec<String> = {
            let cached = self.cached();
            let is_fresh = |name: &String| {
                cached.documents.get(name).is_some_and(|value| self.is_fresh(value))
            };
            names.iter().filter(|name| !is_fresh(name)).cloned().collect()
        };
        let mut attempts = 0;
        while !stale.is_empty() {
            attempts += 1;
            let read_at = self.clock.now();
            match self.parameters.read(&stale).await {
                Ok(mut found) => {
                    let mut cached = self.cached();
                    for name in &stale {
                        let value = Value { text: found.remove(name), read_at };
                        cached.documents.insert(name.clone(), value);
                    }
                    break;
                }
                Err(error) => {
                    let mut cached = self.cached();
                    cached.failed += 1;
                    if stale.iter().all(|name| cached.documents.contains_key(name)) {
                        break;
                    }
                    if attempts == ATTEMPTS {
                        return Err(error);
                    }
                }
            }
        }
        let cached = self.cached();
        let text = |name: &String| Some((name.clone(), cached.documents.get(name)?.text.clone()?));
        Ok(names.iter().filter_map(text).collect())
    }

    /// How many reads have failed since the last call.
    pub fn take_failed(&self) -> usize {
        std::mem::take(&mut self.cached().failed)
    }

    fn is_fresh(&self, value: &Value) -> bool {
        self.clock.now() - value.read_at < FRESH
    }

    fn cached(&self) -> MutexGuard<'_, Cached> {
        self.cached.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

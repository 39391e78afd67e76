//! The simulated Amazon CloudWatch: metrics, alarms and their actions.
//!
//! [`CloudWatch`] owns metrics and alarms. It reaches everything else through [`Account`].

mod account;
mod alarm;
mod api;
mod asked;
mod change;
mod cloudwatch;
mod constraints;
mod crossed;
mod data;
mod describe;
mod error;
mod evaluation;
mod labels;
mod late;
mod math;
mod metrics;
mod minute;
mod names;
mod notification;
mod order;
mod put;
mod put_checks;
mod put_data;
mod query;
mod reason;
mod rule;
mod set_state;
mod settings;
mod show;
mod state;
mod suppression;
mod tags;
#[cfg(test)]
mod tests;
mod units;

pub use self::account::{Account, Due, Measured, Resolution, ScalingAction};
pub use self::cloudwatch::CloudWatch;
pub use self::evaluation::{Comparison, TreatMissingData};
pub use self::late::LateSamples;
pub use self::metrics::Statistic;
pub use self::order::{PutCompositeAlarm, PutMetricAlarm};
pub use self::put_data::{MetricDatum, PutMetricData, StatisticSet};
pub use self::query::{Dimension, Metric, MetricDataQuery, MetricStat};
pub use self::settings::Settings;
pub use self::state::StateValue;
pub use self::tags::{SetAlarmTags, Tag};

//! The simulated Amazon CloudWatch: metrics, alarms and their actions.
//!
//! [`CloudWatch`] owns metrics and alarms. It reaches everything else through [`Account`].

mod account;
mod alarm;
mod api;
mod change;
mod cloudwatch;
mod data;
mod error;
mod evaluation;
mod late;
mod math;
mod metrics;
mod minute;
mod names;
mod notification;
mod order;
mod put;
mod query;
mod reason;
mod rule;
mod settings;
mod show;
mod state;
mod suppression;
#[cfg(test)]
mod tests;

pub use self::account::{Account, Due, Measured, ScalingAction};
pub use self::cloudwatch::CloudWatch;
pub use self::data::{MetricDatum, PutMetricData, StatisticSet};
pub use self::evaluation::{Comparison, TreatMissingData};
pub use self::late::LateSamples;
pub use self::metrics::Statistic;
pub use self::order::{PutCompositeAlarm, PutMetricAlarm};
pub use self::query::{Dimension, Metric, MetricDataQuery, MetricStat};
pub use self::settings::Settings;
pub use self::state::StateValue;

//! What CloudWatch uses of the account around it.

use rand::rngs::StdRng;
use region_core::Time;
use serde_json::Value;

use crate::metrics::{MINUTE, THIRD};
use crate::query::Metric;

/// The account that CloudWatch belongs to.
pub trait Account {
    fn now(&self) -> Time;

    /// The random numbers of ids and late samples. They are not those of ECS and Auto Scaling, so
    /// that an alarm does not change what is random elsewhere.
    fn rng(&mut self) -> &mut StdRng;

    /// Have [`CloudWatch::run`](crate::CloudWatch::run) called with `due` at that time.
    fn schedule(&mut self, at: Time, due: Due);

    /// What the services of AWS report, at this resolution, of the time that ends now.
    fn measure(&self, resolution: Resolution) -> Vec<Measured>;

    /// Put an event about `resource` on the default bus.
    fn emit(&mut self, id: String, detail_type: &str, resource: &str, detail: Value);

    /// Publish a message of an alarm to an SNS topic.
    fn publish(&mut self, alarm_arn: &str, topic_arn: String, subject: String, message: String);

    /// Have scaling policies act, once the present call of CloudWatch is over.
    fn scale(&mut self, actions: Vec<ScalingAction>);
}

/// A scheduled event of CloudWatch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// A minute of metrics ends.
    Minute,
    /// 20 seconds of metrics of high resolution end.
    Third,
    /// Metrics become readable.
    Publish,
    /// Alarms are evaluated.
    Alarms,
    /// Alarms with a period below a minute are evaluated.
    ShortAlarms,
    /// The suppression of composite alarms may end.
    Suppressed,
}

/// How long a time the samples of a metric are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// 60 seconds, the standard.
    Minute,
    /// 20 seconds, the high resolution of ECS
    /// (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/target-tracking-faster-auto-scaling.html>).
    Third,
}

impl Resolution {
    /// Its length.
    pub(crate) fn seconds(self) -> i64 {
        match self {
            Self::Minute => MINUTE,
            Self::Third => THIRD,
        }
    }
}

/// Samples of one metric, all of the same value.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    pub metric: Metric,
    /// By CloudWatch's name, such as `Percent`; one that CloudWatch does not have counts as `None`.
    pub unit: &'static str,
    pub value: f64,
    /// How many samples; more than 0.
    pub count: f64,
}

/// An action of an alarm that calls a scaling policy.
#[derive(Debug, Clone, PartialEq)]
pub struct ScalingAction {
    /// ARN.
    pub policy: String,
    /// The alarm's name.
    pub alarm: String,
    /// The alarm's threshold.
    pub threshold: f64,
    /// The values that the alarm was evaluated by, oldest first.
    pub recent: Vec<f64>,
}

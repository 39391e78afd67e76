//! Metric math: as much of it as alarms about tasks and instances need, after
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html>.
//! What is not known here is refused by name.

mod evaluate;
mod expression;
mod parse;
mod series;
#[cfg(test)]
mod tests;
mod token;

pub(crate) use self::evaluate::evaluate;
pub(crate) use self::expression::Expression;
pub(crate) use self::parse::parse;
pub(crate) use self::series::{Grid, Outcome, Series};

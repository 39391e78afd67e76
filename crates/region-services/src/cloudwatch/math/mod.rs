//! Metric math: as much of it as alarms about tasks and instances need, after
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html>.
//! What is not known here is refused by name.

mod evaluate;
mod parse;
#[cfg(test)]
mod tests;
mod token;

use std::collections::BTreeMap;

pub(super) use self::evaluate::evaluate;
pub(super) use self::parse::parse;

/// A time series: the start of each period that has a value, in seconds, and the value.
pub(super) type Series = BTreeMap<i64, f64>;

/// The periods that a query is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grid {
    /// The start of each, in seconds, oldest first.
    pub(super) times: Vec<i64>,
    /// Seconds of each.
    pub(super) period: i64,
}

/// What an expression comes to.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Outcome {
    /// One number.
    Scalar(f64),
    /// A time series.
    Series(Series),
    /// An array of time series.
    Array(Vec<Series>),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expression {
    Number(f64),
    /// The id of another query.
    Id(String),
    Array(Vec<Expression>),
    Negative(Box<Expression>),
    Binary(Operator, Box<Expression>, Box<Expression>),
    Call(Function, Vec<Expression>),
    /// `REPEAT`, the second argument of FILL.
    Repeat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    Equal,
    NotEqual,
    LessOrEqual,
    Less,
    GreaterOrEqual,
    Greater,
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Abs,
    Avg,
    Ceil,
    Diff,
    Fill,
    Floor,
    If,
    Max,
    Min,
    Period,
    Sum,
}

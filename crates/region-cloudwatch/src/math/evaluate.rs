//! What an expression comes to.
//!
//! Between two time series a missing value counts as 0, and a period in which both are missing
//! has no value; so does AVG of an array. MAX, MIN and SUM of an array take what there is.
//! "Basic arithmetic functions", "Comparison and logical operators" and "Using IF expressions" in
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html>.

use std::collections::{BTreeMap, BTreeSet};

use super::expression::{Expression, Function, Operator};
use super::series::{Grid, Outcome, Series};

/// Work out an expression; `of` gives what other queries come to, by id.
///
/// # Errors
/// What cannot be combined so, or `of`'s own.
pub(crate) fn evaluate(
    expression: &Expression,
    grid: &Grid,
    of: &mut impl FnMut(&str) -> Result<Outcome, String>,
) -> Result<Outcome, String> {
    match expression {
        Expression::Number(number) => Ok(Outcome::Scalar(*number)),
        Expression::Id(id) => of(id),
        Expression::Array(items) => array(items, grid, of),
        Expression::Negative(inner) => {
            let inner = evaluate(inner, grid, of)?;
            Ok(inner.map(|value| -value))
        }
        Expression::Binary(operator, left, right) => {
            combine(*operator, evaluate(left, grid, of)?, evaluate(right, grid, of)?)
        }
        Expression::Call(function, arguments) => call(*function, arguments, grid, of),
        Expression::Repeat => Err("REPEAT is a way to FILL, and no value".to_owned()),
    }
}

impl Outcome {
    fn map(self, change: impl Fn(f64) -> f64 + Copy) -> Self {
        let all = |series: Series| {
            let changed = series.into_iter().map(|(time, value)| (time, change(value)));
            changed.filter(|(_, value)| value.is_finite()).collect()
        };
        match self {
            Self::Scalar(value) => Self::Scalar(change(value)),
            Self::Series(series) => Self::Series(all(series)),
            Self::Array(items) => Self::Array(items.into_iter().map(all).collect()),
        }
    }
}

fn array(
    items: &[Expression],
    grid: &Grid,
    of: &mut impl FnMut(&str) -> Result<Outcome, String>,
) -> Result<Outcome, String> {
    let mut all = Vec::new();
    for item in items {
        match evaluate(item, grid, of)? {
            Outcome::Scalar(_) => return Err("an array takes time series only".to_owned()),
            Outcome::Series(series) => all.push(series),
            Outcome::Array(more) => all.extend(more),
        }
    }
    Ok(Outcome::Array(all))
}

fn apply(operator: Operator, left: f64, right: f64) -> f64 {
    let truth = |truth: bool| f64::from(u8::from(truth));
    match operator {
        Operator::Or => truth(left != 0.0 || right != 0.0),
        Operator::And => truth(left != 0.0 && right != 0.0),
        Operator::Equal => truth(left == right),
        Operator::NotEqual => truth(left != right),
        Operator::LessOrEqual => truth(left <= right),
        Operator::Less => truth(left < right),
        Operator::GreaterOrEqual => truth(left >= right),
        Operator::Greater => truth(left > right),
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply => left * right,
        Operator::Divide => left / right,
        Operator::Power => left.powf(right),
    }
}

fn combine(operator: Operator, left: Outcome, right: Outcome) -> Result<Outcome, String> {
    Ok(match (left, right) {
        (left, Outcome::Scalar(right)) => left.map(|left| apply(operator, left, right)),
        (Outcome::Scalar(left), right) => right.map(|right| apply(operator, left, right)),
        (Outcome::Series(left), Outcome::Series(right)) => {
            Outcome::Series(both(operator, &left, &right))
        }
        (Outcome::Array(items), Outcome::Series(right)) => {
            Outcome::Array(items.iter().map(|left| both(operator, left, &right)).collect())
        }
        (Outcome::Series(left), Outcome::Array(items)) => {
            Outcome::Array(items.iter().map(|right| both(operator, &left, right)).collect())
        }
        (Outcome::Array(_), Outcome::Array(_)) => {
            return Err("an operator takes one array only".to_owned());
        }
    })
}

fn both(operator: Operator, left: &Series, right: &Series) -> Series {
    let times: BTreeSet<i64> = left.keys().chain(right.keys()).copied().collect();
    let at = |series: &Series, time: i64| series.get(&time).copied().unwrap_or(0.0);
    let values =
        times.into_iter().map(|time| (time, apply(operator, at(left, time), at(right, time))));
    values.filter(|(_, value)| value.is_finite()).collect()
}

fn call(
    function: Function,
    arguments: &[Expression],
    grid: &Grid,
    of: &mut impl FnMut(&str) -> Result<Outcome, String>,
) -> Result<Outcome, String> {
    let mut argument = |place: usize| match arguments.get(place) {
        Some(argument) => evaluate(argument, grid, of),
        None => Err("an argument is missing".to_owned()),
    };
    let first = argument(0)?;
    match function {
        Function::Abs => Ok(first.map(f64::abs)),
        Function::Ceil => Ok(first.map(f64::ceil)),
        Function::Floor => Ok(first.map(f64::floor)),
        Function::Avg => Ok(fold(first, |values, of| values.iter().sum::<f64>() / of as f64)),
        Function::Diff => difference(first),
        Function::Sum => Ok(fold(first, |values, _| values.iter().sum())),
        Function::Max => {
            Ok(fold(first, |values, _| values.iter().copied().fold(f64::NAN, f64::max)))
        }
        Function::Min => {
            Ok(fold(first, |values, _| values.iter().copied().fold(f64::NAN, f64::min)))
        }
        Function::Period => match first {
            Outcome::Series(_) => Ok(Outcome::Scalar(grid.period as f64)),
            _ => Err("PERIOD takes a time series".to_owned()),
        },
        Function::Fill => match arguments.get(1) {
            Some(Expression::Repeat) => fill(first, None, grid),
            _ => fill(first, Some(argument(1)?), grid),
        },
        Function::If => {
            let yes = argument(1)?;
            let no = if arguments.len() == 3 { Some(argument(2)?) } else { None };
            choose(first, &yes, no.as_ref())
        }
    }
}

/// One number of a time series; of an array, one time series. `function` takes the values that
/// there are, and of how many there could be.
fn fold(of: Outcome, function: impl Fn(&[f64], usize) -> f64) -> Outcome {
    match of {
        Outcome::Scalar(value) => Outcome::Scalar(value),
        Outcome::Series(series) => {
            let values: Vec<f64> = series.into_values().collect();
            Outcome::Scalar(function(&values, values.len()))
        }
        Outcome::Array(items) => {
            let of = items.len();
            let mut columns: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
            for (time, value) in items.into_iter().flatten() {
                columns.entry(time).or_default().push(value);
            }
            let values = columns.into_iter().map(|(time, values)| (time, function(&values, of)));
            Outcome::Series(values.collect())
        }
    }
}

/// Each value less the one before it; the first has none.
fn difference(of: Outcome) -> Result<Outcome, String> {
    let one = |series: Series| -> Series {
        let pairs = series.iter().zip(series.iter().skip(1));
        pairs.map(|((_, before), (time, value))| (*time, value - before)).collect()
    };
    match of {
        Outcome::Scalar(_) => Err("DIFF takes time series".to_owned()),
        Outcome::Series(series) => Ok(Outcome::Series(one(series))),
        Outcome::Array(items) => Ok(Outcome::Array(items.into_iter().map(one).collect())),
    }
}

/// The value of a time series or number in one period.
fn value_at(of: &Outcome, time: i64) -> Result<Option<f64>, String> {
    match of {
        Outcome::Scalar(value) => Ok(Some(*value)),
        Outcome::Series(series) => Ok(series.get(&time).copied()),
        Outcome::Array(_) => Err("an array cannot stand here".to_owned()),
    }
}

/// A value for every period: the filler's where there is none, or the one before.
fn fill(of: Outcome, filler: Option<Outcome>, grid: &Grid) -> Result<Outcome, String> {
    let one = |series: &Series| -> Result<Series, String> {
        let mut filled = Series::new();
        let mut before = None;
        for time in &grid.times {
            let instead = match &filler {
                Some(filler) => value_at(filler, *time)?,
                None => before,
            };
            before = series.get(time).copied().or(instead);
            filled.extend(before.map(|value| (*time, value)));
        }
        Ok(filled)
    };
    match of {
        Outcome::Scalar(_) => Err("FILL takes time series".to_owned()),
        Outcome::Series(series) => one(&series).map(Outcome::Series),
        Outcome::Array(items) => {
            items.iter().map(one).collect::<Result<_, _>>().map(Outcome::Array)
        }
    }
}

/// Where the condition holds and what is chosen is missing the value is 0; where it does not, the
/// period has none.
fn choose(condition: Outcome, yes: &Outcome, no: Option<&Outcome>) -> Result<Outcome, String> {
    let chosen = |condition: f64| if condition != 0.0 { Some(yes) } else { no };
    match condition {
        Outcome::Scalar(value) => {
            Ok(chosen(value).cloned().unwrap_or(Outcome::Series(Series::new())))
        }
        Outcome::Series(series) => {
            let mut result = Series::new();
            for (time, holds) in series {
                let value = chosen(holds).map(|chosen| value_at(chosen, time)).transpose()?;
                let otherwise = (holds != 0.0).then_some(0.0);
                result.extend(value.flatten().or(otherwise).map(|value| (time, value)));
            }
            Ok(Outcome::Series(result))
        }
        Outcome::Array(_) => Err("the condition of IF cannot be an array".to_owned()),
    }
}

//! Numbers compare by value, and only those that a double holds exactly compare at all.

use std::ops::{Bound, RangeBounds};

use serde_json::{Number, Value};

/// What `numeric` accepts.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Range(Bound<f64>, Bound<f64>);

/// The number as a double, if that is exact.
pub(super) fn comparable(number: &Number) -> Option<f64> {
    let double = number.as_f64()?;
    let integer = number.as_i64().map(i128::from).or(number.as_u64().map(i128::from));
    integer.is_none_or(|integer| double as i128 == integer).then_some(double)
}

pub(super) fn not_comparable(number: &Number) -> String {
    format!("Cannot compare number : {number}")
}

/// Whether a number is of the value of another: 300 equals 300.0.
pub(super) fn are_equal(left: &Number, right: &Number) -> bool {
    match (comparable(left), comparable(right)) {
        (Some(left), Some(right)) => left == right,
        _ => left == right,
    }
}

impl Range {
    /// `[operator, number]`, or a lower bound followed by an upper one.
    pub(super) fn read(terms: &Value) -> Result<Self, String> {
        let Value::Array(terms) = terms else {
            return Err("Value of numeric must be an array.".to_owned());
        };
        let operator = match terms.first() {
            Some(Value::String(operator)) => operator.as_str(),
            other => return Err(format!("Invalid member in numeric match: {}", token(other))),
        };
        let range = match operator {
            "=" => {
                let bound = Bound::Included(bound("equals", terms.get(1))?);
                Self(bound, bound)
            }
            "<" => Self(Bound::Unbounded, Bound::Excluded(bound(operator, terms.get(1))?)),
            "<=" => Self(Bound::Unbounded, Bound::Included(bound(operator, terms.get(1))?)),
            ">" | ">=" => return Self::between(operator, terms),
            _ => return Err(format!("Unrecognized numeric range operator: {operator}")),
        };
        match terms.get(2) {
            None => Ok(range),
            Some(_) => Err("Too many elements in numeric expression".to_owned()),
        }
    }

    fn between(operator: &str, terms: &[Value]) -> Result<Self, String> {
        let least = bound(operator, terms.get(1))?;
        let bottom = match operator {
            ">" => Bound::Excluded(least),
            _ => Bound::Included(least),
        };
        let operator = match terms.get(2) {
            None => return Ok(Self(bottom, Bound::Unbounded)),
            Some(Value::String(operator)) => operator.as_str(),
            other => return Err(format!("Bad value in numeric range: {}", token(other))),
        };
        if operator != "<" && operator != "<=" {
            return Err(format!("Bad numeric range operator: {operator}"));
        }
        let most = bound(operator, terms.get(3))?;
        if terms.len() > 4 {
            return Err("Too many terms in numeric range expression".to_owned());
        }
        if least >= most {
            return Err("Bottom must be less than top".to_owned());
        }
        let top = if operator == "<" { Bound::Excluded(most) } else { Bound::Included(most) };
        Ok(Self(bottom, top))
    }

    pub(super) fn contains(&self, number: &Number) -> bool {
        comparable(number).is_some_and(|number| (self.0, self.1).contains(&number))
    }
}

fn bound(operator: &str, term: Option<&Value>) -> Result<f64, String> {
    let Some(Value::Number(number)) = term else {
        return Err(format!("Value of {operator} must be numeric"));
    };
    comparable(number).ok_or_else(|| not_comparable(number))
}

/// A term as AWS's parser names it: lists and objects by how they begin, and the end of the list.
fn token(term: Option<&Value>) -> String {
    match term {
        None => "]".to_owned(),
        Some(Value::Array(_)) => "[".to_owned(),
        Some(Value::Object(_)) => "{".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(scalar) => scalar.to_string(),
    }
}

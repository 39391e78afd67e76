//! One entry of a list of values in a pattern: a value, or an object with one operator.

use std::net::IpAddr;

use serde_json::{Map, Number, Value};

use super::anything_but;
use super::network::{self, Network};
use super::number::{self, Range};
use super::service::Service;
use super::wildcard::Wildcard;

/// What leaves at a path must meet.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Condition {
    /// The path has no leaf.
    Absent,
    /// A leaf passes.
    Leaf(Test),
}

/// A test of one leaf.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Test {
    Exists,
    Literal(Value),
    Number(Number),
    /// A text that spells this address, in any way.
    Address(IpAddr),
    Text(TextTest),
    Numeric(Range),
    Network(Network),
    /// None of these passes. Numbers, booleans and null pass where texts are excluded.
    AnythingBut(Vec<Test>),
}

/// A test of a text. What ignores case is kept in lower case.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum TextTest {
    Prefix(String),
    Suffix(String),
    AnyCase(String),
    PrefixOfAnyCase(String),
    SuffixOfAnyCase(String),
    Wildcard(Wildcard),
}

impl Condition {
    pub(super) fn accepts(&self, leaf: &Value) -> bool {
        match self {
            Self::Absent => false,
            Self::Leaf(test) => test.passes(leaf),
        }
    }

    pub(super) fn wildcards(&self) -> Vec<&Wildcard> {
        let tests = match self {
            Self::Absent => &[],
            Self::Leaf(Test::AnythingBut(tests)) => tests.as_slice(),
            Self::Leaf(test) => std::slice::from_ref(test),
        };
        tests.iter().filter_map(Test::wildcard).collect()
    }
}

impl Test {
    fn wildcard(&self) -> Option<&Wildcard> {
        match self {
            Self::Text(TextTest::Wildcard(wildcard)) => Some(wildcard),
            _ => None,
        }
    }

    fn passes(&self, leaf: &Value) -> bool {
        match (self, leaf) {
            (Self::Exists, _) => true,
            (Self::Literal(literal), leaf) => literal == leaf,
            (Self::AnythingBut(tests), leaf) => !tests.iter().any(|test| test.passes(leaf)),
            (Self::Number(number), Value::Number(leaf)) => number::are_equal(number, leaf),
            (Self::Numeric(range), Value::Number(leaf)) => range.contains(leaf),
            (Self::Address(address), Value::String(text)) => {
                network::address(text) == Some(*address)
            }
            (Self::Network(network), Value::String(text)) => network.contains(text),
            (Self::Text(test), Value::String(text)) => test.passes(text),
            _ => false,
        }
    }
}

impl TextTest {
    fn passes(&self, text: &str) -> bool {
        match self {
            Self::Prefix(prefix) => text.starts_with(prefix),
            Self::Suffix(suffix) => text.ends_with(suffix),
            Self::AnyCase(other) => text.to_lowercase() == *other,
            Self::PrefixOfAnyCase(prefix) => text.to_lowercase().starts_with(prefix),
            Self::SuffixOfAnyCase(suffix) => text.to_lowercase().ends_with(suffix),
            Self::Wildcard(wildcard) => wildcard.matches(text),
        }
    }
}

/// Read a list of values.
pub(super) fn list(service: Service, values: &[Value]) -> Result<Vec<Condition>, String> {
    if values.is_empty() {
        return Err("Empty arrays are not allowed".to_owned());
    }
    values.iter().map(|value| read(service, value)).collect()
}

fn read(service: Service, value: &Value) -> Result<Condition, String> {
    let test = match value {
        Value::Object(expression) => return operator(service, expression),
        Value::Array(_) => {
            return Err("Match value must be String, number, true, false, or null".to_owned());
        }
        Value::Number(number) => Test::Number(number.clone()),
        Value::String(text) => match network::address(text) {
            Some(address) => Test::Address(address),
            None => Test::Literal(value.clone()),
        },
        literal => Test::Literal(literal.clone()),
    };
    Ok(Condition::Leaf(test))
}

fn operator(service: Service, expression: &Map<String, Value>) -> Result<Condition, String> {
    let mut entries = expression.iter();
    let Some((name, operand)) = entries.next() else {
        return Err("Match expression name not found".to_owned());
    };
    if entries.next().is_some() {
        return Err("Only one key allowed in match expression".to_owned());
    }
    if !service.takes(name) {
        return Err(format!("Unrecognized match type {name}"));
    }
    let test = match name.as_str() {
        "exists" => match operand {
            Value::Bool(true) => Test::Exists,
            Value::Bool(false) => return Ok(Condition::Absent),
            _ => return Err("exists match pattern must be either true or false.".to_owned()),
        },
        "exactly" => Test::Literal(Value::String(text(operand, "exact")?)),
        "numeric" => Test::Numeric(Range::read(operand)?),
        // AWS names the wrong operator.
        "cidr" => Test::Network(Network::read(&text(operand, "prefix")?)?),
        "anything-but" => anything_but::read(service, operand)?,
        "equals-ignore-case" => Test::Text(TextTest::AnyCase(lower(operand, name)?)),
        "wildcard" => Test::Text(TextTest::Wildcard(Wildcard::read(&text(operand, name)?)?)),
        affix => Test::Text(self::affix(service, affix, operand)?),
    };
    Ok(Condition::Leaf(test))
}

/// `prefix` or `suffix`: of a text, or of `{"equals-ignore-case": text}`.
fn affix(service: Service, name: &str, operand: &Value) -> Result<TextTest, String> {
    let of_prefix = name == "prefix";
    let Some(inner) = operand.as_object().filter(|_| service.takes_affixes_of_any_case()) else {
        let text = text(operand, name)?;
        return Ok(if of_prefix { TextTest::Prefix(text) } else { TextTest::Suffix(text) });
    };
    let mut entries = inner.iter();
    let Some((key, operand)) = entries.next() else {
        let title = if of_prefix { "Prefix" } else { "Suffix" };
        return Err(format!("{title} expression name not found"));
    };
    if key != "equals-ignore-case" {
        return Err(format!("Unsupported {name} pattern: {key}"));
    }
    let text = lower(operand, key)?;
    if entries.next().is_some() {
        return Err("Only one key allowed in match expression".to_owned());
    }
    Ok(if of_prefix { TextTest::PrefixOfAnyCase(text) } else { TextTest::SuffixOfAnyCase(text) })
}

fn text(operand: &Value, operator: &str) -> Result<String, String> {
    let text = operand.as_str().map(str::to_owned);
    text.ok_or_else(|| format!("{operator} match pattern must be a string"))
}

fn lower(operand: &Value, operator: &str) -> Result<String, String> {
    Ok(text(operand, operator)?.to_lowercase())
}

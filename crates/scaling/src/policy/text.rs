//! From YAML text, which JSON is too, to a value.
//!
//! It reads the parser's events, not its nodes: a node loader follows any number of aliases, and
//! nests as deep as the text does, until memory or stack run out.

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value};

use super::Fault;

/// No policy is nested deeper than 5.
const DEEPEST: usize = 16;

enum Open {
    Sequence(Vec<Value>),
    Mapping(Map<String, Value>, Option<String>),
}

/// The only document of a text.
pub(super) fn parse(text: &str) -> Result<Value, Fault> {
    let mut open: Vec<Open> = Vec::new();
    let mut root = None;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| fault(0, &error.to_string()))?;
        let line = span.start.line();
        let done = match event {
            Event::Alias(_) => {
                return Err(fault(line, "is an alias; write the value out"));
            }
            Event::Scalar(.., Some(_))
            | Event::SequenceStart(_, Some(_))
            | Event::MappingStart(_, Some(_)) => {
                return Err(fault(line, "has a tag; remove it"));
            }
            Event::DocumentStart(_) if root.is_some() => {
                return Err(fault(line, "begins a second document; give one"));
            }
            Event::SequenceStart(..) => {
                open.push(Open::Sequence(Vec::new()));
                None
            }
            Event::MappingStart(..) => {
                open.push(Open::Mapping(Map::new(), None));
                None
            }
            Event::Scalar(text, style, ..) => Some(scalar(&text, style)),
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(Open::Sequence(items)) => Some(Value::Array(items)),
                Some(Open::Mapping(fields, _)) => Some(Value::Object(fields)),
                None => None,
            },
            _ => None,
        };
        if open.len() > DEEPEST {
            return Err(fault(line, "is nested too deep; see the schema"));
        }
        let Some(value) = done else { continue };
        match open.last_mut() {
            None => root = Some(value),
            Some(Open::Sequence(items)) => items.push(value),
            Some(Open::Mapping(fields, key)) => match (key.take(), value) {
                (Some(key), value) => {
                    fields.insert(key, value);
                }
                (None, Value::String(name)) if !fields.contains_key(&name) => *key = Some(name),
                (None, Value::String(name)) => {
                    return Err(fault(line, &format!("gives {name} again; give it once")));
                }
                (None, _) => return Err(fault(line, "has a key that is not a name")),
            },
        }
    }
    root.ok_or_else(|| fault(1, "there is nothing; give Policies"))
}

/// A plain scalar that is valid JSON is read as JSON. YAML's other spellings (`0x10`, `.inf`,
/// `1_000`) stay text, and a field that wants a number reports that.
fn scalar(text: &str, style: ScalarStyle) -> Value {
    if style != ScalarStyle::Plain {
        return Value::String(text.to_owned());
    }
    match text {
        "" | "~" => Value::Null,
        _ => serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned())),
    }
}

/// The parser's own errors carry their line.
fn fault(line: usize, what: &str) -> Fault {
    let path = if line == 0 { "the text".to_owned() } else { format!("line {line}") };
    Fault { path, what: what.to_owned() }
}

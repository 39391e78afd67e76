//! Intrinsic functions: `Ref`, `Fn::Sub` and their kin, down to plain JSON.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use region_core::names::{ACCOUNT, REGION};

use super::name::Identity;
use super::parameter::text;

/// The name of the main stack.
pub(super) const STACK: &str = "ecs-tide";

/// Everything that a value of the template can refer to.
#[derive(Debug, Default)]
pub(super) struct Scope {
    /// The name of the stack.
    pub(super) stack: String,
    pub(super) parameters: BTreeMap<String, Value>,
    pub(super) mappings: Value,
    pub(super) conditions: Map<String, Value>,
    /// The resources whose condition holds.
    pub(super) resources: BTreeMap<String, Identity>,
}

/// A fragment that says what could not be resolved and what to do.
pub(super) type Problem = String;

/// How deep conditions may refer to each other; more is a cycle.
const DEEPEST: usize = 32;

impl Scope {
    /// Resolve a value; nothing is what `AWS::NoValue` leaves.
    pub(super) fn resolve(&self, value: &Value) -> Result<Option<Value>, Problem> {
        match value {
            Value::Array(items) => {
                let mut list = Vec::new();
                for item in items {
                    list.extend(self.resolve(item)?);
                }
                Ok(Some(Value::Array(list)))
            }
            Value::Object(fields) => {
                if let Some((name, argument)) = called(fields) {
                    return self.call(name, argument);
                }
                let mut object = Map::new();
                for (key, field) in fields {
                    if let Some(field) = self.resolve(field)? {
                        object.insert(key.clone(), field);
                    }
                }
                Ok(Some(Value::Object(object)))
            }
            plain => Ok(Some(plain.clone())),
        }
    }

    fn call(&self, name: &str, argument: &Value) -> Result<Option<Value>, Problem> {
        match name {
            "Ref" => match argument.as_str() {
                Some("AWS::NoValue") => Ok(None),
                Some(name) => self.reference(name).map(Some),
                None => Err("`Ref` takes a name".to_owned()),
            },
            "Fn::GetAtt" => self.attribute(argument).map(Some),
            "Fn::Sub" => self.substitute(argument).map(Some),
            "Fn::If" => {
                let [condition, then, otherwise] = self.arguments::<3>(name, argument)?;
                let condition = condition.as_str().ok_or("`Fn::If` takes a condition's name")?;
                let holds = self.condition(condition, 0)?;
                self.resolve(if holds { then } else { otherwise })
            }
            "Fn::Join" => {
                let [separator, list] = self.arguments::<2>(name, argument)?;
                let list = self.list(list)?;
                let separator = self.string(separator)?;
                let parts: Option<Vec<String>> = list.iter().map(text).collect();
                let parts = parts.ok_or("`Fn::Join` takes a list of texts")?;
                Ok(Some(json!(parts.join(&separator))))
            }
            "Fn::Split" => {
                let [separator, whole] = self.arguments::<2>(name, argument)?;
                let (separator, whole) = (self.string(separator)?, self.string(whole)?);
                let parts: Vec<&str> = whole.split(separator.as_str()).collect();
                Ok(Some(json!(parts)))
            }
            "Fn::Select" => {
                let [index, list] = self.arguments::<2>(name, argument)?;
                let index: usize =
                    self.string(index)?.parse().map_err(|_| "`Fn::Select` takes a number first")?;
                let list = self.list(list)?;
                let chosen = list.get(index).cloned();
                chosen.map(Some).ok_or(format!("`Fn::Select` finds no entry number {index}"))
            }
            "Fn::FindInMap" => {
                let [map, first, second] = self.arguments::<3>(name, argument)?;
                let (map, first, second) =
                    (self.string(map)?, self.string(first)?, self.string(second)?);
                let found = self.mappings.get(&map).and_then(|m| m.get(&first)?.get(&second));
                let found = found
                    .ok_or(format!("`Fn::FindInMap` finds no `{second}` in `{map}.{first}`"))?;
                Ok(Some(found.clone()))
            }
            "Fn::And" | "Fn::Or" | "Fn::Not" | "Fn::Equals" | "Condition" => {
                let test = json!({name: argument});
                self.test(&test, 0).map(|holds| Some(json!(holds)))
            }
            other => Err(format!("`{other}` is not known here; use another function")),
        }
    }

    fn arguments<'a, const N: usize>(
        &self,
        name: &str,
        argument: &'a Value,
    ) -> Result<&'a [Value; N], Problem> {
        let list = argument.as_array().map(Vec::as_slice).unwrap_or_default();
        list.try_into().map_err(|_| format!("`{name}` takes a list of {N}"))
    }

    fn list(&self, value: &Value) -> Result<Vec<Value>, Problem> {
        match self.resolve(value)? {
            Some(Value::Array(list)) => Ok(list),
            _ => Err(format!("{value} is no list; give one")),
        }
    }

    fn string(&self, value: &Value) -> Result<String, Problem> {
        let resolved = self.resolve(value)?;
        resolved.as_ref().and_then(text).ok_or_else(|| format!("{value} is no text; give one"))
    }

    fn reference(&self, name: &str) -> Result<Value, Problem> {
        if let Some(value) = self.parameters.get(name) {
            return Ok(value.clone());
        }
        if let Some(identity) = self.resources.get(name) {
            return Ok(json!(identity.reference));
        }
        let pseudo = match name {
            "AWS::AccountId" => ACCOUNT.to_owned(),
            "AWS::Region" => REGION.to_owned(),
            "AWS::Partition" => "aws".to_owned(),
            "AWS::URLSuffix" => "amazonaws.com".to_owned(),
            "AWS::StackName" => self.stack.clone(),
            "AWS::StackId" => {
                let (stack, zeros) = (&self.stack, "0".repeat(8));
                format!("arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{stack}/{zeros}")
            }
            _ => {
                return Err(format!(
                    "`{name}` names no parameter and no resource that is made; declare it"
                ));
            }
        };
        Ok(json!(pseudo))
    }

    fn attribute(&self, argument: &Value) -> Result<Value, Problem> {
        let path = match argument {
            Value::String(path) => path.clone(),
            Value::Array(_) => self.string(&json!({"Fn::Join": [".", argument]}))?,
            _ => return Err("`Fn::GetAtt` takes a resource and an attribute".to_owned()),
        };
        let (id, attribute) = path
            .split_once('.')
            .ok_or(format!("`Fn::GetAtt` of `{path}` names no attribute; add one"))?;
        let identity = self.resources.get(id).ok_or(format!(
            "`{path}` refers to `{id}`, which is no resource that is made; declare it"
        ))?;
        identity
            .attribute(attribute)
            .map(|value| json!(value))
            .ok_or(format!("`{path}`: a resource of this type has no attribute `{attribute}` here"))
    }

    /// `${Name}`, `${Resource.Attribute}` and, with a map, its own names; `${!x}` is literal.
    fn substitute(&self, argument: &Value) -> Result<Value, Problem> {
        let none = Value::Object(Map::new());
        let (template, own) = match argument {
            Value::String(template) => (template, &none),
            Value::Array(pair) => match pair.as_slice() {
                [Value::String(template), own @ Value::Object(_)] => (template, own),
                _ => return Err("`Fn::Sub` takes a text and a map".to_owned()),
            },
            _ => return Err("`Fn::Sub` takes a text, or a text and a map".to_owned()),
        };
        let mut pieces = template.split("${");
        let mut result = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let (name, rest) = piece
                .split_once('}')
                .ok_or_else(|| format!("`Fn::Sub` of `{template}`: close the brace"))?;
            if let Some(literal) = name.strip_prefix('!') {
                result.push_str(&format!("${{{literal}}}"));
            } else if let Some(value) = own.get(name) {
                result.push_str(&self.string(value)?);
            } else {
                let function = if name.contains('.') { "Fn::GetAtt" } else { "Ref" };
                result.push_str(&self.string(&json!({function: name}))?);
            }
            result.push_str(rest);
        }
        Ok(json!(result))
    }

    /// Whether a named condition holds.
    pub(super) fn condition(&self, name: &str, depth: usize) -> Result<bool, Problem> {
        let test = self
            .conditions
            .get(name)
            .ok_or(format!("condition `{name}` is not declared; declare it"))?;
        if depth > DEEPEST {
            return Err(format!("condition `{name}` refers to itself; break the cycle"));
        }
        self.test(test, depth + 1)
    }

    fn test(&self, test: &Value, depth: usize) -> Result<bool, Problem> {
        let Some((name, argument)) = test.as_object().and_then(called) else {
            return Err(format!("{test} is no condition"));
        };
        let several = || {
            let list = argument.as_array();
            list.ok_or(format!("`{name}` takes a list of conditions"))
        };
        match name {
            "Condition" => {
                let name = argument.as_str().ok_or("`Condition` takes a name")?;
                self.condition(name, depth)
            }
            "Fn::Equals" => {
                let [left, right] = self.arguments::<2>(name, argument)?;
                Ok(self.string(left)? == self.string(right)?)
            }
            "Fn::Not" => {
                let [inner] = self.arguments::<1>(name, argument)?;
                Ok(!self.test(inner, depth)?)
            }
            // Every branch is looked at, so that a mistake in one is found whatever the others say.
            "Fn::And" => several()?.iter().try_fold(true, |all, t| Ok(self.test(t, depth)? && all)),
            "Fn::Or" => several()?.iter().try_fold(false, |any, t| Ok(self.test(t, depth)? || any)),
            other => Err(format!("`{other}` is no condition function")),
        }
    }
}

/// An object with one key that names a function is a call of it.
pub(super) fn called(fields: &Map<String, Value>) -> Option<(&str, &Value)> {
    let (name, argument) = fields.iter().next().filter(|_| fields.len() == 1)?;
    let known = name == "Ref" || name == "Condition" && argument.is_string();
    (known || name.starts_with("Fn::")).then_some((name.as_str(), argument))
}

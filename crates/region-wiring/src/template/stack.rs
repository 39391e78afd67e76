//! A stack: what its template refers to, and the resources that it makes.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::property::Properties;
use super::resolve::{STACK, Scope};
use super::{TemplateError, function, load, name, parameter};

/// The templates of nested stacks, by their `TemplateURL`.
pub type Nested<'a> = BTreeMap<&'a str, &'a str>;

const NESTED: &str = "AWS::CloudFormation::Stack";

/// A stack with these values for its parameters.
#[derive(Debug)]
pub(super) struct Stack {
    pub(super) scope: Scope,
    /// The resources whose condition holds, by logical id.
    pub(super) live: Vec<(String, Value)>,
    globals: Value,
}

pub(super) fn kind(body: &Value) -> &str {
    body.get("Type").and_then(Value::as_str).unwrap_or_default()
}

impl Stack {
    /// The stack of a template that is deployed on its own.
    pub(super) fn main(
        template: &Value,
        parameters: &BTreeMap<String, String>,
    ) -> Result<Self, TemplateError> {
        Self::named(STACK, template, parameters)
    }

    /// The stack of a template, and behind it all that are nested in it.
    pub(super) fn tree(
        template: &Value,
        nested: &Nested<'_>,
        parameters: &BTreeMap<String, String>,
    ) -> Result<Vec<Self>, TemplateError> {
        let mut stacks = vec![Self::main(template, parameters)?];
        let mut read = 0;
        while let Some(outer) = stacks.get(read) {
            let inner = outer.live.iter().filter(|(_, body)| kind(body) == NESTED);
            let inner: Result<Vec<Self>, _> =
                inner.map(|(id, body)| outer.nested(id, body, nested)).collect();
            stacks.extend(inner?);
            read += 1;
        }
        Ok(stacks)
    }

    fn named(
        stack: &str,
        template: &Value,
        parameters: &BTreeMap<String, String>,
    ) -> Result<Self, TemplateError> {
        let declared = parameter::read(template)?;
        let section = |name: &str| template.get(name).cloned().unwrap_or_default();
        let mut scope = Scope {
            stack: stack.to_owned(),
            parameters: parameter::values(&declared, parameters)?,
            mappings: section("Mappings"),
            conditions: section("Conditions").as_object().cloned().unwrap_or_default(),
            resources: BTreeMap::new(),
        };
        let Value::Object(all) = section("Resources") else {
            let missing = "the section `Resources` is missing; add it";
            return Err(TemplateError::Yaml(missing.to_owned()));
        };
        let live = live(&scope, all)?;
        for (id, body) in &live {
            let identity = name::identify(&scope, id, body)
                .map_err(|problem| reference(id, "name", problem))?;
            scope.resources.insert(id.clone(), identity);
            if kind(body) == "AWS::Serverless::Function" {
                let (role, identity) = name::sam_role(&scope, id);
                scope.resources.insert(role, identity);
            }
        }
        let globals = template.pointer("/Globals/Function").cloned().unwrap_or_default();
        Ok(Self { scope, live, globals })
    }

    fn nested(
        &self,
        id: &str,
        body: &Value,
        templates: &Nested<'_>,
    ) -> Result<Self, TemplateError> {
        let p = self.properties(id, body)?;
        let url = p.required("TemplateURL")?;
        let text = templates.get(url.as_str()).ok_or_else(|| {
            p.error("TemplateURL", format!("is `{url}`, which is not given; add its text"))
        })?;
        let handed = p.get("Parameters").and_then(Value::as_object);
        let values = handed.into_iter().flatten().map(|(name, value)| {
            let text = parameter::text(value).ok_or_else(|| {
                p.error(&format!("Parameters.{name}"), format!("is {value}; hand on a text"))
            })?;
            Ok((name.clone(), text))
        });
        let values = values.collect::<Result<_, TemplateError>>()?;
        Self::named(&format!("{}-{id}", self.scope.stack), &load(text)?, &values)
    }

    /// The properties of a resource.
    pub(super) fn properties(&self, id: &str, body: &Value) -> Result<Properties, TemplateError> {
        self.resolve(id, body.get("Properties").unwrap_or(&Value::Null))
    }

    /// The properties of a function, with those of the section `Globals`.
    pub(super) fn function(&self, id: &str, body: &Value) -> Result<Properties, TemplateError> {
        let own = body.get("Properties").unwrap_or(&Value::Null);
        self.resolve(id, &function::merge(&self.globals, own))
    }

    /// Resolve property by property, so that an error can name the one it stands in.
    fn resolve(&self, id: &str, properties: &Value) -> Result<Properties, TemplateError> {
        let mut body = Map::new();
        for (property, value) in properties.as_object().into_iter().flatten() {
            let value =
                self.scope.resolve(value).map_err(|problem| reference(id, property, problem))?;
            if let Some(value) = value {
                body.insert(property.clone(), value);
            }
        }
        Ok(Properties::new(id, Value::Object(body)))
    }
}

fn reference(id: &str, property: &str, problem: String) -> TemplateError {
    TemplateError::Reference { id: id.to_owned(), property: property.to_owned(), problem }
}

/// The resources whose condition holds.
fn live(scope: &Scope, all: Map<String, Value>) -> Result<Vec<(String, Value)>, TemplateError> {
    let mut live = Vec::new();
    for (id, body) in all {
        let holds = match body.get("Condition").and_then(Value::as_str) {
            None => true,
            Some(condition) => scope
                .condition(condition, 0)
                .map_err(|problem| reference(&id, "Condition", problem))?,
        };
        if holds {
            live.push((id, body));
        }
    }
    Ok(live)
}

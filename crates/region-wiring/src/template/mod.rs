//! The wiring, read from the product's own SAM template.
//!
//! [`read`] reads the resources that move messages and ignores the rest, so it does not validate
//! the template. `sam validate --lint` does.

mod allowed_pattern;
mod check;
mod document;
mod function;
mod name;
mod parameter;
mod permission;
mod property;
mod resolve;
mod resource;
mod role;
mod rule;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::Wiring;

pub use check::{permissions as check_permissions, visibility as check_visibility};
pub use document::load;
pub use parameter::Parameter;
pub use role::Statement;

use name::Identity;
use property::Properties;
use resolve::Scope;

/// Why a template could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// It is not the YAML of a template.
    #[error("template: {0}")]
    Yaml(String),
    /// A parameter or its value.
    #[error("parameter `{name}` {problem}")]
    Parameter {
        /// The parameter.
        name: String,
        /// What is wrong and what to do.
        problem: String,
    },
    /// A property of a resource.
    #[error("resource `{id}`: `{property}` {problem}")]
    Property {
        /// The resource's logical id.
        id: String,
        /// The property's path.
        property: String,
        /// What is wrong and what to do.
        problem: String,
    },
    /// A resource refers to what is not there, or by a function that is not known.
    #[error("resource `{id}`, in `{property}`: {problem}")]
    Reference {
        /// The resource's logical id.
        id: String,
        /// The property in which the reference stands.
        property: String,
        /// What is wrong and what to do.
        problem: String,
    },
}

/// The parameters that a template declares, by name.
///
/// # Errors
/// The text is not YAML, or a declaration has no type or a bound that is not a number.
pub fn parameters(text: &str) -> Result<Vec<Parameter>, TemplateError> {
    parameter::read(&load(text)?)
}

/// Read the wiring, with the given values for parameters and defaults for the others.
///
/// # Errors
/// Anything that cannot be interpreted: an unknown or refused parameter, a reference
/// to what is not there, a property of the wrong shape, or an end that does not exist. The error
/// names the logical id and the property.
pub fn read(text: &str, parameters: &BTreeMap<String, String>) -> Result<Wiring, TemplateError> {
    let template = load(text)?;
    let (scope, live) = stack(&template, parameters)?;
    let globals = template.pointer("/Globals/Function").cloned().unwrap_or_default();
    wire(&scope, &live, &globals)
}

/// A resource that a template makes.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// Its logical id.
    pub id: String,
    /// Its type, such as `AWS::CloudWatch::Alarm`.
    pub kind: String,
    /// Its properties, with nothing left to resolve.
    pub properties: Value,
}

/// Every resource of a template, with the given values for parameters and defaults for the
/// others.
///
/// # Errors
/// As for [`read`].
pub fn resources(
    text: &str,
    parameters: &BTreeMap<String, String>,
) -> Result<Vec<Resource>, TemplateError> {
    let (scope, live) = stack(&load(text)?, parameters)?;
    let resource = |(id, body): (String, Value)| {
        let properties = body.get("Properties").unwrap_or(&Value::Null);
        let properties = resolve(&scope, &id, properties)?.body;
        Ok(Resource { kind: kind(&body).to_owned(), id, properties })
    };
    live.into_iter().map(resource).collect()
}

/// What each role allows by the policies in it and by those of their own that name it, by logical
/// id, with the given values for parameters and defaults for the others.
///
/// # Errors
/// As for [`read`], a statement that is not there to allow something, and a policy of a role that
/// the template does not make.
pub fn roles(
    text: &str,
    parameters: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, Vec<Statement>>, TemplateError> {
    let (scope, live) = stack(&load(text)?, parameters)?;
    let of_kind = |wanted: &str| {
        let found = live.iter().filter(|(_, body)| kind(body) == wanted);
        let read = found
            .map(|(id, body)| resolve(&scope, id, body.get("Properties").unwrap_or(&Value::Null)));
        read.collect::<Result<Vec<_>, _>>()
    };
    let mut roles = BTreeMap::new();
    for p in of_kind("AWS::IAM::Role")? {
        roles.insert(p.id.clone(), role::statements(&p)?);
    }
    for p in of_kind("AWS::IAM::Policy")? {
        let statements = role::of_policy(&p)?;
        for name in permission::texts(p.get("Roles")) {
            let named = scope.resources.iter().find(|(_, identity)| identity.reference == name);
            let role = named.and_then(|(id, _)| roles.get_mut(id)).ok_or_else(|| {
                p.error("Roles", format!("has `{name}`, no role of this template; correct it"))
            })?;
            role.extend(statements.clone());
        }
    }
    Ok(roles)
}

fn kind(body: &Value) -> &str {
    body.get("Type").and_then(Value::as_str).unwrap_or_default()
}

/// What a template refers to, and the resources that it makes.
fn stack(
    template: &Value,
    parameters: &BTreeMap<String, String>,
) -> Result<(Scope, Vec<(String, Value)>), TemplateError> {
    let declared = parameter::read(template)?;
    let section = |name: &str| template.get(name).cloned().unwrap_or_default();
    let mut scope = Scope {
        parameters: parameter::values(&declared, parameters)?,
        mappings: section("Mappings"),
        conditions: section("Conditions").as_object().cloned().unwrap_or_default(),
        resources: BTreeMap::new(),
    };
    let Value::Object(all) = section("Resources") else {
        return Err(TemplateError::Yaml("the section `Resources` is missing; add it".to_owned()));
    };
    let live = live(&scope, all)?;
    for (id, body) in &live {
        let identity =
            name::identify(&scope, id, body).map_err(|problem| reference(id, "name", problem))?;
        scope.resources.insert(id.clone(), identity);
        if kind(body) == "AWS::Serverless::Function" {
            let (role, identity) = name::sam_role(id);
            scope.resources.insert(role, identity);
        }
    }
    Ok((scope, live))
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

/// Resolve property by property, so that an error can name the one it stands in.
fn resolve(scope: &Scope, id: &str, properties: &Value) -> Result<Properties, TemplateError> {
    let mut body = Map::new();
    for (property, value) in properties.as_object().into_iter().flatten() {
        let value = scope.resolve(value).map_err(|problem| reference(id, property, problem))?;
        if let Some(value) = value {
            body.insert(property.clone(), value);
        }
    }
    Ok(Properties::new(id, Value::Object(body)))
}

fn wire(scope: &Scope, live: &[(String, Value)], globals: &Value) -> Result<Wiring, TemplateError> {
    let mut wiring = Wiring::default();
    let (mut grants, mut with_policy) = (Vec::new(), Vec::new());
    let function_arn = |p: &Properties| -> Result<String, TemplateError> {
        let name = p.required("FunctionName")?;
        let known = scope.resources.values().find(|identity| identity.name == name);
        Ok(known.and_then(|identity| identity.arn.clone()).unwrap_or(name))
    };
    let arns = |names: &[Value]| -> Vec<String> {
        let by_reference = |name: &Value| {
            scope.resources.values().find(|identity| *name == identity.reference.as_str())
        };
        names.iter().filter_map(by_reference).filter_map(|i| i.arn.clone()).collect()
    };
    for (id, body) in live {
        let own = body.get("Properties").unwrap_or(&Value::Null);
        let none = Identity::default();
        let identity = scope.resources.get(id).unwrap_or(&none);
        match kind(body) {
            "AWS::Serverless::Function" => {
                let p = resolve(scope, id, &function::merge(globals, own))?;
                function::function(&mut wiring, &p, identity)?;
            }
            "AWS::SNS::Topic" => resource::topic(&mut wiring, &resolve(scope, id, own)?, identity)?,
            "AWS::SNS::Subscription" => {
                let p = resolve(scope, id, own)?;
                let topic_arn = p.required("TopicArn")?;
                resource::subscription(&mut wiring, &p, &topic_arn)?;
            }
            "AWS::SQS::Queue" => resource::queue(&mut wiring, &resolve(scope, id, own)?, identity)?,
            "AWS::Events::Rule" => {
                rule::rule(&mut wiring, &resolve(scope, id, own)?, identity)?;
            }
            "AWS::AutoScaling::LifecycleHook" => {
                resource::hook(&mut wiring, &resolve(scope, id, own)?, identity)?;
            }
            "AWS::Lambda::EventSourceMapping" => {
                let p = resolve(scope, id, own)?;
                let queue = p.required("EventSourceArn")?;
                function::mapping(&mut wiring, &p, queue, function_arn(&p)?)?;
            }
            "AWS::SQS::QueuePolicy" => {
                let p = resolve(scope, id, own)?;
                let queues = arns(p.list("Queues")?);
                grants.extend(permission::of_policy(&p, &queues, "sqs:SendMessage")?);
            }
            "AWS::SNS::TopicPolicy" => {
                let p = resolve(scope, id, own)?;
                let topics = arns(p.list("Topics")?);
                grants.extend(permission::of_policy(&p, &topics, "sns:Publish")?);
                with_policy.extend(topics);
            }
            "AWS::Lambda::Permission" => {
                let p = resolve(scope, id, own)?;
                grants.push(permission::of_permission(&p, function_arn(&p)?)?);
            }
            _ => {}
        }
    }
    check::ends(&wiring)?;
    permission::mark(&mut wiring, &grants);
    permission::mark_topics(&mut wiring, &grants, &with_policy);
    Ok(wiring)
}

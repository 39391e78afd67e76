//! The wiring, read from the product's own SAM template and the stacks that are nested in it.
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
mod stack;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::Wiring;

pub use check::{permissions as check_permissions, visibility as check_visibility};
pub use document::load;
pub use parameter::Parameter;
pub use role::Statement;

use name::Identity;
use property::Properties;
use stack::{Stack, kind};

pub use stack::Nested;

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

/// Read the wiring of a template and of the stacks nested in it, with the given values for
/// parameters and defaults for the others.
///
/// # Errors
/// Anything that cannot be interpreted: an unknown or refused parameter, a reference
/// to what is not there, a property of the wrong shape, a nested stack whose template is not among
/// `nested`, or an end that does not exist. The error names the logical id and the property.
pub fn read(
    text: &str,
    nested: &Nested<'_>,
    parameters: &BTreeMap<String, String>,
) -> Result<Wiring, TemplateError> {
    let stacks = Stack::tree(&load(text)?, nested, parameters)?;
    let mut reading = Reading { stacks: &stacks, ..Reading::default() };
    for stack in &stacks {
        for (id, body) in &stack.live {
            reading.resource(stack, id, body)?;
        }
    }
    reading.wiring()
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
    let stack = Stack::main(&load(text)?, parameters)?;
    let resource = |(id, body): &(String, Value)| {
        let properties = stack.properties(id, body)?.body;
        Ok(Resource { kind: kind(body).to_owned(), id: id.clone(), properties })
    };
    stack.live.iter().map(resource).collect()
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
    let stack = Stack::main(&load(text)?, parameters)?;
    let of_kind = |wanted: &str| {
        let found = stack.live.iter().filter(|(_, body)| kind(body) == wanted);
        found.map(|(id, body)| stack.properties(id, body)).collect::<Result<Vec<_>, _>>()
    };
    let mut roles = BTreeMap::new();
    for p in of_kind("AWS::IAM::Role")? {
        roles.insert(p.id.clone(), role::statements(&p)?);
    }
    for p in of_kind("AWS::IAM::Policy")? {
        let statements = role::of_policy(&p)?;
        for name in permission::texts(p.get("Roles")) {
            let resources = &stack.scope.resources;
            let named = resources.iter().find(|(_, identity)| identity.reference == name);
            let role = named.and_then(|(id, _)| roles.get_mut(id)).ok_or_else(|| {
                p.error("Roles", format!("has `{name}`, no role of this template; correct it"))
            })?;
            role.extend(statements.clone());
        }
    }
    Ok(roles)
}

/// The wiring, while it is read.
#[derive(Default)]
struct Reading<'a> {
    stacks: &'a [Stack],
    wiring: Wiring,
    grants: Vec<permission::Grant>,
    topics_with_policy: Vec<String>,
}

impl Reading<'_> {
    /// The resources of all stacks: one may name those of another, by what it was handed.
    fn identities(&self) -> impl Iterator<Item = &Identity> {
        self.stacks.iter().flat_map(|stack| stack.scope.resources.values())
    }

    fn function_arn(&self, p: &Properties) -> Result<String, TemplateError> {
        let name = p.required("FunctionName")?;
        let known = self.identities().find(|identity| identity.name == name);
        Ok(known.and_then(|identity| identity.arn.clone()).unwrap_or(name))
    }

    fn arns(&self, references: &[Value]) -> Vec<String> {
        let of = |reference: &Value| {
            self.identities().find(|identity| *reference == identity.reference.as_str())
        };
        references.iter().filter_map(of).filter_map(|identity| identity.arn.clone()).collect()
    }

    fn resource(&mut self, stack: &Stack, id: &str, body: &Value) -> Result<(), TemplateError> {
        let none = Identity::default();
        let identity = stack.scope.resources.get(id).unwrap_or(&none);
        let p = || stack.properties(id, body);
        let wiring = &mut self.wiring;
        match kind(body) {
            "AWS::Serverless::Function" => {
                function::function(wiring, &stack.function(id, body)?, identity)?;
            }
            "AWS::SNS::Topic" => resource::topic(wiring, &p()?, identity)?,
            "AWS::SNS::Subscription" => {
                let p = p()?;
                let topic_arn = p.required("TopicArn")?;
                resource::subscription(wiring, &p, &topic_arn)?;
            }
            "AWS::SQS::Queue" => resource::queue(wiring, &p()?, identity)?,
            "AWS::Events::Rule" => rule::rule(wiring, &p()?, identity)?,
            "AWS::AutoScaling::LifecycleHook" => resource::hook(wiring, &p()?, identity)?,
            "AWS::Lambda::EventSourceMapping" => {
                let p = p()?;
                let queue = p.required("EventSourceArn")?;
                let function = self.function_arn(&p)?;
                function::mapping(&mut self.wiring, &p, queue, function)?;
            }
            "AWS::SQS::QueuePolicy" => {
                let p = p()?;
                let queues = self.arns(p.list("Queues")?);
                self.grants.extend(permission::of_policy(&p, &queues, "sqs:SendMessage")?);
            }
            "AWS::SNS::TopicPolicy" => {
                let p = p()?;
                let topics = self.arns(p.list("Topics")?);
                self.grants.extend(permission::of_policy(&p, &topics, "sns:Publish")?);
                self.topics_with_policy.extend(topics);
            }
            "AWS::Lambda::Permission" => {
                let p = p()?;
                let function = self.function_arn(&p)?;
                self.grants.push(permission::of_permission(&p, function)?);
            }
            _ => {}
        }
        Ok(())
    }

    fn wiring(mut self) -> Result<Wiring, TemplateError> {
        check::ends(&self.wiring)?;
        permission::mark(&mut self.wiring, &self.grants);
        permission::mark_topics(&mut self.wiring, &self.grants, &self.topics_with_policy);
        Ok(self.wiring)
    }
}

//! What `Ref` and `Fn::GetAtt` answer, by the type of the resource.

use std::collections::BTreeMap;

use serde_json::Value;

use region_core::names::{ACCOUNT, REGION};

use super::resolve::{Problem, Scope};

/// A resource as others refer to it.
#[derive(Debug, Clone, Default)]
pub(super) struct Identity {
    pub(super) name: String,
    /// What `Ref` answers.
    pub(super) reference: String,
    /// Its ARN, for a type that has one here.
    pub(super) arn: Option<String>,
    attributes: BTreeMap<&'static str, String>,
    /// A type that the region does not model: any attribute has some value.
    opaque: bool,
}

impl Identity {
    pub(super) fn attribute(&self, attribute: &str) -> Option<String> {
        let known = match attribute {
            "Arn" if self.arn.is_some() => self.arn.clone(),
            other => self.attributes.get(other).cloned(),
        };
        known.or_else(|| self.opaque.then(|| format!("{}.{attribute}", self.name)))
    }
}

/// The property that names a resource of this type.
fn name_property(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "AWS::SNS::Topic" => "TopicName",
        "AWS::SQS::Queue" => "QueueName",
        "AWS::Serverless::Function" | "AWS::Lambda::Function" => "FunctionName",
        "AWS::Events::Rule" => "Name",
        "AWS::AutoScaling::LifecycleHook" => "LifecycleHookName",
        "AWS::AutoScaling::AutoScalingGroup" => "AutoScalingGroupName",
        "AWS::IAM::Role" => "RoleName",
        "AWS::Logs::LogGroup" => "LogGroupName",
        "AWS::ECS::Cluster" => "ClusterName",
        "AWS::CloudWatch::Alarm" | "AWS::CloudWatch::CompositeAlarm" => "AlarmName",
        "AWS::SSM::Parameter" => "Name",
        _ => return None,
    })
}

/// Work out how a resource is called. Its name may depend on parameters, not on resources.
pub(super) fn identify(scope: &Scope, id: &str, body: &Value) -> Result<Identity, Problem> {
    let kind = body.get("Type").and_then(Value::as_str).unwrap_or_default();
    let properties = body.get("Properties").unwrap_or(&Value::Null);
    let given = name_property(kind)
        .and_then(|property| properties.get(property))
        .map(|name| scope.resolve(name))
        .transpose()?
        .flatten();
    let fifo = properties
        .get("FifoQueue")
        .or_else(|| properties.get("FifoTopic"))
        .is_some_and(|flag| *flag == true || *flag == "true");
    let name = match given {
        Some(Value::String(name)) => name,
        Some(other) => return Err(format!("{other} is no name; give a text")),
        None => format!("{}-{id}{}", scope.stack, if fifo { ".fifo" } else { "" }),
    };
    let arn = |service: &str, path: &str| {
        Some(format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{path}{name}"))
    };
    let mut identity =
        Identity { name: name.clone(), reference: name.clone(), ..Identity::default() };
    match kind {
        "AWS::SNS::Topic" => {
            identity.arn = arn("sns", "");
            identity.reference = identity.arn.clone().unwrap_or_default();
            identity.attributes.insert("TopicName", name.clone());
            identity.attributes.insert("TopicArn", identity.reference.clone());
        }
        "AWS::SQS::Queue" => {
            identity.arn = arn("sqs", "");
            identity.reference = format!("https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}");
            identity.attributes.insert("QueueName", name.clone());
            identity.attributes.insert("QueueUrl", identity.reference.clone());
        }
        "AWS::Serverless::Function" | "AWS::Lambda::Function" => {
            identity.arn = arn("lambda", "function:");
        }
        "AWS::Events::Rule" => identity.arn = arn("events", "rule/"),
        "AWS::ECS::Cluster" => identity.arn = arn("ecs", "cluster/"),
        "AWS::CloudWatch::Alarm" | "AWS::CloudWatch::CompositeAlarm" => {
            identity.arn = arn("cloudwatch", "alarm:");
        }
        "AWS::Logs::LogGroup" => {
            identity.arn = Some(format!("arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{name}:*"));
        }
        "AWS::IAM::Role" => {
            identity.arn = Some(format!("arn:aws:iam::{ACCOUNT}:role/{name}"));
            identity.attributes.insert("RoleId", "AROAEXAMPLEEXAMPLEEXA".to_owned());
        }
        _ => identity.opaque = true,
    }
    Ok(identity)
}

/// The role that SAM makes for a function without one of its own.
pub(super) fn sam_role(scope: &Scope, function: &str) -> (String, Identity) {
    let id = format!("{function}Role");
    let name = format!("{}-{id}", scope.stack);
    let arn = Some(format!("arn:aws:iam::{ACCOUNT}:role/{name}"));
    (id, Identity { reference: name.clone(), name, arn, ..Identity::default() })
}

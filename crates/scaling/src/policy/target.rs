//! What a policy scales.

use std::fmt;
use std::str::FromStr;

use aws_names::{BadName, ClusterName, GroupName, ServiceName};
use serde::Serialize;

pub(super) const WANTED: &str = "service/<cluster>/<service> or autoScalingGroup/<name>";

/// What is scaled, by the resource ID that AWS gives it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target {
    /// An ECS service: its desired count.
    Service { cluster: ClusterName, service: ServiceName },
    /// An Auto Scaling group: its desired capacity.
    Group(GroupName),
}

impl FromStr for Target {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        const BAD: BadName = BadName { wanted: WANTED };
        match text.split_once('/').ok_or(BAD)? {
            ("service", rest) => {
                let (cluster, service) = rest.split_once('/').ok_or(BAD)?;
                Ok(Self::Service { cluster: cluster.parse()?, service: service.parse()? })
            }
            ("autoScalingGroup", group) => group.parse().map(Self::Group),
            _ => Err(BAD),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Service { cluster, service } => write!(f, "service/{cluster}/{service}"),
            Self::Group(name) => write!(f, "autoScalingGroup/{name}"),
        }
    }
}

impl Serialize for Target {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
impl schemars::JsonSchema for Target {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ResourceId".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^(service/[A-Za-z0-9_-]{1,255}/[A-Za-z0-9_-]{1,255}|autoScalingGroup/[^:]{1,255})$",
        })
    }
}

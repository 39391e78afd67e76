//! The ids and ARNs by which calls name clusters, container instances, services and tasks.

use region_core::api::ApiError;
use region_core::input::texts;
use region_core::names::{ACCOUNT, REGION};
use region_core::wording::ecs_arn;
use serde_json::{Value, json};

use super::error::invalid;

/// What a list of ids names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Cluster,
    ContainerInstance,
    Service,
    Task,
}

impl Kind {
    /// The field of such a list.
    fn field(self) -> &'static str {
        match self {
            Self::Cluster => "clusters",
            Self::ContainerInstance => "containerInstances",
            Self::Service => "services",
            Self::Task => "tasks",
        }
    }

    /// What is empty where the list is (<https://github.com/sil-org/ecs-deploy/issues/63>,
    /// <https://github.com/bugcrowd/ecs-deployment-monitor/issues/5>,
    /// <https://github.com/vend/ecs-cleaner/issues/2>).
    fn of_empty(self) -> &'static str {
        match self {
            Self::Cluster => "Clusters",
            Self::ContainerInstance => "Container instance",
            Self::Service => "Services",
            Self::Task => "Tasks",
        }
    }

    /// The word of AWS's refusals for one id (<https://github.com/traefik/traefik/issues/3625>,
    /// <https://github.com/aws/aws-sdk-js/issues/1466>).
    fn id(self) -> &'static str {
        match self {
            Self::Cluster => "clusterId",
            Self::ContainerInstance => "instanceId",
            Self::Service => "serviceId",
            Self::Task => "taskId",
        }
    }

    /// The resource type in ARNs.
    fn resource(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::ContainerInstance => "container-instance",
            Self::Service => "service",
            Self::Task => "task",
        }
    }

    /// An ARN that is not one of this kind.
    fn malformed(self) -> ApiError {
        let kind = match self {
            Self::Cluster => "Cluster",
            Self::ContainerInstance => "Container Instance",
            Self::Service => "Service",
            Self::Task => "Task",
        };
        invalid(format!("{kind} Identifier is invalid"))
    }

    /// Whether ids are hexadecimal, and not names.
    fn is_numbered(self) -> bool {
        matches!(self, Self::ContainerInstance | Self::Task)
    }
}

/// The ids in the list of this kind: at least one, at most `most`.
///
/// # Errors
/// `InvalidParameterException`.
pub(super) fn ids(input: &Value, kind: Kind, most: usize) -> Result<Vec<&str>, ApiError> {
    let ids = texts(input, kind.field());
    match ids.len() {
        0 => Err(invalid(format!("{} cannot be empty.", kind.of_empty()))),
        count if count > most => {
            Err(invalid(format!("{}s can have at most {most} items.", kind.id())))
        }
        _ => Ok(ids),
    }
}

/// The full ARN of an id, a name or an ARN of this kind, as a call about `cluster` takes it. An
/// ARN of the old format names no cluster.
///
/// # Errors
/// `InvalidParameterException` where it cannot name anything of this kind in this cluster.
pub(super) fn full_arn(kind: Kind, cluster: &str, id: &str) -> Result<String, ApiError> {
    let path = match id.strip_prefix("arn:") {
        Some(arn) => path_of(kind, arn)?,
        None => id,
    };
    let (named, id) = path.split_once('/').unwrap_or((cluster, path));
    if named != cluster {
        let text = format!("Identifier is for cluster {named}. Your cluster is {cluster}");
        return Err(invalid(match kind {
            Kind::Service => format!("Invalid identifier: {text}"),
            Kind::Cluster | Kind::ContainerInstance | Kind::Task => text,
        }));
    }
    if kind.is_numbered() && !matches!(id.len(), 32 | 36) {
        return Err(invalid(format!("{} length should be one of [32,36]", kind.id())));
    }
    let path = if kind == Kind::Cluster { id.to_owned() } else { format!("{cluster}/{id}") };
    Ok(ecs_arn(kind.resource(), &path))
}

/// What an ARN without its `arn:` says after the resource type.
fn path_of(kind: Kind, arn: &str) -> Result<&str, ApiError> {
    let parts: Vec<&str> = arn.splitn(5, ':').collect();
    let [_, "ecs", region, account, resource] = parts.as_slice() else {
        return Err(kind.malformed());
    };
    if *account != ACCOUNT {
        let text = format!("Identifier is for {account}. Your accountId is {ACCOUNT}");
        return Err(invalid(text));
    }
    if *region != REGION {
        return Err(invalid(format!("Identifier is for {region}. Your region is {REGION}")));
    }
    let (named, path) = resource.split_once('/').ok_or_else(|| kind.malformed())?;
    if named == kind.resource() { Ok(path) } else { Err(kind.malformed()) }
}

/// One of the `failures` of an answer with HTTP 200. It names what it is about by the full ARN,
/// also where the call gave an id (<https://github.com/aws/aws-sdk-ruby/pull/1748>).
pub(super) fn failure(arn: &str, reason: &str) -> Value {
    json!({ "arn": arn, "reason": reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0af1e2d3c4b5a6978877665544332211";

    fn refusal(kind: Kind, cluster: &str, id: &str) -> String {
        let error = full_arn(kind, cluster, id).unwrap_err();
        assert_eq!(error.code, "InvalidParameterException");
        error.message
    }

    #[test]
    fn an_id_and_arns_of_both_formats_name_the_same() {
        let full = format!("arn:aws:ecs:us-east-1:123456789012:task/blue/{ID}");
        let short = format!("arn:aws:ecs:us-east-1:123456789012:task/{ID}");
        for named in [ID, &full, &short] {
            assert_eq!(full_arn(Kind::Task, "blue", named).unwrap(), full);
        }
        let cluster = "arn:aws:ecs:us-east-1:123456789012:cluster/blue";
        for named in ["blue", cluster] {
            assert_eq!(full_arn(Kind::Cluster, "blue", named).unwrap(), cluster);
        }
    }

    #[test]
    fn an_arn_of_another_cluster_is_refused() {
        let task = format!("arn:aws:ecs:us-east-1:123456789012:task/blue/{ID}");
        let words = "Identifier is for cluster blue. Your cluster is green";
        assert_eq!(refusal(Kind::Task, "green", &task), words);
        let service = "arn:aws:ecs:us-east-1:123456789012:service/blue/web";
        assert_eq!(
            refusal(Kind::Service, "green", service),
            format!("Invalid identifier: {words}")
        );
    }

    #[test]
    fn an_arn_of_another_account_or_kind_is_refused() {
        let foreign = format!("arn:aws:ecs:us-east-1:210987654321:task/blue/{ID}");
        let words = "Identifier is for 210987654321. Your accountId is 123456789012";
        assert_eq!(refusal(Kind::Task, "blue", &foreign), words);
        let service = "arn:aws:ecs:us-east-1:123456789012:service/blue/web";
        for other in [service, "arn:aws:s3:::bucket", "arn:"] {
            assert_eq!(refusal(Kind::Task, "blue", other), "Task Identifier is invalid");
        }
    }

    #[test]
    fn an_id_has_32_or_36_characters() {
        for (kind, word) in [(Kind::Task, "taskId"), (Kind::ContainerInstance, "instanceId")] {
            for id in ["None", "0af1e2d3c4b5a697887766554433221", &format!("{ID}0"), ""] {
                let words = format!("{word} length should be one of [32,36]");
                assert_eq!(refusal(kind, "blue", id), words);
            }
            full_arn(kind, "blue", "0af1e2d3-c4b5-a697-8877-665544332211").unwrap();
        }
    }
}

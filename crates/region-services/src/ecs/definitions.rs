//! Task definitions: a family's revisions, each one container.

use serde_json::{Value, json};

use super::Ecs;
use super::fields::included;
use super::workload::Workload;
use region_core::api::ApiError;
use region_core::input::{short, text};
use region_core::wording::{ecs_arn, put};

/// The image of a revision's container.
pub(super) fn image(family: &str, revision: usize) -> String {
    format!("public.ecr.aws/example/{family}:{revision}")
}

/// What the container of a definition says of its size.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ContainerSize {
    pub(super) cpu: u32,
    /// The hard limit in MiB.
    pub(super) memory: Option<u32>,
    /// The soft limit in MiB.
    pub(super) memory_reservation: Option<u32>,
}

impl ContainerSize {
    /// Nothing where the definition gives cpu and memory for the task as a whole.
    pub(super) fn of(workload: &Workload) -> Self {
        if workload.sized_by_task {
            return Self::default();
        }
        Self {
            cpu: workload.cpu,
            memory: Some(workload.memory_limit.unwrap_or(workload.memory)),
            memory_reservation: workload.memory_limit.map(|_| workload.memory),
        }
    }
}

/// The ARN of a revision.
pub(super) fn definition_arn(family: &str, revision: usize) -> String {
    ecs_arn("task-definition", &format!("{family}:{revision}"))
}

impl Ecs {
    /// The newest revision of the family, if it says the same; otherwise a further one.
    pub(super) fn register_definition(&mut self, family: &str, workload: &Workload) -> usize {
        if !self.definitions.contains_key(family) {
            self.definitions.insert(family.to_owned(), Vec::new());
        }
        let Some(revisions) = self.definitions.get_mut(family) else { return 0 };
        if revisions.last() != Some(workload) {
            revisions.push(workload.clone());
        }
        revisions.len()
    }

    /// Family, revision and workload of a definition given as `family`, `family:revision` or ARN.
    ///
    /// # Errors
    /// `ClientException`.
    pub(super) fn definition(&self, name: &str) -> Result<(String, usize, &Workload), ApiError> {
        let (family, revision) = match short(name).split_once(':') {
            Some((family, revision)) => (family, revision.parse().ok()),
            None => {
                let revisions = self.definitions.get(short(name));
                (short(name), revisions.map(Vec::len))
            }
        };
        let found = revision.filter(|revision| *revision > 0).and_then(|revision| {
            let workload = self.definitions.get(family)?.get(revision - 1)?;
            Some((family.to_owned(), revision, workload))
        });
        found.ok_or_else(|| {
            ApiError::client("ClientException", "Unable to describe task definition.")
        })
    }

    pub(super) fn describe_task_definition(&self, input: &Value) -> Result<Value, ApiError> {
        let name = text(input, "taskDefinition").unwrap_or_default();
        let (family, revision, workload) = self.definition(name)?;
        let with_tags = !included(input, &["TAGS"])?.is_empty();
        let size = ContainerSize::of(workload);
        let mut container = json!({
            "name": family,
            "image": image(&family, revision),
            "cpu": size.cpu,
            "essential": true,
            "environment": [],
            "mountPoints": [],
            "portMappings": [],
            "volumesFrom": [],
        });
        let mut shown = json!({
            "taskDefinitionArn": definition_arn(&family, revision),
            "family": family,
            "revision": revision,
            "status": "ACTIVE",
            "networkMode": "bridge",
            "compatibilities": ["EXTERNAL", "EC2"],
            "requiresCompatibilities": ["EC2"],
            "placementConstraints": [],
            "volumes": [],
        });
        if workload.sized_by_task {
            put(&mut shown, "cpu", workload.cpu.to_string());
            put(&mut shown, "memory", workload.memory.to_string());
        }
        for (name, limit) in
            [("memory", size.memory), ("memoryReservation", size.memory_reservation)]
        {
            if let Some(limit) = limit {
                put(&mut container, name, limit);
            }
        }
        put(&mut shown, "containerDefinitions", vec![container]);
        let mut answer = json!({ "taskDefinition": shown });
        if with_tags {
            put(&mut answer, "tags", json!([]));
        }
        Ok(answer)
    }
}

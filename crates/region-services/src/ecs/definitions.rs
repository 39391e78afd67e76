//! Task definitions: a family's revisions, each one container.

use serde_json::{Value, json};

use super::Ecs;
use super::model::Workload;
use region_core::api::ApiError;
use region_core::input::{short, text};
use region_core::wording::{ecs_arn, put};

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
        let (cpu, memory) = (workload.cpu, workload.memory);
        let mut container = json!({
            "name": family,
            "image": format!("public.ecr.aws/example/{family}:{revision}"),
            "cpu": 0,
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
            put(&mut shown, "cpu", cpu.to_string());
            put(&mut shown, "memory", memory.to_string());
        } else {
            put(&mut container, "cpu", cpu);
            put(&mut container, "memory", workload.memory_limit.unwrap_or(memory));
            if workload.memory_limit.is_some() {
                put(&mut container, "memoryReservation", memory);
            }
        }
        put(&mut shown, "containerDefinitions", vec![container]);
        Ok(json!({ "taskDefinition": shown }))
    }
}

//! A cache of task sizes. A revision of a task definition never changes, so each process reads it
//! once.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use aws::{Aws, Error};
use aws_names::TaskDefinitionArn;
use scaling::room::Resources;

/// Task sizes by their definition.
#[derive(Debug, Default)]
pub struct Memory(Mutex<BTreeMap<TaskDefinitionArn, Resources>>);

impl Memory {
    /// What a task of a definition reserves.
    ///
    /// # Errors
    /// If the size is not cached and the call fails.
    pub async fn task_size(
        &self,
        aws: &Aws,
        definition: &TaskDefinitionArn,
    ) -> Result<Resources, Error> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(definition).copied();
        if let Some(size) = known {
            return Ok(size);
        }
        let size = aws.task_size(definition).await?;
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(definition.clone(), size);
        Ok(size)
    }
}

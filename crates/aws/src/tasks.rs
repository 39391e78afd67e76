//! Lists tasks that have not stopped, and stops tasks.

use std::collections::{BTreeMap, BTreeSet};

use aws_names::{ClusterName, ContainerInstanceArn, TaskArn};
use aws_sdk_ecs::types::{DesiredStatus, Task as EcsTask};
use drain::Time;
use drain::seen::{Task, Tasks};
use futures_util::future::BoxFuture;
use futures_util::{StreamExt, future, stream};

use crate::container_instances::refusals;
use crate::{AT_ONCE, Aws, Call, Error, Outcomes, PAGE, owned};

/// Which tasks of a container instance to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// All of them. This takes two listings.
    All,
    /// Those that ECS has decided to stop. This takes one listing, and suffices where ECS counts no
    /// running or pending task.
    Stopping,
    /// These; nothing is listed.
    These(Vec<TaskArn>),
}

/// A task that was described.
#[derive(Debug, Clone)]
enum Described {
    Left(Task),
    Stopped(Time),
}

impl Aws {
    /// The state of the requested tasks of each container instance. Tasks are described 100 at a
    /// time, across instances. `begin` is called before each list, and returns the time. Once it
    /// returns `None`, no more are listed, and instances that were not listed are absent.
    pub fn tasks_left<'a>(
        &'a self,
        cluster: &'a ClusterName,
        container_instances: &'a [(ContainerInstanceArn, Which)],
        begin: &'a (dyn Fn() -> Option<Time> + Sync),
    ) -> BoxFuture<'a, BTreeMap<ContainerInstanceArn, Result<Tasks, Error>>> {
        Box::pin(async move {
            let asked = container_instances.to_vec();
            let listed: Vec<(_, Time, Result<Vec<TaskArn>, Error>)> = stream::iter(asked)
                .map(|(arn, which)| async move {
                    let read_at = begin()?;
                    let tasks = self.list_tasks(cluster, &arn, which).await;
                    Some((arn, read_at, tasks))
                })
                .buffered(AT_ONCE)
                .filter_map(future::ready)
                .collect()
                .await;
            let all: Vec<TaskArn> = listed
                .iter()
                .filter_map(|(_, _, tasks)| tasks.as_ref().ok())
                .flatten()
                .cloned()
                .collect();
            let described = self.describe_tasks(cluster, &all).await;
            listed
                .into_iter()
                .map(|(arn, read_at, tasks)| {
                    let described = tasks.and_then(|tasks| {
                        tasks.iter().filter_map(|task| described.get(task).cloned()).collect()
                    });
                    (arn, described.map(|described: Vec<_>| together(described, read_at)))
                })
                .collect()
        })
    }

    async fn list_tasks(
        &self,
        cluster: &ClusterName,
        container_instance: &ContainerInstanceArn,
        which: Which,
    ) -> Result<Vec<TaskArn>, Error> {
        let wanted: &[DesiredStatus] = match which {
            Which::All => &[DesiredStatus::Running, DesiredStatus::Stopped],
            Which::Stopping => &[DesiredStatus::Stopped],
            Which::These(arns) => return Ok(arns),
        };
        let mut arns = Vec::new();
        for desired in wanted {
            self.shares.reads.take().await;
            let pages = self
                .ecs
                .list_tasks()
                .cluster(cluster)
                .container_instance(container_instance)
                .desired_status(desired.clone())
                .into_paginator()
                .items()
                .send();
            let page: Vec<String> = pages.try_collect().await.map_err(Error::of("ListTasks"))?;
            arns.extend(page.into_iter().map(TaskArn::from_aws));
        }
        Ok(arns)
    }

    /// Each task, or why it could not be read. One that is absent or missing has stopped: AWS drops
    /// it an hour later.
    async fn describe_tasks(
        &self,
        cluster: &ClusterName,
        arns: &[TaskArn],
    ) -> BTreeMap<TaskArn, Result<Described, Error>> {
        let operation = "DescribeTasks";
        let mut answers = BTreeMap::new();
        for arns in arns.chunks(PAGE) {
            let call = self.ecs.describe_tasks().cluster(cluster).set_tasks(owned(arns));
            self.shares.reads.take().await;
            match call.send().await.map_err(Error::of(operation)) {
                Ok(described) => {
                    for (arn, error) in refusals(operation, described.failures()) {
                        if !error.is_missing() {
                            answers.insert(TaskArn::from_aws(arn), Err(error));
                        }
                    }
                    let tasks = described.tasks.unwrap_or_default().into_iter();
                    answers.extend(tasks.filter_map(read).map(|(arn, task)| (arn, Ok(task))));
                }
                Err(error) => {
                    answers.extend(arns.iter().map(|arn| (arn.clone(), Err(error.clone()))));
                }
            }
        }
        answers
    }

    /// Stops tasks, one per call.
    pub fn stop_tasks<'a>(
        &'a self,
        cluster: &'a ClusterName,
        arns: &'a [TaskArn],
        reason: &'a str,
    ) -> BoxFuture<'a, Outcomes<TaskArn>> {
        Box::pin(async move {
            stream::iter(arns.to_vec())
                .map(|arn| async move {
                    let call = self.ecs.stop_task().cluster(cluster).task(&arn).reason(reason);
                    self.shares.changes.take().await;
                    let stopped = call.send().await.map_err(Error::of("StopTask"));
                    (arn, stopped.map(|_| ()))
                })
                .buffered(AT_ONCE)
                .collect()
                .await
        })
    }

    /// Which of these tasks are protected from scale-in.
    pub fn protected_tasks<'a>(
        &'a self,
        cluster: &'a ClusterName,
        arns: &'a [TaskArn],
    ) -> Call<'a, BTreeSet<TaskArn>> {
        Box::pin(async move {
            let mut protected = BTreeSet::new();
            for arns in arns.chunks(PAGE) {
                let call = self.ecs.get_task_protection().cluster(cluster).set_tasks(owned(arns));
                let answer = call.send().await.map_err(Error::of("GetTaskProtection"))?;
                let tasks = answer.protected_tasks.unwrap_or_default().into_iter();
                let tasks = tasks.filter(|task| task.protection_enabled);
                protected.extend(tasks.filter_map(|task| task.task_arn).map(TaskArn::from_aws));
            }
            Ok(protected)
        })
    }
}

fn together(described: Vec<Described>, read_at: Time) -> Tasks {
    let mut tasks = Tasks { left: Vec::new(), last_stop: None, read_at };
    for task in described {
        match task {
            Described::Left(task) => tasks.left.push(task),
            Described::Stopped(at) => tasks.last_stop = tasks.last_stop.max(Some(at)),
        }
    }
    tasks
}

/// A task; `None` if it has stopped and the time is not known.
fn read(task: EcsTask) -> Option<(TaskArn, Described)> {
    let arn = TaskArn::from_aws(task.task_arn()?);
    if task.last_status() == Some("STOPPED") {
        let at = Time::from_unix_timestamp(task.stopped_at?.secs()).ok()?;
        return Some((arn, Described::Stopped(at)));
    }
    let stopping = task.desired_status() == Some("STOPPED");
    let service = task.group().and_then(Task::service_of);
    Some((arn.clone(), Described::Left(Task { stopping, service, arn })))
}

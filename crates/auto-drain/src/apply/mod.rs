//! Carries out plans. Actions share calls where possible, and the failure of one instance does not
//! stop the others.

mod containers;
mod lifecycle;

use std::collections::{BTreeMap, BTreeSet};

use aws::Error;
use aws_names::{ClusterName, InstanceId};
use drain::decide::{Action, Plan};

use crate::observe::Seen;
use crate::outcome::Outcome;
use crate::reconcile::Reconcile;

/// The plan for each instance.
pub type Plans = BTreeMap<InstanceId, Plan>;

/// The reason of stopped standalone tasks that `aws ecs describe-tasks` shows.
const STOP_REASON: &str = "ecs-tide: deadline of the instance's drain";

/// Carries out `plans` step by step. If a step fails for an instance, the rest of its plan is left
/// to the next reconcile. `seen` then shows the drain records and states that were written.
///
/// Returns the instances on which AWS rejects drain records, so that they are decided about again:
/// a drain must not wait for a record that will never exist.
pub async fn apply(
    reconcile: &Reconcile<'_>,
    plans: &Plans,
    seen: &mut Seen,
    outcome: &mut Outcome,
) -> BTreeSet<InstanceId> {
    let mut apply = Apply { reconcile, plans, seen, outcome, refused: BTreeSet::new() };
    apply.write_drain_records().await;
    apply.set_draining().await;
    apply.heartbeat().await;
    apply.stop_tasks().await;
    apply.complete().await;
    apply.set_active().await;
    apply.forget().await;
    apply.deregister().await;
    apply.refused
}

struct Apply<'a> {
    reconcile: &'a Reconcile<'a>,
    plans: &'a Plans,
    seen: &'a mut Seen,
    outcome: &'a mut Outcome,
    refused: BTreeSet<InstanceId>,
}

impl<'a> Apply<'a> {
    fn cluster(&self) -> &'a ClusterName {
        self.reconcile.cluster
    }

    async fn stop_tasks(&mut self) {
        let work = self.work(|instance, action| match action {
            Action::StopTasks { arns } => Some((instance.clone(), arns.clone())),
            _ => None,
        });
        for (instance, arns) in work {
            if self.out_of_time([&instance]) {
                continue;
            }
            let stopped = self.reconcile.aws.stop_tasks(self.cluster(), &arns, STOP_REASON).await;
            for result in stopped.into_values() {
                self.did("stop_tasks", &instance, result);
            }
        }
    }

    /// The actions that `pick` selects, of instances without a failure.
    fn work<T>(&self, pick: impl Fn(&InstanceId, &Action) -> Option<T>) -> Vec<T> {
        let open = |id: &InstanceId| self.outcome.finished(id) && !self.refused.contains(id);
        let open = self.plans.iter().filter(|(id, _)| open(id));
        open.flat_map(|(id, plan)| plan.actions.iter().filter_map(|action| pick(id, action)))
            .collect()
    }

    /// Whether the time is too short for these instances, which the next reconcile then continues.
    fn out_of_time<'i>(&mut self, instances: impl IntoIterator<Item = &'i InstanceId>) -> bool {
        let out_of_time = !self.reconcile.in_time();
        if out_of_time {
            self.outcome.out_of_time.extend(instances.into_iter().cloned());
        }
        out_of_time
    }

    fn did(&mut self, name: &'static str, instance: &InstanceId, result: Result<(), Error>) {
        match result {
            Ok(()) => *self.outcome.done.entry(name).or_default() += 1,
            Err(error) => {
                self.outcome.failed.insert(instance.clone(), error);
            }
        }
    }
}

//! Determines why drains do not end, from the services of their tasks.

use std::collections::{BTreeMap, BTreeSet};

use aws::Aws;
use aws_names::{ClusterName, ServiceName, TaskArn};
use drain::decide::Verdict;
use drain::seen::{Answer, Instance, Registration, Task};
use drain::stuck::{Reason, explain};

use crate::observe::Seen;
use crate::outcome::Outcome;

/// Adds the reasons of every stuck drain whose tasks were read to `outcome`. The few calls are made
/// only for a requeue message or the schedule, and only if a drain has lasted 15 minutes.
pub async fn stuck(aws: &Aws, cluster: &ClusterName, seen: &Seen, outcome: &mut Outcome) {
    let Outcome { plans, stuck: reasons, failed_reads: errors, .. } = outcome;
    let mut stuck: Vec<&Instance> = Vec::new();
    for (id, plan) in plans {
        match plan.verdict {
            Verdict::WrongCluster => {
                reasons.insert(id.clone(), BTreeSet::from([Reason::WrongCluster]));
            }
            Verdict::Waiting(drain) if drain.stuck => {
                stuck.extend(seen.get(id).filter(|instance| was_read(instance)));
            }
            _ => {}
        }
    }
    let registrations = stuck.iter().flat_map(|instance| &instance.registrations);
    let tasks: Vec<&Task> = registrations.flat_map(Registration::unstopped).collect();
    let names: BTreeSet<_> = tasks.iter().filter_map(|task| task.service.clone()).collect();
    let names: Vec<ServiceName> = names.into_iter().collect();
    let staying: Vec<TaskArn> =
        tasks.iter().filter(|task| !task.stopping).map(|task| task.arn.clone()).collect();
    let services = aws.services(cluster, &names).await.unwrap_or_else(|error| {
        errors.push(error);
        BTreeMap::new()
    });
    let protected = aws.protected_tasks(cluster, &staying).await.unwrap_or_else(|error| {
        errors.push(error);
        BTreeSet::new()
    });
    reasons.extend(
        stuck
            .iter()
            .map(|instance| (instance.id.clone(), explain(instance, &services, &protected))),
    );
}

fn was_read(instance: &Instance) -> bool {
    instance.registrations.iter().any(|r| matches!(r.tasks, Answer::Known(_)) || !r.agent_connected)
}

//! Tasks in PROVISIONING: those of services with a capacity provider that found no place. They wait
//! for instances, which the provider adds for them, instead of being tried again later and later.

use super::Ecs;
use crate::arena::{InstanceKey, ServiceKey};
use crate::context::Context;

/// The most tasks in PROVISIONING of a cluster
/// (<https://docs.aws.amazon.com/general/latest/gr/ecs-service.html>).
const MOST: usize = 500;

impl Ecs {
    /// Let so many tasks of a service wait, as far as the quota of its cluster allows.
    pub(super) fn provision(&mut self, key: ServiceKey, count: usize) {
        let others = self.services_in(&self.services[key].cluster).filter(|other| *other != key);
        let taken: usize = others.map(|other| self.services[other].provisioning).sum();
        self.services[key].provisioning = count.min(MOST.saturating_sub(taken));
    }

    /// Capacity may have come: run the schedulers of the services whose tasks wait for it.
    pub(super) fn wake_provisioning(&mut self, context: &mut Context, cluster: &str) {
        let waiting = |key: &ServiceKey| self.services[*key].provisioning > 0;
        let services: Vec<_> = self.services_in(cluster).filter(waiting).collect();
        for service in services {
            self.wake(context, service);
        }
    }

    /// The tasks of a provider that wait in a cluster, by service: the CPU units and the MiB that
    /// each reserves, and how many there are.
    pub(crate) fn provisioning(
        &self,
        cluster: &str,
        provider: &str,
    ) -> impl Iterator<Item = (u32, u32, usize)> {
        let services = self.services_in(cluster).map(|key| &self.services[key]);
        let waiting = services.filter(move |service| {
            service.provisioning > 0 && service.capacity_provider.as_deref() == Some(provider)
        });
        waiting.map(|service| (service.workload.cpu, service.workload.memory, service.provisioning))
    }

    /// Whether no task runs on a machine, apart from those of daemon services.
    pub(crate) fn is_empty(&self, machine: InstanceKey) -> bool {
        self.registrations(machine).into_iter().all(|container| self.only_daemons_on(container))
    }

    fn services_in(&self, cluster: &str) -> impl Iterator<Item = ServiceKey> {
        let cluster = self.clusters.get(cluster);
        cluster.into_iter().flat_map(|cluster| cluster.services.values().copied())
    }
}

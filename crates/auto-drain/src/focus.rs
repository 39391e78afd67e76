//! The partial reconcile: only of known drains, and only of those that the messages name.
//!
//! It assumes that an instance with our drain record is still in the wait state in which it was
//! last seen, and plans on that. A plan that only waits, and at most writes drain records, is
//! carried out. For any other plan, the instance and its group are read first.

use std::collections::{BTreeMap, BTreeSet};

use aws::Error;
use drain::decide::{Action, Plan, Verdict};
use drain::seen::{Instance, Member, Status};

use crate::reconcile::Reconcile;

/// What a reconcile must read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All instances that wait, or may wait.
    Everything,
    /// Only the EC2 instances with these ids.
    Only(BTreeSet<String>),
}

/// The members of the groups, by EC2 id.
pub type Members = BTreeMap<String, Member>;

/// The instances of a partial reconcile, and what else must be read.
#[derive(Debug)]
pub struct Focus {
    pub instances: BTreeMap<String, Instance>,
    pub scope: Scope,
    /// The members of the groups, if they were read.
    pub members: Option<Members>,
}

impl Focus {
    fn on_everything(members: Option<Members>) -> Self {
        Self { instances: BTreeMap::new(), scope: Scope::Everything, members }
    }

    fn take(&mut self, instance: Instance) {
        match self.instances.get_mut(&instance.id) {
            Some(known) => known.registrations.extend(instance.registrations),
            None => {
                self.instances.insert(instance.id.clone(), instance);
            }
        }
    }

    fn widen(&mut self, id: String) {
        if let Scope::Only(wider) = &mut self.scope {
            wider.insert(id);
        }
    }

    /// Removes every instance whose plan is more than waiting, and adds it to the scope.
    pub fn settle(&mut self, plans: &mut BTreeMap<String, Plan>) {
        let waits = |plan: &Plan| {
            matches!(plan.verdict, Verdict::Started(_) | Verdict::Waiting(_))
                && plan.actions.iter().all(|action| matches!(action, Action::DrainRecord { .. }))
        };
        let unsettled: Vec<String> = self
            .instances
            .keys()
            .filter(|id| !plans.get(*id).is_some_and(waits))
            .cloned()
            .collect();
        for id in unsettled {
            plans.remove(&id);
            self.instances.remove(&id);
            self.widen(id);
        }
    }
}

impl Reconcile<'_> {
    /// Reads what a partial reconcile needs, if one is sufficient.
    ///
    /// # Errors
    /// A call failed without which nothing can be decided.
    pub async fn focus(&self) -> Result<Focus, Error> {
        if self.config.dry_run || !self.triggers.of_known_drains() {
            return Ok(Focus::on_everything(None));
        }
        let scope = Scope::Only(BTreeSet::new());
        let mut focus = Focus { instances: BTreeMap::new(), scope, members: None };
        let mut unread = BTreeSet::new();
        if self.triggers.net {
            if !self.config.settings.schedule_is_enough() {
                focus.members = Some(self.aws.members(&self.config.settings.groups).await?);
            }
            match self.memory.drains(focus.members.as_ref()) {
                Some(known) => unread.extend(known),
                None => return Ok(Focus::on_everything(focus.members)),
            }
        }
        for arn in self.triggers.mentioned() {
            let unchanged = !self.triggers.net && !self.triggers.empty.contains_key(arn);
            match self.memory.with_only_tasks_left(arn).filter(|_| unchanged) {
                Some(instance) => focus.take(instance),
                None => {
                    unread.insert(arn.clone());
                }
            }
        }
        let unread: Vec<String> = unread.into_iter().collect();
        let cluster = &self.config.settings.cluster;
        // An event may name a container instance that AWS does not know. That must not prevent the
        // reconcile.
        let Ok(read) = self.aws.describe_container_instances(cluster, &unread).await else {
            return Ok(Focus::on_everything(focus.members));
        };
        for arn in &unread {
            if read.iter().all(|(_, registration)| registration.arn != *arn) {
                self.memory.forget(arn);
            }
        }
        for (id, registration) in read {
            let arn = registration.arn.clone();
            // One with a drain record that an operator set ACTIVE needs a decision too.
            let concerns =
                registration.drain_record.is_some() || registration.status == Status::Draining;
            match self.memory.with(registration) {
                Some(instance) => focus.take(instance),
                None if concerns => focus.widen(id),
                None => self.memory.forget(&arn),
            }
        }
        Ok(focus)
    }
}

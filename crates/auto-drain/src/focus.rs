//! The narrow look: at drains that are known, and at no more of them than what arrived
//! speaks of.
//!
//! It takes for granted that what carries our note in a group's wait state still waits
//! there, and plans upon that. A plan that comes to waiting stands: at worst it notes
//! something. Any other is nothing but the reason for a look that reads who really
//! waits and everything about them.

use std::collections::{BTreeMap, BTreeSet};

use aws::Error;
use drain::decide::{Action, Plan, Verdict};
use drain::seen::{Instance, Member, Status};

use crate::look::Look;

/// What a look must read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Everybody who waits, or may.
    Everything,
    /// These EC2 instances.
    Only(BTreeSet<String>),
}

/// The members of the groups, by EC2 id.
pub type Members = BTreeMap<String, Member>;

/// Who is looked at narrowly, and what must be read beside.
#[derive(Debug)]
pub struct Focus {
    pub instances: BTreeMap<String, Instance>,
    pub scope: Scope,
    /// Who is in the groups, if that was read.
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

    /// Take out whatever comes to more than waiting.
    pub fn settle(&mut self, plans: &mut BTreeMap<String, Plan>) {
        let waits = |plan: &Plan| {
            matches!(plan.verdict, Verdict::Started(_) | Verdict::Waiting(_))
                && plan.actions.iter().all(|action| matches!(action, Action::Note { .. }))
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

impl Look<'_> {
    /// Read what a narrow look needs, where a narrow look is enough.
    ///
    /// # Errors
    /// A call without which nothing can be decided.
    pub async fn focus(&self) -> Result<Focus, Error> {
        if self.config.dry_run || !self.hints.of_known_drains() {
            return Ok(Focus::on_everything(None));
        }
        let scope = Scope::Only(BTreeSet::new());
        let mut focus = Focus { instances: BTreeMap::new(), scope, members: None };
        let mut unread = BTreeSet::new();
        if self.hints.net {
            if !self.config.settings.schedule_is_enough() {
                focus.members = Some(self.aws.members(&self.config.settings.groups).await?);
            }
            match self.memory.drains(focus.members.as_ref()) {
                Some(known) => unread.extend(known),
                None => return Ok(Focus::on_everything(focus.members)),
            }
        }
        for arn in self.hints.mentioned() {
            let unchanged = !self.hints.net && !self.hints.empty.contains_key(arn);
            match self.memory.with_only_tasks_left(arn).filter(|_| unchanged) {
                Some(instance) => focus.take(instance),
                None => {
                    unread.insert(arn.clone());
                }
            }
        }
        let unread: Vec<String> = unread.into_iter().collect();
        let cluster = &self.config.settings.cluster;
        // An event may name what AWS has never heard of; that keeps nobody from a look.
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
            // One with a note that somebody set ACTIVE is for us to see to, too.
            let concerns = registration.note.is_some() || registration.status == Status::Draining;
            match self.memory.with(registration) {
                Some(instance) => focus.take(instance),
                None if concerns => focus.widen(id),
                None => self.memory.forget(&arn),
            }
        }
        Ok(focus)
    }
}

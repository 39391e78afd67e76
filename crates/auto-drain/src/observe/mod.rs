//! Reads what a reconcile needs: the instances, and the answers to the questions of decisions.
//!
//! It alone decides how much is read. The reconcile is the same for all instances and for a few.

mod answers;
mod cache;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use aws::{Error, ErrorKind};
use aws_names::{ContainerInstanceArn, InstanceId};
use drain::decide::Question;
use drain::seen::{Answer, Elsewhere, Instance, LifecycleState, Member, Registration, Status};

use crate::Time;
use crate::groups::Groups;
use crate::reconcile::Reconcile;

pub use cache::Cache;

/// The instances of a reconcile.
pub type Seen = BTreeMap<InstanceId, Instance>;

/// A question of the decision about an instance.
#[derive(Debug)]
pub struct Asked {
    pub instance: InstanceId,
    pub question: Question,
}

/// Reads for one reconcile.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    reconcile: &'a Reconcile<'a>,
    began: Time,
}

impl<'a> Reader<'a> {
    pub fn new(reconcile: &'a Reconcile<'a>) -> Self {
        Self { reconcile, began: reconcile.clock.now() }
    }

    /// Reads the instances that may need an action: all of them, or only drains that the messages
    /// are about.
    ///
    /// # Errors
    /// A call failed without which nothing can be decided.
    pub async fn instances(&self) -> Result<Seen, Error> {
        // An event may name a container instance that AWS does not know. That must not prevent the
        // reconcile.
        match self.partial() {
            Some(arns) => match self.drains(&arns).await {
                Ok(seen) => Ok(seen),
                Err(_) => self.everything().await,
            },
            None => self.everything().await,
        }
    }

    /// Whether all instances that may need an action are read.
    pub fn is_full(&self) -> bool {
        self.partial().is_none()
    }

    /// The container instances that a partial reconcile reads, if one is sufficient: those that
    /// events name, and for a requeue message all drains that this process knows.
    fn partial(&self) -> Option<BTreeSet<ContainerInstanceArn>> {
        let Reconcile { config, triggers, memory, .. } = self.reconcile;
        if config.dry_run || !triggers.of_known_drains() {
            return None;
        }
        let mut arns: BTreeSet<_> = triggers.mentioned().into_iter().cloned().collect();
        if triggers.net {
            arns.extend(memory.drains.all()?);
        }
        Some(arns)
    }

    /// The instances of these container instances, without their groups. Where only stops were
    /// reported and the tasks are remembered, reading the tasks is enough.
    async fn drains(&self, arns: &BTreeSet<ContainerInstanceArn>) -> Result<Seen, Error> {
        let Reconcile { aws, cluster, triggers, memory, clock, .. } = self.reconcile;
        let mut seen = Seen::new();
        let mut unread = Vec::new();
        for arn in arns {
            let only_stops = !triggers.net && !triggers.empty.contains_key(arn);
            match memory.drains.with_only_tasks_left(arn).filter(|_| only_stops) {
                Some(instance) => insert(&mut seen, instance),
                None => unread.push(arn.clone()),
            }
        }
        let read = aws.describe_container_instances(cluster, &unread).await?;
        let read_at = clock.now();
        // One with a drain record that an operator set ACTIVE needs a decision too.
        let concerns = |r: &Registration| r.drain_record.is_some() || r.status == Status::Draining;
        for (id, registration) in read.into_iter().filter(|(_, r)| concerns(r)) {
            insert(&mut seen, unread_instance(id, vec![registration], read_at));
        }
        let seen_arns: BTreeSet<_> = registrations(&seen).map(|r| &r.arn).collect();
        memory.drains.forget(arns.iter().filter(|arn| !seen_arns.contains(arn)));
        self.mark_over(&mut seen);
        let over = seen.values().filter(|instance| instance.is_over);
        let over: Vec<InstanceId> = over.map(|instance| instance.id.clone()).collect();
        self.read_places(&mut seen, &over).await?;
        Ok(seen)
    }

    fn mark_over(&self, seen: &mut Seen) {
        let drains = &self.reconcile.memory.drains;
        seen.values_mut().for_each(|instance| instance.is_over = drains.is_over(instance));
    }

    /// The groups of the cluster with our tags: those that this invocation has read, or read now.
    pub(super) async fn groups(&self) -> Result<Cow<'a, Groups>, Error> {
        let Reconcile { aws, config, clock, cluster, groups, process, .. } = *self.reconcile;
        if let Some(groups) = groups {
            return Ok(Cow::Borrowed(groups));
        }
        let now = clock.now();
        // A group whose cluster tag was deleted is found by the tag of its hook alone, which names
        // the cluster in a part of its value.
        if process.fleet.last().is_off(cluster) {
            let groups = Groups::of(aws.tagged_groups().await?, &config.settings, now);
            return Ok(Cow::Owned(process.fleet.keep(groups, now).of_cluster(cluster)));
        }
        let groups = Groups::of(aws.groups_of(cluster).await?, &config.settings, now);
        process.fleet.keep_of(cluster, groups.clone());
        Ok(Cow::Owned(groups))
    }

    /// The place of every instance in these groups and in their warm pools. The pools are read
    /// second and take precedence, so an instance that returns to its pool in between counts as a
    /// member of the pool.
    pub(super) async fn members(
        &self,
        groups: &Groups,
    ) -> Result<BTreeMap<InstanceId, Member>, Error> {
        let mut members = groups.members();
        for (name, pool) in self.reconcile.aws.warm_pools(&groups.with_warm_pool()).await? {
            let Some(group) = groups.get(&name) else { continue };
            let pooled = pool.into_iter().map(|(id, state)| (id, group.member(&name, state)));
            members.extend(pooled);
        }
        Ok(members)
    }

    /// All instances in a wait state, with a drain record of ours, or that the triggers name.
    async fn everything(&self) -> Result<Seen, Error> {
        let Reconcile { aws, cluster, triggers, clock, memory, .. } = self.reconcile;
        let groups = self.groups().await?;
        memory.drains.rely_on_schedule(groups.schedule_is_enough());
        let members = self.members(&groups).await?;
        let concerned = |id: &InstanceId, member: &Member| match &member.state {
            state if state.is_held() => true,
            LifecycleState::InService
            | LifecycleState::Pending
            | LifecycleState::PendingWait
            | LifecycleState::Terminating
            | LifecycleState::Warm => {
                triggers.interrupted.contains(id) || triggers.terminating.contains(id)
            }
            _ => false,
        };
        let ids: Vec<InstanceId> = members
            .iter()
            .filter(|(id, member)| concerned(id, member))
            .map(|(id, _)| id.clone())
            .collect();
        // An instance that moves between a group and its pool may be missing in both.
        let unplaced = triggers.terminating.iter().filter(|id| !members.contains_key(*id)).cloned();
        let asked: Vec<InstanceId> = ids.iter().cloned().chain(unplaced).collect();
        let found = aws.find_container_instances(cluster, &asked).await;
        let read_at = clock.now();
        let (found, elsewhere) = match found {
            Ok(found) => (found, Answer::Unasked),
            Err(Error { kind: ErrorKind::NoSuchCluster, .. }) => {
                (Vec::new(), Answer::Known(Elsewhere::NoSuchCluster))
            }
            Err(error) => return Err(error),
        };
        let mut seen = Seen::new();
        for id in ids {
            insert(&mut seen, unread_instance(id, Vec::new(), read_at));
        }
        for (id, registration) in found {
            insert(&mut seen, unread_instance(id, vec![registration], read_at));
        }
        self.mark_over(&mut seen);
        for (id, instance) in &mut seen {
            instance.member = Answer::Known(members.get(id).cloned());
            instance.elsewhere = elsewhere.clone();
        }
        Ok(seen)
    }
}

/// An instance of which nothing but these container instances was read.
fn unread_instance(id: InstanceId, registrations: Vec<Registration>, read_at: Time) -> Instance {
    Instance {
        id,
        member: Answer::Unasked,
        registrations,
        read_at,
        terminating_since: Answer::Unasked,
        elsewhere: Answer::Unasked,
        untagged: Answer::Unasked,
        is_over: false,
        has_hook: Answer::Unasked,
    }
}

/// Adds the container instances of `instance` to what was seen of it. They count as read when the
/// first of them was.
fn insert(seen: &mut Seen, instance: Instance) {
    match seen.get_mut(&instance.id) {
        Some(known) => {
            known.read_at = known.read_at.min(instance.read_at);
            known.registrations.extend(instance.registrations);
        }
        None => {
            seen.insert(instance.id.clone(), instance);
        }
    }
}

fn registrations(seen: &Seen) -> impl Iterator<Item = &Registration> {
    seen.values().flat_map(|instance| &instance.registrations)
}

//! One reconcile of a serialization key: observe its alarms and, if one is in ALARM, their targets;
//! then decide and apply.

use std::collections::BTreeMap;

use aws::{Aws, CloudWatch, Error, Watched};
use aws_names::AlarmArn;
use function::clock::Clock;
use scaling::candidates::{Candidate, add_raise, candidates, scales_out};
use scaling::policy::Policy;
use scaling::raise::{self, Raise, Unplaced, raise};
use scaling::serialization_key::Scope;

use crate::active::{Active, Findings, active};
use crate::apply::apply;
use crate::config::Config;
use crate::documents::Documents;
use crate::fold::Visit;
use crate::memory::Memory;
use crate::outcome::Reconciled;
use crate::targets::{Room, Targets};

/// A reconcile of one serialization key.
pub struct Reconcile<'a> {
    pub aws: &'a Aws,
    pub cloudwatch: &'a CloudWatch,
    pub config: &'a Config,
    pub clock: &'a Clock,
    pub memory: &'a Memory,
    pub documents: &'a Documents,
    pub scope: &'a Scope,
    /// Why the key is reconciled.
    pub visit: &'a Visit,
}

impl Reconcile<'_> {
    /// Observes, decides and applies. A target that cannot be scaled does not affect the others.
    ///
    /// # Errors
    /// If a read that decisions rest on fails; nothing was scaled then.
    pub async fn run(&self) -> Result<Reconciled, Error> {
        let mut findings = Findings::default();
        let alarms = self.cloudwatch.alarms(&self.scope.alarm_names()).await?;
        let policies = &self.scope.policies;
        let active = active(policies, &alarms, self.visit, self.clock.now(), &mut findings);
        let mut active = self.tagged(active, &mut findings).await?;
        if active.is_empty() {
            return Ok(Reconciled { findings, ..Reconciled::default() });
        }
        let mut targets = Targets::default();
        targets.read(self.aws, active.iter().map(|one| &one.policy.resource_id)).await?;
        self.read_values(&mut active, &targets).await?;
        self.read_room(&active, &mut targets).await?;

        let now = self.clock.now();
        let decisions = active.iter().filter_map(|one| one.decide(&targets, now, &mut findings));
        let mut candidates = candidates(decisions);
        if let Some(raise) = self.raise(&candidates, &mut targets).await? {
            add_raise(&mut candidates, raise);
        }

        let errors = if self.config.dry_run {
            BTreeMap::new()
        } else {
            apply(self.aws, self.clock, &targets, &candidates).await
        };
        Ok(Reconciled { candidates, errors, findings, ghosts: targets.ghosts() })
    }

    /// Those whose alarm's tag names the target: who may tag the alarm decides what it scales.
    async fn tagged<'b>(
        &self,
        active: Vec<Active<'b>>,
        findings: &mut Findings,
    ) -> Result<Vec<Active<'b>>, Error> {
        let mut tagged = Vec::new();
        for one in active {
            let tag = self.documents.tag(&one.alarm.arn).await?;
            if tag.is_some_and(|tag| tag == one.policy.resource_id.to_string()) {
                tagged.push(one);
            } else {
                findings.untagged.insert(one.alarm.arn.clone());
            }
        }
        Ok(tagged)
    }

    /// Reads the present metric values that alarms do not show, where they can change a decision.
    async fn read_values(&self, active: &mut [Active<'_>], targets: &Targets) -> Result<(), Error> {
        let now = self.clock.now();
        let wanted: BTreeMap<AlarmArn, Watched> = active
            .iter()
            .filter(|one| one.breach.metric.is_none() && one.may_scale(targets, now))
            .filter_map(|one| Some((one.alarm.arn.clone(), one.alarm.watched.clone()?)))
            .collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let values = self.cloudwatch.values(&wanted, now).await?;
        for one in active.iter_mut().filter(|one| one.breach.metric.is_none()) {
            one.breach.metric = values.get(&one.alarm.arn).copied();
        }
        Ok(())
    }

    /// Reads the cluster's instances if the scaling of its group depends on them: a scale-in on the
    /// capacity that tasks need and on draining instances, any scaling on instances that warm up.
    async fn read_room(&self, active: &[Active<'_>], targets: &mut Targets) -> Result<(), Error> {
        let Some(cluster) = &self.scope.cluster else { return Ok(()) };
        let now = self.clock.now();
        let acts = |one: &&Active<'_>| {
            one.policy.resource_id == cluster.resource_id && one.may_scale(targets, now)
        };
        let acting: Vec<&Policy> = active.iter().filter(acts).map(|one| one.policy).collect();
        let shrinks = |policy: &&Policy| {
            (cluster.keep_capacity_for_tasks || policy.max_draining_percent.is_some())
                && policy.may_shrink()
        };
        if acting.iter().any(shrinks) {
            let services = self.scope.services();
            return targets.read_room(self.aws, self.memory, cluster, &services).await;
        }
        let group = targets.groups.get(&cluster.resource_id);
        if !acting.is_empty() && group.is_some_and(|group| group.warm_up.is_positive()) {
            targets.room = Some(Room::read(self.aws, cluster, None).await?);
        }
        Ok(())
    }

    /// Decides how many instances to add to the cluster's group for unplaced tasks: those of a
    /// service that scales out now, and those that an earlier reconcile left unplaced.
    async fn raise(
        &self,
        made: &[Candidate],
        targets: &mut Targets,
    ) -> Result<Option<Raise>, Error> {
        let scope = self.scope;
        let cluster = scope.cluster.as_ref().filter(|cluster| cluster.add_instances_for_tasks);
        let Some(cluster) = cluster else { return Ok(None) };
        let mut unplaced = Vec::new();
        let mut cause = None;
        for (target, service) in &targets.services {
            let Some(out) = scales_out(made, target) else { continue };
            let to = out.outcome.to().unwrap_or(service.state.desired);
            if to <= service.state.placed() {
                continue;
            }
            if let Some(definition) = &service.task_definition {
                let task = self.memory.task_size(self.aws, definition).await?;
                unplaced.push(Unplaced::of(target, &service.state, to, task));
                cause.get_or_insert(out);
            }
        }
        let Some(cause) = cause else { return Ok(None) };
        targets.read(self.aws, [&cluster.resource_id]).await?;
        targets.read_room(self.aws, self.memory, cluster, &scope.services()).await?;
        let now = self.clock.now();
        let Some(state) = targets.group_state(&cluster.resource_id, now) else { return Ok(None) };
        let instances = targets.instances(&cluster.resource_id);
        let inputs = raise::Inputs {
            cluster,
            policies: &scope.policies,
            cause,
            tasks: &unplaced,
            state: &state,
            instances: &instances,
        };
        Ok(Some(raise(inputs, now)))
    }
}

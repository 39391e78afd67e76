//! One reconcile of a serialization key: read its alarms and, if one is in ALARM, their targets;
//! then decide and scale.

use std::collections::{BTreeMap, BTreeSet};

use aws::{Alarm, Aws, CloudWatch, Error, Watched};
use function::clock::Clock;
use scaling::alarm::StateValue;
use scaling::decide::{Breach, Decision, Inputs, Outcome, decide, may_scale, prevailing};
use scaling::memory::{Direction, INVOKED_EVERY, LastScaling, Remembered};
use scaling::policy::{AdjustmentType, Cluster, MissingData, Policy, Target};
use scaling::raise::{self, Raise, Unplaced, raise};
use scaling::room::Resources;
use scaling::serialization_key::SerializationKey;

use crate::act::scale;
use crate::config::Config;
use crate::fold::Visit;
use crate::memory::Memory;
use crate::outcome::{Seen, Step};
use crate::targets::{Room, Targets};

/// A reconcile of one serialization key.
pub struct Reconcile<'a> {
    pub aws: &'a Aws,
    pub cloudwatch: &'a CloudWatch,
    pub config: &'a Config,
    pub clock: &'a Clock,
    pub memory: &'a Memory,
    pub serialization_key: SerializationKey<'a>,
    /// Why the key is reconciled.
    pub visit: &'a Visit,
}

/// A policy whose alarm is in ALARM.
struct Active<'a> {
    policy: &'a Policy,
    alarm: &'a Alarm,
    breach: Breach,
}

impl Reconcile<'_> {
    /// Reads, decides and scales. A target that cannot be scaled does not affect the others.
    ///
    /// # Errors
    /// If a read that decisions rest on fails; nothing was scaled then.
    pub async fn run(&self) -> Result<Seen, Error> {
        let mut seen = Seen::default();
        let alarms = self.cloudwatch.alarms(&self.alarm_names()).await?;
        let mut active = self.active(&alarms, &mut seen);
        if active.is_empty() {
            return Ok(seen);
        }
        let mut targets = Targets::default();
        targets.read(self.aws, active.iter().map(|one| &one.policy.resource_id)).await?;
        self.read_values(&mut active, &targets).await?;
        self.read_room(&active, &mut targets).await?;

        let now = self.clock.now();
        let mut decisions: BTreeMap<&Target, Vec<Decision>> = BTreeMap::new();
        for Active { policy, breach, .. } in &active {
            let target = &policy.resource_id;
            let (last, unread) = targets.last(target, now);
            seen.invalid_tags.extend(unread.map(|text| (target.to_string(), text.to_owned())));
            let Some(state) = targets.state(target, now) else {
                seen.missing.insert(target.to_string());
                continue;
            };
            let inputs = Inputs { policy: (*policy).clone(), breach: breach.clone(), state, last };
            decisions.entry(target).or_default().push(decide(inputs, now));
        }
        for made in decisions.into_values() {
            let chosen = prevailing(&made);
            seen.steps.extend(made.into_iter().enumerate().map(|(number, decision)| Step {
                applied: chosen == Some(number),
                decision,
                error: None,
            }));
        }
        seen.raise = self.raise(&seen.steps, &mut targets).await?;
        seen.ghosts = targets.ghosts();
        self.carry_out(&targets, &mut seen).await;
        Ok(seen)
    }

    fn alarm_names(&self) -> Vec<String> {
        let names =
            self.serialization_key.policies.iter().map(|policy| policy.alarm_name().to_owned());
        names.collect::<BTreeSet<String>>().into_iter().collect()
    }

    /// The policies whose alarm is in ALARM and may scale.
    fn active<'a>(&'a self, alarms: &'a [Alarm], seen: &mut Seen) -> Vec<Active<'a>> {
        let mut active = Vec::new();
        for policy in &self.serialization_key.policies {
            let Some(alarm) = alarms.iter().find(|alarm| policy.names(&alarm.arn)) else {
                seen.missing.insert(policy.alarm.clone());
                continue;
            };
            if let Some(why) = alarm.kind.unsupported() {
                seen.unsupported.insert(alarm.arn.clone(), why.name());
                continue;
            }
            if alarm.state != StateValue::Alarm {
                continue;
            }
            active.push(Active { policy, alarm, breach: self.breach(alarm) });
        }
        active
    }

    /// The input that decisions take from an alarm. CloudWatch evaluates once a minute, so the value
    /// on which a younger state was entered is the newest.
    fn breach(&self, alarm: &Alarm) -> Breach {
        let now = self.clock.now();
        let told = self.visit.causes.iter().filter(|(arn, _)| *arn == alarm.arn);
        let event = told.map(|(_, at)| *at).max();
        Breach {
            alarm: alarm.arn.clone(),
            since: alarm.since,
            // A requeue message in the same batch acts on the present state of the alarm, so the
            // time of an event no longer matters.
            event: event.filter(|_| !self.visit.anew),
            threshold: alarm.threshold,
            operator: alarm.operator,
            metric: alarm.entered_on.filter(|_| now - alarm.since < INVOKED_EVERY),
            muted: alarm.muted,
        }
    }

    /// Whether a policy would scale for any value of its metric.
    fn may_act(&self, one: &Active<'_>, targets: &Targets) -> bool {
        let target = &one.policy.resource_id;
        let now = self.clock.now();
        targets.state(target, now).is_some_and(|state| {
            let (last, _) = targets.last(target, now);
            let (policy, breach) = (one.policy.clone(), one.breach.clone());
            may_scale(&Inputs { policy, breach, state, last }, now)
        })
    }

    /// Reads the present metric values that evaluations lack, where they can change a decision.
    async fn read_values(&self, active: &mut [Active<'_>], targets: &Targets) -> Result<(), Error> {
        let wanted: BTreeMap<String, Watched> = active
            .iter()
            .filter(|one| one.breach.metric.is_none() && self.may_act(one, targets))
            .filter_map(|one| Some((one.alarm.arn.clone(), one.alarm.watched.clone()?)))
            .collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let values = self.cloudwatch.values(&wanted, self.clock.now()).await?;
        for one in active.iter_mut().filter(|one| one.breach.metric.is_none()) {
            one.breach.metric = values.get(&one.alarm.arn).copied();
        }
        Ok(())
    }

    /// Reads the cluster's instances if the scaling of its group depends on them: a scale-in on the
    /// capacity that tasks need and on draining instances, any scaling on instances that warm up.
    async fn read_room(&self, active: &[Active<'_>], targets: &mut Targets) -> Result<(), Error> {
        let Some(cluster) = self.serialization_key.cluster else { return Ok(()) };
        let acts = |one: &&Active<'_>| {
            one.policy.resource_id == cluster.resource_id && self.may_act(one, targets)
        };
        let acting: Vec<&Policy> = active.iter().filter(acts).map(|one| one.policy).collect();
        let shrinks = |policy: &&Policy| {
            (cluster.keep_capacity_for_tasks || policy.max_draining_percent.is_some())
                && may_shrink(policy)
        };
        if acting.iter().any(shrinks) {
            return self.fill_room(cluster, targets).await;
        }
        let group = targets.groups.get(&cluster.resource_id);
        if !acting.is_empty() && group.is_some_and(|group| group.warm_up.is_positive()) {
            targets.room = Some(self.room(cluster, None).await?);
        }
        Ok(())
    }

    /// Reads the cluster's instances and the size of its largest task.
    async fn fill_room(&self, cluster: &Cluster, targets: &mut Targets) -> Result<(), Error> {
        if targets.room.is_some() {
            return Ok(());
        }
        let services: Vec<&Target> = self.services().collect();
        targets.read(self.aws, services.iter().copied()).await?;
        let mut largest = Resources::default();
        for service in services.iter().filter_map(|target| targets.services.get(*target)) {
            if let Some(definition) = &service.task_definition {
                largest = largest.max(self.memory.task_size(self.aws, definition).await?);
            }
        }
        targets.room = Some(self.room(cluster, Some(largest)).await?);
        Ok(())
    }

    /// Reads the instances. Capacity is kept for tasks only if the largest task is known.
    async fn room(&self, cluster: &Cluster, largest: Option<Resources>) -> Result<Room, Error> {
        Ok(Room {
            group: cluster.resource_id.clone(),
            instances: self.aws.room(&cluster.cluster).await?,
            keep: cluster.keep_capacity_for_tasks && largest.is_some(),
            largest: largest.unwrap_or_default(),
        })
    }

    fn services(&self) -> impl Iterator<Item = &Target> {
        let targets = self.serialization_key.policies.iter().map(|policy| &policy.resource_id);
        targets.filter(|target| matches!(target, Target::Service { .. }))
    }

    /// Decides how many instances to add to the cluster's group for unplaced tasks: those of a
    /// service that scales out now, and those that an earlier reconcile left unplaced.
    async fn raise(&self, steps: &[Step], targets: &mut Targets) -> Result<Option<Raise>, Error> {
        let Some(cluster) =
            self.serialization_key.cluster.filter(|cluster| cluster.add_instances_for_tasks)
        else {
            return Ok(None);
        };
        let mut unplaced = Vec::new();
        let mut cause = None;
        for (target, service) in &targets.services {
            let Some(out) = scales_out(steps, target) else { continue };
            let to = match out.outcome {
                Outcome::Scale { to, .. } => to,
                Outcome::NotScaled(_) => service.state.desired,
            };
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
        self.fill_room(cluster, targets).await?;
        let now = self.clock.now();
        let Some(state) = targets.group_state(&cluster.resource_id, now) else { return Ok(None) };
        let of_group = |policy: &&&Policy| policy.resource_id == cluster.resource_id;
        let policies: Vec<&Policy> =
            self.serialization_key.policies.iter().filter(of_group).copied().collect();
        let instances = targets.instances(&cluster.resource_id);
        let inputs = raise::Inputs {
            cluster,
            policies: &policies,
            cause,
            tasks: &unplaced,
            state: &state,
            instances: &instances,
        };
        Ok(Some(raise(inputs, now)))
    }

    /// Scales a target, and returns the error if that fails.
    async fn scale(
        &self,
        targets: &Targets,
        target: &Target,
        to: u32,
        remember: Option<LastScaling>,
    ) -> Option<Error> {
        let now = self.clock.now();
        // An earlier scaling matters only during its cooldown.
        let (before, _) = targets.last(target, now);
        let earlier = before.filter(|before| now < before.until());
        let tag = Remembered { last: remember?, earlier };
        scale(self.aws, targets, target, to, tag).await.err()
    }

    /// Carries out the applied decisions. Between a group's own decision and a raise for tasks the
    /// larger capacity wins, so a group that must grow for tasks does not shrink.
    async fn carry_out(&self, targets: &Targets, seen: &mut Seen) {
        let raised = seen.raise.as_ref().map(|raise| (raise.target.clone(), raise.outcome));
        let raised_to = match &raised {
            Some((target, Outcome::Scale { to, .. })) => Some((target, *to)),
            _ => None,
        };
        for step in &mut seen.steps {
            let Outcome::Scale { to, .. } = step.decision.outcome else { continue };
            let superseded = raised_to
                .is_some_and(|(target, raised)| target == step.decision.target() && raised >= to);
            step.applied &= !superseded;
            if step.applied && !self.config.dry_run {
                let decision = &step.decision;
                step.error = self.scale(targets, decision.target(), to, decision.remember).await;
            }
        }
        let Some((target, to)) = raised_to else { return };
        let larger = seen.steps.iter().any(|step| step.applied && step.decision.target() == target);
        seen.raise_applied = !larger;
        if seen.raise_applied && !self.config.dry_run {
            let remember = seen.raise.as_ref().and_then(|raise| raise.remember);
            seen.raise_error = self.scale(targets, target, to, remember).await;
        }
    }
}

/// The decision by which a service scales out, or would if it could; `None` if a scale-in is
/// applied instead, or no decision scales out.
fn scales_out<'a>(steps: &'a [Step], target: &Target) -> Option<&'a Decision> {
    let of_target = steps.iter().filter(|step| step.decision.target() == target);
    let out = |step: &&Step| step.decision.direction() == Some(Direction::Out);
    let applied = of_target.clone().find(|step| step.applied);
    let step = applied.or_else(|| of_target.clone().find(out))?;
    Some(&step.decision).filter(|_| out(&step))
}

fn may_shrink(policy: &Policy) -> bool {
    policy.adjustment_type == AdjustmentType::ExactCapacity
        || policy.step_adjustments.iter().any(|step| step.scaling_adjustment < 0)
        || matches!(policy.missing_data, MissingData::ScaleTo(_))
}

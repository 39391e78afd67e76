//! Actions on container instances: drain records, states, and deregistration.

use std::collections::BTreeMap;

use aws::{Attribute, Outcomes};
use aws_names::{ContainerInstanceArn, InstanceId};
use drain::decide::Action;
use drain::drain_record::{Cause, DrainRecord};
use drain::seen::{Registration, Status};
use drain::settings::SettingsRecord;

use super::Apply;

/// The number of container instances that are processed before the remaining time is checked again.
/// Their calls fit into the reserved time even if slow.
const SLICE: usize = 20;

/// An action on a container instance.
#[derive(Debug, Clone)]
struct OnContainer {
    instance: InstanceId,
    arn: ContainerInstanceArn,
    /// The drain record to write.
    drain_record: Option<DrainRecord>,
}

impl Apply<'_> {
    pub(super) async fn write_drain_records(&mut self) {
        let work = self.on_containers(|action| match action {
            Action::DrainRecord { arn, drain_record } => Some((arn, Some(*drain_record))),
            _ => None,
        });
        self.record(work).await;
    }

    /// The drain record is written second, because it says when the state was set.
    pub(super) async fn set_draining(&mut self) {
        let work = self.on_containers(|action| match action {
            Action::SetDraining { arn, drain_record } => Some((arn, *drain_record)),
            _ => None,
        });
        let set = self.set_state(true, &work).await;
        let now = self.reconcile.clock.now();
        let mut records = Vec::new();
        for on in work {
            let Some(idle) = set.get(&on.arn).copied() else { continue };
            if let Some(instance) = self.seen.get_mut(&on.instance) {
                instance.read_at = now;
            }
            if let Some(registration) = self.registration(&on) {
                registration.status = Status::Draining;
                // The answer to a change does not lag as a read may.
                let counted = registration.counted_tasks;
                registration.counted_tasks = if idle { 0 } else { counted.max(1) };
            }
            let since = |record: DrainRecord| match idle {
                true => record.idle_at(now),
                false => record.set_at(now),
            };
            if let Some(record) = on.drain_record {
                records.push(OnContainer { drain_record: Some(since(record)), ..on });
            }
        }
        self.record(records).await;
    }

    pub(super) async fn set_active(&mut self) {
        let work = self.on_containers(|action| match action {
            Action::SetActive { arn } => Some((arn, None)),
            _ => None,
        });
        self.set_state(false, &work).await;
    }

    pub(super) async fn forget(&mut self) {
        let work = self.on_containers(|action| match action {
            Action::Forget { arn } => Some((arn, None)),
            _ => None,
        });
        if self.out_of_time(work.iter().map(|on| &on.instance)) {
            return;
        }
        let delete = work.iter().map(|on| (on.arn.clone(), Attribute::Delete)).collect();
        let forgotten = self.reconcile.aws.set_attributes(self.cluster(), &delete).await;
        self.did_all("forget", &work, forgotten);
    }

    pub(super) async fn deregister(&mut self) {
        let work = self.on_containers(|action| match action {
            Action::Deregister { arn } => Some((arn, None)),
            _ => None,
        });
        for slice in work.chunks(SLICE) {
            if self.out_of_time(slice.iter().map(|on| &on.instance)) {
                continue;
            }
            let arns = arns(slice);
            let call = self.reconcile.aws.deregister_container_instances(self.cluster(), &arns);
            let deregistered = call.await;
            self.did_all("deregister", slice, deregistered);
        }
    }

    fn on_containers(
        &self,
        pick: impl Fn(&Action) -> Option<(&ContainerInstanceArn, Option<DrainRecord>)>,
    ) -> Vec<OnContainer> {
        self.work(|instance, action| {
            let (arn, drain_record) = pick(action)?;
            Some(OnContainer { instance: instance.clone(), arn: arn.clone(), drain_record })
        })
    }

    fn did_all(&mut self, name: &'static str, work: &[OnContainer], mut results: Outcomes) {
        for on in work {
            if let Some(result) = results.remove(&on.arn) {
                self.did(name, &on.instance, result);
            }
        }
    }

    fn registration(&mut self, on: &OnContainer) -> Option<&mut Registration> {
        let instance = self.seen.get_mut(&on.instance)?;
        instance.registrations.iter_mut().find(|registration| registration.arn == on.arn)
    }

    /// The settings to write beside a drain record: those that the drain begins with.
    fn settings_to_record(&self, on: &OnContainer) -> Option<SettingsRecord> {
        let instance = self.seen.get(&on.instance)?;
        let registration = instance.registrations.iter().find(|r| r.arn == on.arn)?;
        let begins = registration.settings.is_none() && registration.settings_fit;
        on.drain_record.filter(|record| begins && record.cause == Cause::Hook)?;
        let of_drain = instance.settings_record();
        of_drain.or_else(|| Some(SettingsRecord::of(&instance.place()?.settings)))
    }

    /// Writes drain records. One that AWS rejects does not count as a failure of its instance.
    async fn record(&mut self, work: Vec<OnContainer>) {
        for slice in work.chunks(SLICE) {
            if self.out_of_time(slice.iter().map(|on| &on.instance)) {
                continue;
            }
            let settings: Vec<_> = slice.iter().map(|on| self.settings_to_record(on)).collect();
            let records = slice.iter().zip(&settings).filter_map(|(on, settings)| {
                Some((on.arn.clone(), Attribute::Put(on.drain_record?, *settings)))
            });
            let put = records.collect();
            let mut written = self.reconcile.aws.set_attributes(self.cluster(), &put).await;
            for (on, settings) in slice.iter().zip(settings) {
                match written.remove(&on.arn) {
                    None => {}
                    Some(Err(error)) if !error.is_transient() => {
                        self.outcome.failed_reads.push(error);
                        let registration = self.registration(on);
                        if registration
                            .is_some_and(|r| !std::mem::replace(&mut r.record_refused, true))
                        {
                            self.refused.insert(on.instance.clone());
                        }
                    }
                    Some(result) => {
                        if let Some(registration) = self.registration(on).filter(|_| result.is_ok())
                        {
                            registration.drain_record = on.drain_record;
                            registration.settings = registration.settings.or(settings);
                        }
                        self.did("record", &on.instance, result);
                    }
                }
            }
        }
    }

    /// Sets the state of container instances. Returns those that succeeded, and whether each counts
    /// no tasks.
    async fn set_state(
        &mut self,
        draining: bool,
        work: &[OnContainer],
    ) -> BTreeMap<ContainerInstanceArn, bool> {
        let name = if draining { "set_draining" } else { "set_active" };
        let mut set = BTreeMap::new();
        for slice in work.chunks(SLICE) {
            if self.out_of_time(slice.iter().map(|on| &on.instance)) {
                continue;
            }
            let arns = arns(slice);
            let call = self.reconcile.aws.set_container_instances(self.cluster(), &arns, draining);
            let answers = call.await;
            set.extend(
                answers
                    .iter()
                    .filter_map(|(arn, answer)| Some((arn.clone(), *answer.as_ref().ok()?))),
            );
            let results = answers.into_iter().map(|(arn, answer)| (arn, answer.map(drop)));
            self.did_all(name, slice, results.collect());
        }
        set
    }
}

fn arns(work: &[OnContainer]) -> Vec<ContainerInstanceArn> {
    work.iter().map(|on| on.arn.clone()).collect()
}

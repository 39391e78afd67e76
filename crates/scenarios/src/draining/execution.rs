//! Executes a random run of drains.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use drain::opt_in::tags;
use region::observer::Shared;
use region::services::{
    ActionEnd, AgentConnected, ContainerStatus, Control, CreateGroup, CreateService,
    FillAttributes, HookResult, InterruptSpot, PutLifecycleHook, RegisterIn, RunTask, SetState,
    UpdateGroup, UpdateService,
};

use super::oracle::{Oracle, Rules};
use super::rules::rules;
use super::{Action, Draining, Figures, Group, SetCapacity, Setup};
use crate::error::Error;
use crate::random::{Execution, Finished, Run};
use crate::rehearsal::Rehearsal;
use crate::report::Drain;
use crate::stack::{self, HOOK, opted_in};

/// Seconds that a run continues after the last action and the last drain: the minutes in which a
/// requeue may still arrive, and two periods of the schedule without any.
const QUIET: u64 = 1_500;

/// Seconds between two checks whether the run is over.
const POLL: u64 = 120;

/// The longest run in seconds: the longest timeout of a hook, and an hour.
const LONGEST: u64 = 12_000 + 3_600;

/// A cluster of the account without a group: the drain searches it for unregistered instances.
const OTHER: &str = "other";

/// The service that takes all remaining capacity.
const CROWD: &str = "crowd";

/// The tags that users set.
const USERS: [&str; 7] = [
    tags::CLUSTER,
    tags::MODE,
    tags::HEARTBEAT,
    tags::DEADLINE,
    tags::AT_DEADLINE,
    tags::STANDALONE,
    tags::AGENT_GONE,
];

/// A random run in progress.
#[derive(Debug)]
pub struct Drains {
    seed: u64,
    setup: Setup,
    rehearsal: Rehearsal,
    oracle: Shared<Oracle>,
    /// The ids of the first instances of all groups.
    instances: Vec<String>,
    /// The names that the groups have now, oldest first.
    names: Mutex<Vec<Vec<String>>>,
}

impl Execution<Draining> for Drains {
    async fn begin(run: &Run<Draining>, rehearsal: Rehearsal) -> Result<Self, Error> {
        let setup = run.setup.clone();
        let rules = rules(&stack::wired(&setup.parameters)?, &setup.parameters);
        let oracle = Shared::new(Oracle::new(rules));
        rehearsal.live.with(|region, _| region.observe(oracle.clone()));
        let instances = create(&setup, &rehearsal).await?;
        let names = setup.groups.iter().map(|group| vec![group.name.clone()]).collect();
        let names = Mutex::new(names);
        Ok(Self { seed: run.seed, setup, rehearsal, oracle, instances, names })
    }

    fn occur(&self, SetCapacity(group, desired): SetCapacity) -> Result<(), Error> {
        self.rehearsal.try_control(Control::SetDesiredCapacity(self.name(group), desired));
        Ok(())
    }

    fn act(&self, action: &Action) -> Result<(), Error> {
        let id = |place: &usize| self.instances.get(*place).cloned().unwrap_or_default();
        let control = match action {
            Action::LoseAgent(place) => {
                Control::AgentConnected(AgentConnected { instance: id(place), connected: false })
            }
            Action::FindAgent(place) => {
                Control::AgentConnected(AgentConnected { instance: id(place), connected: true })
            }
            Action::Kill(place) => Control::KillInstance(id(place)),
            Action::Deregister(place) => Control::DeregisterContainerInstance(id(place)),
            Action::RegisterIn(place, group) => Control::RegisterIn(RegisterIn {
                instance: id(place),
                cluster: self.cluster(*group),
                instead: true,
            }),
            Action::Crowd(group) => Control::CreateService(CreateService {
                name: CROWD.to_owned(),
                cluster: self.cluster(*group),
                desired: 20 * self.instances_in(*group),
                ..CreateService::default()
            }),
            Action::Relieve(group) => Control::UpdateService(UpdateService {
                name: CROWD.to_owned(),
                cluster: self.cluster(*group),
                desired: Some(0),
                ..UpdateService::default()
            }),
            Action::DeleteHook(group) => {
                Control::DeleteLifecycleHook(self.name(*group), HOOK.to_owned())
            }
            Action::ChangeHook(group) => return self.change_hook(*group),
            Action::Tag(group, tag, value) => self.tagged(*group, tag, value),
            Action::OptIn(group) => self.tagged(*group, tags::CLUSTER, &self.cluster(*group)),
            Action::Rename(group, other) => {
                self.tagged(*group, tags::CLUSTER, &self.cluster(*other))
            }
            Action::OptOut(group) => self.untagged(*group, &[tags::CLUSTER]),
            Action::RemoveTags(group) => {
                self.untagged(*group, &[&USERS[..], &[tags::HOOK]].concat())
            }
            Action::Replace(group) => return self.replace(*group),
            Action::DeleteGroup(group) => {
                let oldest = self.names().get(*group).and_then(|names| names.first()).cloned();
                Control::DeleteGroup(oldest.unwrap_or_default())
            }
            Action::UpdateStack(deadline) => return self.update_stack(*deadline),
            Action::DrainByHand(place) => Control::SetState(SetState {
                instance: id(place),
                status: ContainerStatus::Draining,
            }),
            Action::Activate(place) => {
                Control::SetState(SetState { instance: id(place), status: ContainerStatus::Active })
            }
            Action::Interrupt(place, takes_place) => Control::InterruptSpot(InterruptSpot {
                instance: id(place),
                takes_place: *takes_place,
                after_seconds: 120,
            }),
            Action::FillAttributes(place) => {
                Control::FillAttributes(FillAttributes { instance: id(place), count: 10 })
            }
        };
        self.rehearsal.try_control(control);
        Ok(())
    }

    /// Waits until all drains have ended, and then for [`QUIET`].
    async fn finish(self, mut second: u64) -> Finished<Draining> {
        while self.oracle.get().is_busy() && second < LONGEST {
            self.rehearsal.pass(POLL).await;
            second += POLL;
        }
        self.rehearsal.pass(QUIET).await;
        let violations = self.oracle.get().violations().to_vec();
        (violations, self.figures())
    }
}

/// Creates the groups, the services and the standalone tasks. Returns the ids of the instances.
async fn create(setup: &Setup, rehearsal: &Rehearsal) -> Result<Vec<String>, Error> {
    rehearsal.control(Control::CreateCluster(OTHER.to_owned()))?;
    let mut ids = Vec::new();
    for group in &setup.groups {
        let created = rehearsal.control(Control::CreateGroup(ordered(group)))?;
        let created = created.get("instances").and_then(|ids| ids.as_array()).into_iter().flatten();
        ids.extend(created.filter_map(|id| id.as_str()).map(str::to_owned));
        if group.has_foreign_hook {
            rehearsal.control(Control::PutLifecycleHook(PutLifecycleHook {
                group: group.name.clone(),
                name: "another-hook".to_owned(),
                heartbeat_seconds: 300,
                default_result: HookResult::Continue,
                ..PutLifecycleHook::default()
            }))?;
        }
    }
    rehearsal.keep_hooks().await?;
    for service in &setup.services {
        rehearsal.control(Control::CreateService(service.clone()))?;
    }
    for (place, task) in &setup.standalone {
        let task = RunTask { instance: ids.get(*place).cloned(), ..task.clone() };
        rehearsal.control(Control::RunTask(task))?;
    }
    Ok(ids)
}

fn ordered(group: &Group) -> CreateGroup {
    let mut tags = BTreeMap::new();
    if group.is_opted_in {
        tags.extend(opted_in(&group.cluster));
    }
    let overrides = group.overrides.iter();
    tags.extend(overrides.map(|(tag, value)| ((*tag).to_owned(), (*value).to_owned())));
    CreateGroup {
        name: group.name.clone(),
        cluster: group.cluster.clone(),
        desired: group.instances,
        max: group.instances,
        reuse_on_scale_in: group.warm_pool.is_some(),
        tags,
        ..CreateGroup::default()
    }
}

impl Drains {
    fn names(&self) -> MutexGuard<'_, Vec<Vec<String>>> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The name that a group has now.
    fn name(&self, group: usize) -> String {
        self.names().get(group).and_then(|names| names.last()).cloned().unwrap_or_default()
    }

    /// The cluster in which the instances of a group register.
    fn cluster(&self, group: usize) -> String {
        self.setup.groups.get(group).map(|group| group.cluster.clone()).unwrap_or_default()
    }

    /// The number of instances at the start in the cluster of a group.
    fn instances_in(&self, group: usize) -> usize {
        let cluster = self.cluster(group);
        let groups = self.setup.groups.iter().filter(|group| group.cluster == cluster);
        groups.map(|group| group.instances).sum()
    }

    /// A tag of a group with this value.
    fn tagged(&self, group: usize, key: &str, value: &str) -> Control {
        Control::UpdateGroup(UpdateGroup {
            name: self.name(group),
            tags: [(key.to_owned(), value.to_owned())].into(),
            ..UpdateGroup::default()
        })
    }

    fn untagged(&self, group: usize, tags: &[&str]) -> Control {
        Control::UpdateGroup(UpdateGroup {
            name: self.name(group),
            remove_tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
            ..UpdateGroup::default()
        })
    }

    /// Lets the hook of a group, if it is there, notify a topic of somebody else.
    fn change_hook(&self, group: usize) -> Result<(), Error> {
        let name = self.name(group);
        let hook = self.rehearsal.live.observe(|region, _| {
            let truth = region.services().truth();
            truth.group(&name).and_then(|group| group.hooks.get(HOOK).cloned())
        });
        if let Some(hook) = hook {
            self.rehearsal.try_control(Control::PutLifecycleHook(PutLifecycleHook {
                group: name,
                name: hook.name,
                transition: hook.transition,
                heartbeat_seconds: hook.heartbeat_seconds,
                default_result: hook.default_result,
                topic_arn: Some("arn:aws:sns:us-east-1:123456789012:another".to_owned()),
                role_arn: hook.role_arn,
                metadata: None,
            }));
        }
        Ok(())
    }

    /// Replaces a group by one of another name with the same tags of the user.
    fn replace(&self, place: usize) -> Result<(), Error> {
        let Some(group) = self.setup.groups.get(place) else { return Ok(()) };
        let old = self.name(place);
        let present = self.rehearsal.live.observe(|region, _| {
            let truth = region.services().truth().group(&old)?;
            let tags = truth.tags.iter().filter(|(key, _)| USERS.contains(key));
            let tags = tags.map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
            Some((truth.desired, tags.collect()))
        });
        let Some((desired, tags)) = present else { return Ok(()) };
        let name = format!("{old}-new");
        let new = CreateGroup { name: name.clone(), desired, tags, ready: false, ..ordered(group) };
        self.rehearsal.try_control(Control::CreateGroup(new));
        self.rehearsal.try_control(Control::SetDesiredCapacity(old, 0));
        if let Some(names) = self.names().get_mut(place) {
            names.push(name);
        }
        Ok(())
    }

    fn update_stack(&self, deadline: u64) -> Result<(), Error> {
        let mut parameters = self.setup.parameters.clone();
        parameters.insert("DeadlineSeconds".to_owned(), deadline.to_string());
        let wiring = stack::wired(&parameters)?;
        self.rehearsal.update(&wiring)?;
        let rules: Rules = rules(&wiring, &parameters);
        self.rehearsal.live.with(|region, now| {
            region.inject(now, &format!("the stack is updated to a deadline of {deadline} s"));
            self.oracle.get().set_rules(rules);
        });
        Ok(())
    }

    fn figures(&self) -> Figures {
        self.rehearsal.live.observe(|region, _| {
            let instances = region.services().truth().instances();
            let drains: Vec<Drain> =
                instances.filter_map(|instance| Drain::of(&instance, HOOK)).collect();
            let released = Some(ActionEnd::Completed(HookResult::Continue));
            let empty = drains.iter().filter(|drain| drain.ended.map(|(_, end)| end) == released);
            Figures {
                drains: drains.len(),
                lags: empty.filter_map(Drain::lag).map(|lag| (lag, self.seed)).collect(),
                made: self.rehearsal.made(),
            }
        })
    }
}

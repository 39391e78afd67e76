//! Executes a random run of drains.

use drain::opt_in::tags;
use region::observer::Shared;
use region::services::{
    ActionEnd, AgentConnected, ContainerStatus, Control, CreateGroup, CreateService,
    FillAttributes, HookResult, InterruptSpot, RunTask, SetState, UpdateGroup, UpdateService,
};

use super::cluster::group;
use super::oracle::{Oracle, Rules};
use super::rules::rules;
use super::{Action, Draining, Figures, SetCapacity, Setup};
use crate::error::Error;
use crate::random::{Execution, Finished, Run};
use crate::rehearsal::Rehearsal;
use crate::report::Drain;
use crate::stack::{self, CLUSTER, GROUP};

/// Seconds that a run continues after the last action and the last drain: the minutes in which a
/// requeue may still arrive, and two periods of the schedule without any.
const QUIET: u64 = 1_500;

/// Seconds between two checks whether the run is over.
const POLL: u64 = 120;

/// The longest run in seconds: the longest timeout of a hook, and an hour.
const LONGEST: u64 = 12_000 + 3_600;

/// A second cluster of the account: the drain searches it for unregistered instances.
const OTHER: &str = "other";

/// The service that takes all remaining capacity.
const CROWD: &str = "crowd";

/// A random run in progress.
#[derive(Debug)]
pub struct Drains {
    seed: u64,
    setup: Setup,
    rehearsal: Rehearsal,
    oracle: Shared<Oracle>,
    /// The ids of the first instances of the group.
    instances: Vec<String>,
    rules: Rules,
}

impl Execution<Draining> for Drains {
    fn begin(run: &Run<Draining>, rehearsal: Rehearsal) -> Result<Self, Error> {
        let setup = run.setup.clone();
        let rules = rules(&stack::wired(&setup.parameters)?, &setup.parameters);
        let oracle = Shared::new(Oracle::new(rules.clone()));
        rehearsal.live.with(|region, _| region.observe(oracle.clone()));
        let instances = create(&setup, &rehearsal)?;
        Ok(Self { seed: run.seed, setup, rehearsal, oracle, instances, rules })
    }

    fn occur(&self, SetCapacity(desired): SetCapacity) -> Result<(), Error> {
        self.rehearsal.control(Control::SetDesiredCapacity(GROUP.to_owned(), desired))?;
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
            Action::Crowd => Control::CreateService(CreateService {
                name: CROWD.to_owned(),
                cluster: CLUSTER.to_owned(),
                desired: 20 * self.setup.instances,
                ..CreateService::default()
            }),
            Action::Relieve => Control::UpdateService(UpdateService {
                name: CROWD.to_owned(),
                cluster: CLUSTER.to_owned(),
                desired: Some(0),
                ..UpdateService::default()
            }),
            Action::DeleteHook => {
                Control::DeleteLifecycleHook(GROUP.to_owned(), self.rules.hook.clone())
            }
            Action::SetMode(mode) => tagged(tags::MODE, mode),
            Action::OptIn => tagged(tags::CLUSTER, CLUSTER),
            Action::OptOut => Control::UpdateGroup(UpdateGroup {
                name: GROUP.to_owned(),
                remove_tags: vec![tags::CLUSTER.to_owned()],
                ..UpdateGroup::default()
            }),
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

/// A tag of the group with this value.
fn tagged(key: &str, value: &str) -> Control {
    Control::UpdateGroup(UpdateGroup {
        name: GROUP.to_owned(),
        tags: [(key.to_owned(), value.to_owned())].into(),
        ..UpdateGroup::default()
    })
}

/// Creates the group, the services and the standalone tasks. Returns the ids of the instances.
fn create(setup: &Setup, rehearsal: &Rehearsal) -> Result<Vec<String>, Error> {
    let reuse_on_scale_in = setup.warm_pool.is_some();
    let mut group = CreateGroup { reuse_on_scale_in, ..group(setup.instances) };
    let heartbeat = setup.parameters.get("HeartbeatSeconds").map_or("1800", String::as_str);
    let mark = format!("{CLUSTER}@{heartbeat}@0a1b");
    group.tags.insert(tags::HOOK.to_owned(), mark);
    rehearsal.control(Control::CreateCluster(OTHER.to_owned()))?;
    let created = rehearsal.control(Control::CreateGroup(group))?;
    let ids = created.get("instances").and_then(|ids| ids.as_array()).into_iter().flatten();
    let ids: Vec<String> = ids.filter_map(|id| id.as_str()).map(str::to_owned).collect();
    rehearsal.live.with(|region, now| region.put_hooks(now))?;
    for service in &setup.services {
        rehearsal.control(Control::CreateService(service.clone()))?;
    }
    for (place, task) in &setup.standalone {
        let task = RunTask { instance: ids.get(*place).cloned(), ..task.clone() };
        rehearsal.control(Control::RunTask(task))?;
    }
    Ok(ids)
}

impl Drains {
    fn update_stack(&self, deadline: u64) -> Result<(), Error> {
        let mut parameters = self.setup.parameters.clone();
        parameters.insert("DeadlineSeconds".to_owned(), deadline.to_string());
        let wiring = stack::wired(&parameters)?;
        self.rehearsal.update(&wiring)?;
        let updated = rules(&wiring, &parameters);
        let rules = Rules {
            deadline: self.rules.deadline.min(updated.deadline),
            deadline_at_most: self.rules.deadline_at_most.max(updated.deadline_at_most),
            ..updated
        };
        self.rehearsal.live.with(|region, now| {
            region.inject(now, &format!("the stack is updated to a deadline of {deadline} s"));
            self.oracle.get().set_rules(rules);
            region.put_hooks(now)
        })?;
        Ok(())
    }

    fn figures(&self) -> Figures {
        self.rehearsal.live.observe(|region, _| {
            let instances = region.services().truth().instances();
            let drains: Vec<Drain> =
                instances.filter_map(|instance| Drain::of(&instance, &self.rules.hook)).collect();
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

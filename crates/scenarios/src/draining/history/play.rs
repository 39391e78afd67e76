//! Executes a random run: the real handlers over the real SDK, in virtual time.

use std::collections::BTreeMap;

use crate::digest::Digest;
use crate::draining::oracle::{AtDeadline, DelayClassRule, Oracle, Rules, Violation};
use function::environment::BadEnvironment;
use region::api::ApiError;
use region::client::Forger;
use region::journal::Journal;
use region::observer::Shared;
use region::services::{
    ActionEnd, AgentConnected, ContainerStatus, Control, CreateGroup, CreateService,
    FillAttributes, HookResult, InterruptSpot, RunTask, SetState, UpdateService,
};
use region::wiring::Wiring;
use region::wiring::template::TemplateError;
use time::Duration;

use super::faults::call_faults;
use super::{Act, Cast, History, Part};
use crate::rehearsal::{EPOCH, MadeBy, Rehearsal, on_own_clock};
use crate::report::Drain;
use crate::stack::{self, CLUSTER, GROUP};

/// Seconds that a run continues after the last action and the last drain: the minutes in which a
/// requeue may still arrive, and two periods of the schedule without any.
const QUIET: u64 = 1_500;

/// Seconds between two checks whether the run is over.
const STEP: u64 = 120;

/// The longest run in seconds: the longest timeout of a hook, and an hour.
const LONGEST: u64 = 12_000 + 3_600;

/// A second cluster of the account: the drain searches it for unregistered instances.
const OTHER: &str = "other";

/// The service that takes all remaining capacity.
const CROWD: &str = "crowd";

/// The result of a random run.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Violations of invariants.
    pub violations: Vec<Violation>,
    /// The time from the last container's stop to the completed action, for each instance that
    /// was released empty.
    pub lags: Vec<Duration>,
    /// The number of instances that the hook held.
    pub drains: usize,
    /// Calls of the functions to AWS.
    pub calls: u64,
    /// The kinds of these calls, by function.
    pub made: MadeBy,
    /// Everything that happened, if a journal was requested.
    pub journal: Option<Journal>,
    /// The digest of all calls, if a journal was requested.
    pub digest: Option<String>,
}

/// Why a random run could not be set up. The faults in it are no reason.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The template cannot be interpreted.
    #[error("cannot read template.yaml: {0}")]
    Template(#[from] TemplateError),
    /// A function refuses its environment.
    #[error("{0}")]
    Environment(#[from] BadEnvironment),
    /// The cluster cannot be created in the simulated region.
    #[error("cannot create the cluster: {0}")]
    Region(#[from] ApiError),
    /// The paused clock cannot be started.
    #[error("cannot start: {0}")]
    Clock(#[from] std::io::Error),
}

/// Executes `history`, with `forger` between the functions and the simulated region.
///
/// # Errors
/// See [`Trouble`].
pub fn play(history: &History, forger: Forger) -> Result<Outcome, Trouble> {
    on_own_clock(play_through(history, forger, false))?
}

/// Like [`play`], and keeps a journal.
///
/// # Errors
/// See [`Trouble`].
pub fn told(history: &History, forger: Forger) -> Result<Outcome, Trouble> {
    on_own_clock(play_through(history, forger, true))?
}

async fn play_through(history: &History, forger: Forger, tell: bool) -> Result<Outcome, Trouble> {
    let cast = &history.cast;
    let wiring = stack::wired(&cast.parameters)?;
    let first = cast.scale_ins.first().map_or(0, |(wait, _)| *wait);
    let faults = call_faults(&history.parts, EPOCH + std::time::Duration::from_secs(first));
    let settings = cast.medium.settings(&history.parts);
    let rehearsal =
        Rehearsal::with_faults(wiring.clone(), settings, history.seed, faults.clone(), forger)
            .await?;
    let rules = rules(&wiring, &cast.parameters);
    let oracle = Shared::new(Oracle::new(rules.clone()));
    let (journal, digest) = (Shared::<Journal>::default(), Shared::<Digest>::default());
    rehearsal.live.with(|region, _| {
        if tell {
            region.observe(journal.clone());
            region.observe(digest.clone());
        }
        region.observe(oracle.clone());
    });
    let stage = Stage { rehearsal, oracle, cast, instances: Vec::new(), rules };
    let stage = stage.set()?;
    let second = stage.perform(&history.parts).await?;
    stage.until_over(second).await;
    let outcome = stage.outcome(faults.calls());
    Ok(Outcome {
        journal: tell.then(|| journal.get().clone()),
        digest: tell.then(|| digest.get().to_string()),
        ..outcome
    })
}

/// The invariants of a stack with these parameters, from the template and docs/semantics.md. They
/// do not use the functions' own configuration, which may be wrong.
fn rules(wiring: &Wiring, parameters: &BTreeMap<String, String>) -> Rules {
    let text = |name: &str| parameters.get(name).map(String::as_str);
    let seconds = |name: &str, default: i64| {
        Duration::seconds(text(name).and_then(|value| value.parse().ok()).unwrap_or(default))
    };
    let deadline = seconds("DeadlineSeconds", 7_200);
    let stops_standalone = text("StandaloneTasks") == Some("stop");
    let grace = Duration::seconds(450);
    let agent_gone = seconds("AgentGoneSeconds", 0);
    let delay_class = |name: &str, queue: &str, delay| DelayClassRule {
        name: name.to_owned(),
        queue: queue.to_owned(),
        delay,
    };
    let reinvoke_topic = wiring.topics.iter().find(|topic| topic.logical_id == "ReinvokeTopic");
    Rules {
        hook: wiring.hooks.first().map(|hook| hook.name.clone()).unwrap_or_default(),
        reinvoke_topic: reinvoke_topic.map(|topic| topic.arn.clone()).unwrap_or_default(),
        delay_classes: vec![
            delay_class("soon", "SoonQueue", seconds("SoonSeconds", 6)),
            delay_class("later", "LaterQueue", seconds("LaterSeconds", 240)),
        ],
        heartbeat: seconds("HeartbeatSeconds", 1_800),
        deadline,
        grace,
        deadline_at_most: deadline + grace,
        at_deadline: match text("AtDeadline") {
            Some("abandon") => AtDeadline::Abandon,
            Some("wait") => AtDeadline::Wait,
            _ => AtDeadline::Continue,
        },
        stops_standalone,
        agent_gone: agent_gone.is_positive().then_some(agent_gone),
        ghost: Duration::minutes(10),
        reconcile: Duration::seconds(60),
        patience: Duration::seconds(660),
        interruption: Duration::minutes(10),
    }
}

/// A random run in progress.
struct Stage<'a> {
    rehearsal: Rehearsal,
    oracle: Shared<Oracle>,
    cast: &'a Cast,
    /// The ids of the first instances of the group.
    instances: Vec<String>,
    rules: Rules,
}

impl Stage<'_> {
    /// Creates the group, the services and the standalone tasks.
    fn set(mut self) -> Result<Self, Trouble> {
        let group = CreateGroup {
            name: GROUP.to_owned(),
            cluster: CLUSTER.to_owned(),
            desired: self.cast.instances,
            max: self.cast.instances,
            reuse_on_scale_in: self.cast.warm_pool.is_some(),
            ..CreateGroup::default()
        };
        self.rehearsal.control(Control::CreateCluster(OTHER.to_owned()))?;
        let made = self.rehearsal.control(Control::CreateGroup(group))?;
        let ids = made.get("instances").and_then(|ids| ids.as_array()).into_iter().flatten();
        self.instances = ids.filter_map(|id| id.as_str()).map(str::to_owned).collect();
        self.rehearsal.live.with(|region, now| region.put_hooks(now))?;
        for service in &self.cast.services {
            self.rehearsal.control(Control::CreateService(service.clone()))?;
        }
        for (place, task) in &self.cast.jobs {
            let task = RunTask { instance: self.instances.get(*place).cloned(), ..task.clone() };
            self.rehearsal.control(Control::RunTask(task))?;
        }
        Ok(self)
    }

    /// Performs each part at its time. Returns the second of the last one.
    async fn perform(&self, parts: &[Part]) -> Result<u64, Trouble> {
        let mut agenda: Vec<(u64, Option<&Act>, Option<usize>)> = Vec::new();
        let mut second = 0;
        let mut first = None;
        let returns = self.cast.warm_pool.iter().flatten();
        for (wait, desired) in self.cast.scale_ins.iter().chain(returns) {
            second += wait;
            first = first.or(Some(second));
            agenda.push((second, None, Some(*desired)));
        }
        let first = first.unwrap_or_default();
        agenda.extend(parts.iter().filter_map(|part| match part {
            Part::Act { second, act } => Some((first + second, Some(act), None)),
            _ => None,
        }));
        agenda.sort_by_key(|(second, ..)| *second);
        let mut now = 0;
        for (second, act, desired) in agenda {
            self.rehearsal.pass(second - now).await;
            now = second;
            if let Some(desired) = desired {
                self.rehearsal.control(Control::SetDesiredCapacity(GROUP.to_owned(), desired))?;
            }
            if let Some(act) = act {
                self.act(act)?;
            }
        }
        Ok(now)
    }

    fn act(&self, act: &Act) -> Result<(), Trouble> {
        let id = |place: &usize| self.instances.get(*place).cloned().unwrap_or_default();
        let control = match act {
            Act::LoseAgent(place) => {
                Control::AgentConnected(AgentConnected { instance: id(place), connected: false })
            }
            Act::FindAgent(place) => {
                Control::AgentConnected(AgentConnected { instance: id(place), connected: true })
            }
            Act::Kill(place) => Control::KillInstance(id(place)),
            Act::Deregister(place) => Control::DeregisterContainerInstance(id(place)),
            Act::Crowd => Control::CreateService(CreateService {
                name: CROWD.to_owned(),
                cluster: CLUSTER.to_owned(),
                desired: 20 * self.cast.instances,
                ..CreateService::default()
            }),
            Act::Relieve => Control::UpdateService(UpdateService {
                name: CROWD.to_owned(),
                cluster: CLUSTER.to_owned(),
                desired: Some(0),
                ..UpdateService::default()
            }),
            Act::DeleteHook => {
                Control::DeleteLifecycleHook(GROUP.to_owned(), self.rules.hook.clone())
            }
            Act::UpdateStack(deadline) => return self.update_stack(*deadline),
            Act::DrainByHand(place) => Control::SetState(SetState {
                instance: id(place),
                status: ContainerStatus::Draining,
            }),
            Act::Activate(place) => {
                Control::SetState(SetState { instance: id(place), status: ContainerStatus::Active })
            }
            Act::Interrupt(place, takes_place) => Control::InterruptSpot(InterruptSpot {
                instance: id(place),
                takes_place: *takes_place,
                after_seconds: 120,
            }),
            Act::FillAttributes(place) => {
                Control::FillAttributes(FillAttributes { instance: id(place), count: 10 })
            }
        };
        // An action may be impossible by now, for example to terminate an ended instance.
        if let Err(error) = self.rehearsal.control(control) {
            self.rehearsal.live.with(|region, now| region.remark(now, &error.to_string()));
        }
        Ok(())
    }

    fn update_stack(&self, deadline: u64) -> Result<(), Trouble> {
        let mut parameters = self.cast.parameters.clone();
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
            self.oracle.get().judge_by(rules);
            region.put_hooks(now)
        })?;
        Ok(())
    }

    /// Waits until all drains have ended, and then for [`QUIET`].
    async fn until_over(&self, mut second: u64) {
        while self.oracle.get().is_busy() && second < LONGEST {
            self.rehearsal.pass(STEP).await;
            second += STEP;
        }
        self.rehearsal.pass(QUIET).await;
    }

    fn outcome(&self, calls: u64) -> Outcome {
        self.rehearsal.live.observe(|region, _| {
            let truth = region.services().truth();
            let drains: Vec<Drain> = truth
                .instances()
                .filter_map(|instance| Drain::of(&instance, &self.rules.hook))
                .collect();
            let completed = Some(ActionEnd::Completed(HookResult::Continue));
            let emptied = drains.iter().filter(|d| d.ended.map(|(_, end)| end) == completed);
            Outcome {
                violations: self.oracle.get().violations().to_vec(),
                lags: emptied.filter_map(Drain::lag).collect(),
                drains: drains.len(),
                calls,
                made: self.rehearsal.made(),
                journal: None,
                digest: None,
            }
        })
    }
}

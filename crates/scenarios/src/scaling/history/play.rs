//! Executes a random run of scaling.

use std::collections::BTreeMap;

use region::api::Api;
use region::api::ApiError;
use region::client::Forger;
use region::journal::Journal;
use region::messaging::Publish;
use region::names::{ACCOUNT, REGION};
use region::observer::Shared;
use region::region::Region;
use region::services::{Control, LifecycleState, UpdateService};
use region::wiring::template::TemplateError;
use serde_json::json;
use time::Duration;
use time::format_description::well_known::Rfc3339;

use super::{Act, Cast, History, Part, stage};
use crate::digest::Digest;
use crate::draining::history::faults::call_faults;
use crate::rehearsal::{EPOCH, Rehearsal, on_own_clock};
use crate::scaling::oracle::{Oracle, Scalings, Target, Violation};
use crate::scaling::{self, SERVICE, set_load_shown, shown};
use crate::stack::{self, CLUSTER, GROUP};

/// Seconds between two checks whether the run is over.
const STEP: u64 = 60;

/// Seconds without scaling after which a run is over: the time until any alarm changes its state,
/// plus the time in which the requeue loop must end, and a margin.
const CALM: u64 = 660;

/// The longest run in seconds: the time from the most tasks to the fewest at a tenth per cooldown,
/// and for a message whose run crashed five times.
const LONGEST: u64 = 4 * 3_600;

/// The result of a random run.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Violations of invariants.
    pub violations: Vec<Violation>,
    /// The number of scalings.
    pub scalings: Scalings,
    /// Calls of the functions to AWS.
    pub calls: u64,
    /// The duration in virtual seconds.
    pub seconds: u64,
    /// Everything that happened, if a journal was requested.
    pub journal: Option<Journal>,
    /// The digest of all calls, if a journal was requested.
    pub digest: Option<String>,
}

/// Why a random run could not be set up. The faults in it are no reason.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The stage cannot be set up.
    #[error("{0}")]
    Stage(#[from] scaling::Trouble),
    /// The paused clock cannot be started.
    #[error("cannot start: {0}")]
    Clock(#[from] std::io::Error),
}

impl From<ApiError> for Trouble {
    fn from(error: ApiError) -> Self {
        Self::Stage(error.into())
    }
}

impl From<TemplateError> for Trouble {
    fn from(error: TemplateError) -> Self {
        Self::Stage(error.into())
    }
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
    let oracle = Shared::new(Oracle::new(stage::rules(cast)));
    let (journal, digest) = (Shared::<Journal>::default(), Shared::<Digest>::default());
    let faults = call_faults(&history.parts, EPOCH);
    let stage = stage::stage(history);
    let given = stage.given();
    let rehearsal = stage.set(history.seed, faults.clone(), forger).await?;
    rehearsal.live.with(|region, _| {
        if tell {
            region.observe(journal.clone());
            region.observe(digest.clone());
        }
        region.observe(oracle.clone());
    });
    let topic = scaling::alarm_topic(&stack::wired(&given)?);
    if stage::has_more(cast) {
        rehearsal.control(Control::PutMetricAlarm(stage::more(&topic)))?;
    }
    let scene = Scene { rehearsal, oracle, cast, given, topic };
    let second = scene.perform(&history.parts).await?;
    let seconds = scene.until_over(second).await;
    let outcome = scene.outcome(faults.calls(), seconds);
    Ok(Outcome {
        journal: tell.then(|| journal.get().clone()),
        digest: tell.then(|| digest.get().to_string()),
        ..outcome
    })
}

/// A random run in progress.
struct Scene<'a> {
    rehearsal: Rehearsal,
    oracle: Shared<Oracle>,
    cast: &'a Cast,
    given: BTreeMap<String, String>,
    /// The topic that the alarms notify.
    topic: String,
}

/// What is due at a second of the run.
enum Due<'a> {
    Load(f64, f64),
    Act(&'a Act),
}

impl Scene<'_> {
    /// Performs each part at its time. Returns the second of the last one.
    async fn perform(&self, parts: &[Part]) -> Result<u64, Trouble> {
        let loads = self.cast.loads.iter();
        let loads = loads.map(|(second, cpu, memory)| (*second, Due::Load(*cpu, *memory)));
        let acts = parts.iter().filter_map(|part| match part {
            Part::Act { second, act } => Some((*second, Due::Act(act))),
            _ => None,
        });
        let mut agenda: Vec<(u64, Due<'_>)> = loads.chain(acts).collect();
        agenda.sort_by_key(|(second, _)| *second);
        let mut now = 0;
        for (second, due) in agenda {
            self.rehearsal.pass(second - now).await;
            now = second;
            match due {
                Due::Load(cpu, memory) => {
                    self.oracle.get().loaded(self.rehearsal.live.now(), cpu);
                    let metrics = shown::by(&self.cast.parameters, cpu);
                    set_load_shown(&self.rehearsal, cpu, memory, metrics)?;
                }
                Due::Act(act) => self.act(act)?,
            }
        }
        Ok(now)
    }

    fn act(&self, act: &Act) -> Result<(), Trouble> {
        let target = match act {
            Act::SetTasks(_) => Some(Target::Tasks),
            Act::SetInstances(_) | Act::Kill => Some(Target::Instances),
            _ => None,
        };
        self.oracle.get().interfered(self.rehearsal.live.now(), target);
        let service = UpdateService {
            name: SERVICE.to_owned(),
            cluster: CLUSTER.to_owned(),
            ..UpdateService::default()
        };
        let control = match act {
            Act::Deploy => Control::UpdateService(UpdateService { deploy: true, ..service }),
            Act::SetTasks(tasks) => {
                Control::UpdateService(UpdateService { desired: Some(*tasks), ..service })
            }
            Act::SetInstances(instances) => {
                Control::SetDesiredCapacity(GROUP.to_owned(), *instances)
            }
            Act::SetAlarm(place) => return self.set_alarm(*place),
            Act::Sham(place, ago) => {
                self.sham(*place, *ago);
                return Ok(());
            }
            Act::Kill => Control::KillInstance(self.serving().unwrap_or_default()),
            Act::SwitchOff => return self.switch_off(),
        };
        // An action may be impossible, for example a capacity out of bounds.
        if let Err(error) = self.rehearsal.control(control) {
            self.rehearsal.live.with(|region, now| region.remark(now, &error.to_string()));
        }
        Ok(())
    }

    /// An instance in service.
    fn serving(&self) -> Option<String> {
        self.rehearsal.live.observe(|region, _| {
            let mut instances = region.services().truth().instances();
            let serving = instances.find(|instance| instance.state == LifecycleState::InService);
            serving.map(|instance| instance.id.to_owned())
        })
    }

    /// The name of the alarm with this index, modulo the number of alarms.
    fn alarm(&self, place: usize) -> String {
        let policies = stage::rules(self.cast).policies;
        policies.get(place % policies.len()).map(|policy| policy.alarm.clone()).unwrap_or_default()
    }

    /// Sets a metric alarm to ALARM until its next evaluation. A composite alarm is left alone,
    /// because only a change of its children would correct its state.
    fn set_alarm(&self, place: usize) -> Result<(), Trouble> {
        if self.alarm(place).ends_with("-both") {
            return Ok(());
        }
        let input = json!({
            "AlarmName": self.alarm(place),
            "StateValue": "ALARM",
            "StateReason": "to see what happens",
        });
        let set =
            |region: &mut Region, now| region.call(now, Api::CloudWatch, "SetAlarmState", &input);
        self.rehearsal.live.with(set)?;
        Ok(())
    }

    fn sham(&self, place: usize, ago: u64) {
        let name = self.alarm(place);
        let ago = Duration::seconds(i64::try_from(ago).unwrap_or_default());
        self.rehearsal.live.with(|region, now| {
            let arn = format!("arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}");
            let message = json!({
                "AlarmName": name,
                "AlarmArn": arn,
                "AWSAccountId": ACCOUNT,
                "NewStateValue": "ALARM",
                "OldStateValue": "OK",
                "StateChangeTime": (now - ago).format(&Rfc3339).unwrap_or_default(),
            });
            let (topic_arn, message) = (self.topic.clone(), message.to_string());
            region.remark(now, &format!("a message says that {name} went into ALARM"));
            let publish = Publish { topic_arn, message, ..Publish::default() };
            region.messaging_mut().publish_alarm(now, &arn, publish);
        });
    }

    fn switch_off(&self) -> Result<(), Trouble> {
        let mut given = self.given.clone();
        given.insert("ScalingSwitch".to_owned(), "off".to_owned());
        let wiring = stack::wired(&given)?;
        self.rehearsal.update(&wiring).map_err(scaling::Trouble::from)?;
        self.oracle.get().switched_off(self.rehearsal.live.now());
        self.rehearsal.live.with(|region, now| region.remark(now, "scaling is off"));
        Ok(())
    }

    /// Waits until nothing was scaled for [`CALM`]. Returns the second.
    async fn until_over(&self, mut second: u64) -> u64 {
        let mut calm = 0;
        while calm < CALM {
            self.rehearsal.pass(STEP).await;
            second += STEP;
            let rests =
                self.rehearsal.live.observe(|region, _| self.oracle.get().rests(region.services()));
            calm = if rests { calm + STEP } else { 0 };
            if second > LONGEST {
                let what = format!("scaling goes on after {second} s");
                self.oracle.get().restless(self.rehearsal.live.now(), what);
                break;
            }
        }
        second
    }

    fn outcome(&self, calls: u64, seconds: u64) -> Outcome {
        let oracle = self.oracle.get();
        Outcome {
            violations: oracle.violations().to_vec(),
            scalings: oracle.scalings(),
            calls,
            seconds,
            journal: None,
            digest: None,
        }
    }
}

//! Shows the progress of a drain: on a terminal one line per instance that is updated in place,
//! otherwise one line per change.

use std::collections::{BTreeMap, BTreeSet};
use std::io::IsTerminal as _;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use region::Time;
use region::region::Region;
use region::services::{InstanceTruth, TaskStatus};
use scenarios::stack;
use time::Duration;

use super::watch::Log;
use crate::error::Error;

/// With more instances than this, only totals are shown.
const EACH: usize = 8;

/// The interval between two lines of totals.
const SUMS_EVERY: Duration = Duration::seconds(10);

/// The displayed state of an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Sight {
    state: &'static str,
    status: &'static str,
    tasks: Tasks,
    /// When its last container stopped, if all have stopped.
    over: Option<Time>,
    /// When the hook released it.
    released: Option<Time>,
}

/// The number of tasks by `lastStatus`, which alone shows whether a container still runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Tasks {
    running: usize,
    stopping: usize,
    stopped: usize,
}

impl Tasks {
    fn of(instance: &InstanceTruth<'_>) -> Self {
        instance.tasks().fold(Self::default(), |mut tasks, task| {
            match task.last {
                TaskStatus::Pending | TaskStatus::Activating | TaskStatus::Running => {
                    tasks.running += 1;
                }
                TaskStatus::Deactivating | TaskStatus::Stopping | TaskStatus::Deprovisioning => {
                    tasks.stopping += 1;
                }
                TaskStatus::Stopped => tasks.stopped += 1,
            }
            tasks
        })
    }

    fn text(self) -> String {
        let Self { running, stopping, stopped } = self;
        format!("{running:>2} running  {stopping:>2} stopping  {stopped:>2} stopped")
    }
}

impl Sight {
    fn of(instance: &InstanceTruth<'_>) -> Self {
        let container = instance.containers().last();
        let tasks = Tasks::of(instance);
        let all_stopped = tasks.running + tasks.stopping == 0;
        Self {
            state: instance.state.as_str(),
            status: container.map_or("not registered", |container| container.status.as_str()),
            tasks,
            over: instance.last_container_stop.filter(|_| all_stopped),
            released: instance.actions.last().and_then(|action| action.ended).map(|(at, _)| at),
        }
    }

    /// How long the empty instance has been held, or was held until its release. One that was
    /// released while something ran on it has no lag.
    fn lag(&self, now: Time) -> String {
        let lag = self.over.map(|over| self.released.unwrap_or(now) - over);
        let lag = lag.filter(|lag| !lag.is_negative());
        lag.map_or_else(String::new, |lag| format!("  lag {:.1} s", lag.as_seconds_f64()))
    }
}

/// The progress display of a drain.
pub(super) struct Progress {
    leaving: BTreeSet<String>,
    seen: BTreeMap<String, Sight>,
    log: Log,
    bars: Option<Bars>,
    sums: Option<(Time, String)>,
    reconciles: u64,
    last_reconcile: Option<Time>,
}

impl Progress {
    pub(super) fn new(leaving: BTreeSet<String>, log: Log) -> Self {
        let in_place = log.bars && leaving.len() <= EACH && std::io::stderr().is_terminal();
        Self {
            log,
            bars: in_place.then(|| Bars::new(&leaving)),
            leaving,
            seen: BTreeMap::new(),
            sums: None,
            reconciles: 0,
            last_reconcile: None,
        }
    }

    /// Shows the current state.
    pub(super) fn show(&mut self, region: &Region, now: Time) -> Result<(), Error> {
        let reconciles = region.messaging().function_truth(stack::AUTO_DRAIN).unwrap_or_default();
        if reconciles.invocations > self.reconciles {
            self.reconciles = reconciles.invocations;
            self.last_reconcile = Some(now);
        }
        let truth = region.services().truth();
        let instances = self.leaving.iter().filter_map(|id| truth.instance(id));
        let sights: BTreeMap<String, Sight> =
            instances.map(|seen| (seen.id.to_owned(), Sight::of(&seen))).collect();
        if self.leaving.len() > EACH {
            self.show_sums(&sights, now)?;
        } else {
            self.show_each(&sights, now)?;
        }
        self.seen = sights;
        Ok(())
    }

    fn show_each(&mut self, sights: &BTreeMap<String, Sight>, now: Time) -> Result<(), Error> {
        let reconcile = self.reconcile(now);
        for (id, sight) in sights {
            let line = format!(
                "{}  {id}  {:<19}  {:<8}  {}  {reconcile}{}",
                clock(now),
                sight.state,
                sight.status,
                sight.tasks.text(),
                sight.lag(now)
            );
            match &self.bars {
                Some(bars) => bars.set(id, line),
                None if self.seen.get(id) != Some(sight) => self.log.line(&line)?,
                None => {}
            }
        }
        Ok(())
    }

    fn show_sums(&mut self, sights: &BTreeMap<String, Sight>, now: Time) -> Result<(), Error> {
        let mut states: BTreeMap<&str, usize> = BTreeMap::new();
        let mut sum = Tasks::default();
        for Sight { state, tasks, .. } in sights.values() {
            *states.entry(state).or_default() += 1;
            sum.running += tasks.running;
            sum.stopping += tasks.stopping;
            sum.stopped += tasks.stopped;
        }
        let states: Vec<String> =
            states.iter().map(|(state, count)| format!("{count} {state}")).collect();
        let text = format!("{}  {}", sum.text(), states.join(", "));
        let due = match &self.sums {
            Some((shown, last)) => *last != text && now - *shown >= SUMS_EVERY,
            None => true,
        };
        if due {
            let reconcile = self.reconcile(now);
            self.log.line(&format!("{}  {text}  {reconcile}", clock(now)))?;
            self.sums = Some((now, text));
        }
        Ok(())
    }

    fn reconcile(&self, now: Time) -> String {
        match self.last_reconcile {
            Some(last) => format!("last reconcile {:>3} s ago", (now - last).whole_seconds()),
            None => "no reconcile yet".to_owned(),
        }
    }
}

fn clock(now: Time) -> String {
    format!("{:02}:{:02}:{:02}", now.hour(), now.minute(), now.second())
}

/// One line per instance, updated in place.
#[derive(Debug)]
struct Bars {
    lines: BTreeMap<String, ProgressBar>,
}

impl Bars {
    fn new(ids: &BTreeSet<String>) -> Self {
        let all = MultiProgress::new();
        let style = ProgressStyle::with_template("{msg}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner());
        let line = |id: &String| {
            let bar = all.add(ProgressBar::new_spinner().with_style(style.clone()));
            (id.clone(), bar)
        };
        Self { lines: ids.iter().map(line).collect() }
    }

    fn set(&self, id: &str, text: String) {
        if let Some(line) = self.lines.get(id) {
            line.set_message(text);
        }
    }
}

impl Drop for Bars {
    /// Leaves the last state on the screen.
    fn drop(&mut self) {
        for line in self.lines.values() {
            line.abandon();
        }
    }
}

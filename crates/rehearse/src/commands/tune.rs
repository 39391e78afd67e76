//! The command `tune`: searches for the cheapest setting of a policy that keeps the objective.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use indicatif::{ProgressBar, ProgressStyle};
use load_model::{BadInput, Load as Demand};
use load_rehearsal::Setup;
use load_tuning::{Goal, Progress, Tuning};

use super::traffic;
use crate::cli::tune::Tune;
use crate::error::Error;
use crate::output;

/// The least share of a load that a search or its check gets.
const LEAST_PART: f64 = 0.05;

pub(super) fn run(what: &Tune) -> Result<(), Error> {
    let (_, demand) = traffic::demand(&what.traffic)?;
    let setup = |demand| -> Result<Setup, Error> {
        let setup = traffic::described(&what.described)?.setup(demand)?;
        Ok(Setup { events: what.events.clone(), ..setup })
    };
    let (seen, held_out) = parts(demand, what.hold_out)?;
    let seen = setup(seen)?;
    let tuning = Tuning {
        goal: Goal::new(100.0 * what.max_violation, &what.policy, seen.cluster.price),
        loads: vec![seen],
        held_out: held_out.map(setup).transpose()?.into_iter().collect(),
        seeds: (0..u64::from(what.seeds)).map(|number| what.seed.wrapping_add(number)).collect(),
        policy: what.policy.clone(),
        budget: what.budget as usize,
        seed: what.seed,
    };
    let stop = Arc::new(AtomicBool::new(false));
    stop_on_interrupt(&stop)?;
    let document = tuning.run(&stop, progress(tuning.goal))?;
    if what.output.json { output::json(&document) } else { output::text(document) }
}

/// The load that the search sees, and the one that it does not.
fn parts(demand: Demand, hold_out: Option<f64>) -> Result<(Demand, Option<Demand>), BadInput> {
    let Some(share) = hold_out else { return Ok((demand, None)) };
    if !(LEAST_PART..=1.0 - LEAST_PART).contains(&share) {
        return Err(BadInput::new("hold-out", "is not from 5% to 95%"));
    }
    let seconds = demand.seconds();
    let middle = (seconds * (1.0 - share) / 60.0).round() * 60.0;
    Ok((demand.part(0.0, middle), Some(demand.part(middle, seconds))))
}

/// Lets Ctrl-C end the search with what it has found.
fn stop_on_interrupt(stop: &Arc<AtomicBool>) -> Result<(), Error> {
    let (runtime, stop) = (super::in_real_time()?, Arc::clone(stop));
    thread::spawn(move || {
        if runtime.block_on(tokio::signal::ctrl_c()).is_ok() {
            stop.store(true, Ordering::Relaxed);
        }
    });
    Ok(())
}

/// Shows how far the search is, on a terminal.
fn progress(goal: Goal) -> impl Fn(&Progress) {
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} settings, {msg}");
    let bar = ProgressBar::no_length();
    if let Ok(style) = style {
        bar.set_style(style);
    }
    move |at: &Progress| {
        bar.set_length(at.budget as u64);
        bar.set_position(at.tried as u64);
        let (outside, unit) = (at.best.violation_percent, goal.unit.name());
        bar.set_message(format!("best: {outside:.2}% outside, {:.1} {unit}", at.best.cost));
    }
}

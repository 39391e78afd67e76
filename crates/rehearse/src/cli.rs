//! The command line.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand, value_parser};
use indicatif::{ProgressBar, ProgressStyle};
use region::Time;
use tokio::runtime::Builder;

use crate::bench;
use crate::drain::{self, Trouble};
use crate::history::soak::{self, Soak};
use crate::history::{self, Kinds};
use crate::scaled::history as scaled;
use crate::scene::Scene;
use crate::{serve, weigh};

/// Rehearses ecs-tide against a simulated AWS region.
#[derive(Debug, Parser)]
#[command(name = "rehearse")]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Scale a cluster in, show the drain as it happens and what it took
    Drain {
        /// Run the handlers in this process in virtual time, not the compiled functions
        #[arg(long = "virtual")]
        virtually: bool,
        /// Play the history that the seed draws, with faults of these kinds: `all`, `none`
        /// or some of duplicates, delays, losses, filters, throttling, errors, timeouts,
        /// failures, stale-reads, crashes, stalls, agents, capacity, instances, hooks, updates,
        /// interference and late-metrics, separated by commas; the full trace is printed
        #[arg(long, requires = "virtually", conflicts_with = "instances")]
        faults: Option<Kinds>,
        /// How many instances leave, 1 to 500
        #[arg(long, default_value_t = 2, value_parser = value_parser!(u64).range(1..=500))]
        instances: u64,
        /// Leave out the daemon service, whose tasks ECS stops last
        #[arg(long, conflicts_with = "faults")]
        no_daemon: bool,
        /// The seed of all chance
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Play the histories of many seeds on every core, and replay the first that breaks
    /// a promise
    Soak {
        /// How many
        #[arg(long, default_value_t = 1000)]
        seeds: u64,
        /// The first
        #[arg(long, default_value_t = 0)]
        from: u64,
        /// The kinds of faults, as for `drain`
        #[arg(long, default_value = "all")]
        faults: Kinds,
        /// Histories of scaling, not of drains
        #[arg(long)]
        scaling: bool,
    },
    /// Play the history of scaling that the seed draws, in virtual time; the full trace is printed
    Scale {
        /// The kinds of faults, as for `drain`
        #[arg(long, default_value = "all")]
        faults: Kinds,
        /// The seed of all chance
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Measure what drains cost, beside three peers' drains
    Bench {
        /// The seed of all chance
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Weigh the compiled functions, beside an empty one: start-up, first call, memory, size
    Weigh {
        /// Where the release builds are
        #[arg(long, default_value = "target/release")]
        directory: PathBuf,
    },
    /// Serve the region over HTTP, with a demo cluster in it
    Serve {
        /// Where
        #[arg(long, default_value = "127.0.0.1:4599")]
        address: SocketAddr,
        /// The seed of all chance
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// By how many instances the cluster has just been scaled in, 0 to 100
        #[arg(long, default_value_t = 1, value_parser = value_parser!(u64).range(0..=100))]
        leaving: u64,
        /// The target group's deregistration delay, 0 to 3600
        #[arg(long, default_value_t = 30, value_parser = value_parser!(u64).range(0..=3600))]
        deregistration_seconds: u64,
    },
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The process itself.
    #[error("cannot begin: {0}")]
    Begin(#[from] io::Error),
    /// The rehearsal.
    #[error("{0}")]
    Trouble(#[from] Trouble),
    /// What the functions weigh.
    #[error("{0}")]
    Weigh(#[from] weigh::Trouble),
    /// A history.
    #[error("{0}")]
    History(#[from] history::Trouble),
    /// A history of scaling.
    #[error("{0}")]
    Scaled(#[from] scaled::Trouble),
    /// Histories that broke a promise, by their seeds.
    #[error("promises were broken, by the histories of seeds {0:?}")]
    Broken(Vec<u64>),
}

impl Cli {
    /// Do what the command line says.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn run(self) -> Result<(), Failure> {
        let mut runtime = Builder::new_current_thread();
        runtime.enable_all();
        match self.command {
            Command::Drain { faults: Some(kinds), seed, .. } => {
                if !soak::replay(seed, &kinds, &mut io::stdout().lock())? {
                    return Err(Failure::Broken(vec![seed]));
                }
            }
            Command::Soak { seeds, from, faults: kinds, scaling: true } => {
                soaking_scaling(&scaled::soak::Soak { from, seeds, kinds })?;
            }
            Command::Soak { seeds, from, faults: kinds, scaling: false } => {
                soaking(&Soak { from, seeds, kinds })?;
            }
            Command::Scale { faults, seed } => {
                if !scaled::soak::replay(seed, &faults, &mut io::stdout().lock())? {
                    return Err(Failure::Broken(vec![seed]));
                }
            }
            Command::Drain { virtually: true, instances, no_daemon, seed, .. } => {
                let instances = usize::try_from(instances).unwrap_or(usize::MAX);
                let scene = Scene { daemon: !no_daemon, ..Scene::in_life(instances) };
                let runtime = runtime.start_paused(true).build()?;
                runtime.block_on(drain::virtually(scene, seed))?;
            }
            Command::Drain { virtually: false, instances, no_daemon, seed, .. } => {
                let instances = usize::try_from(instances).unwrap_or(usize::MAX);
                let scene = Scene { daemon: !no_daemon, ..Scene::short(instances) };
                let now = Time::now_utc();
                let directory = own_directory()?;
                runtime.build()?.block_on(drain::really(directory, scene, seed, now))?;
            }
            Command::Bench { seed } => {
                runtime.start_paused(true).build()?.block_on(bench::run(seed))?;
            }
            Command::Weigh { directory } => runtime.build()?.block_on(weigh::run(&directory))?,
            Command::Serve { address, seed, leaving, deregistration_seconds } => {
                let leaving = usize::try_from(leaving).unwrap_or(usize::MAX);
                let what = serve::Serve { address, seed, leaving, deregistration_seconds };
                runtime.build()?.block_on(serve::serve(what, Time::now_utc()))?;
            }
        }
        Ok(())
    }
}

/// Where this binary is, and with it those of the functions.
fn own_directory() -> io::Result<PathBuf> {
    let own = std::env::current_exe()?;
    Ok(own.parent().map(Path::to_path_buf).unwrap_or_default())
}

/// A bar that shows how many of so many histories are over.
fn bar_of(seeds: u64) -> ProgressBar {
    let style = "{wide_bar} {pos}/{len} histories, {per_sec}, {eta} left{msg}";
    let style =
        ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(seeds).with_style(style)
}

/// How far a soak is.
fn show(bar: &ProgressBar, histories: u64, broken: usize) {
    bar.set_position(histories);
    if broken > 0 {
        bar.set_message(format!(", {broken} broken"));
    }
}

/// Play many histories of scaling, with progress, and tell the first that breaks a promise.
fn soaking_scaling(soak: &scaled::soak::Soak) -> Result<(), Failure> {
    let bar = bar_of(soak.seeds);
    println!("{} histories from seed {} on, faults: {}", soak.seeds, soak.from, soak.kinds);
    let total = soak.run(|total| show(&bar, total.histories, total.broken.len()))?;
    bar.finish_and_clear();
    let scaled = total.scalings;
    println!("{} histories of {} virtual hours", total.histories, total.seconds / 3_600);
    println!("tasks scaled {} times out and {} in", scaled.tasks_out, scaled.tasks_in);
    println!("instances scaled {} times out and {} in", scaled.instances_out, scaled.instances_in);
    println!("{} calls", total.calls);
    let Some(first) = total.broken.first() else {
        println!("no promise was broken");
        return Ok(());
    };
    scaled::soak::replay(*first, &soak.kinds, &mut io::stdout().lock())?;
    Err(Failure::Broken(total.broken))
}

/// Play many histories, with progress, and tell the first that breaks a promise.
fn soaking(soak: &Soak) -> Result<(), Failure> {
    let bar = bar_of(soak.seeds);
    println!("{} histories from seed {} on, faults: {}", soak.seeds, soak.from, soak.kinds);
    let mut total = soak.run(|total| show(&bar, total.histories, total.broken.len()))?;
    bar.finish_and_clear();
    println!("{} histories, {} drains, {} calls", total.histories, total.drains, total.calls);
    if let Some((median, (longest, seed))) = total.lag() {
        let (median, longest) = (median.as_seconds_f64(), longest.as_seconds_f64());
        println!(
            "lag from the last container's stop: median {median:.1} s, longest {longest:.1} s \
             (seed {seed})"
        );
    }
    let Some(first) = total.broken.first() else {
        println!("no promise was broken");
        return Ok(());
    };
    soak::replay(*first, &soak.kinds, &mut io::stdout().lock())?;
    Err(Failure::Broken(total.broken))
}

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
        /// or some of duplicates, delays, losses, throttling, errors, timeouts, failures,
        /// stale-reads, crashes, stalls, agents, capacity, instances, hooks, updates and
        /// interference, with commas between them; it is told in full
        #[arg(long, requires = "virtually", conflicts_with = "instances")]
        faults: Option<Kinds>,
        /// How many instances leave, 1 to 500
        #[arg(long, default_value_t = 2, value_parser = value_parser!(u64).range(1..=500))]
        instances: u64,
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
            Command::Soak { seeds, from, faults } => soaking(&Soak { from, seeds, kinds: faults })?,
            Command::Drain { virtually: true, instances, seed, .. } => {
                let instances = usize::try_from(instances).unwrap_or(usize::MAX);
                let runtime = runtime.start_paused(true).build()?;
                runtime.block_on(drain::virtually(instances, seed))?;
            }
            Command::Drain { virtually: false, instances, seed, .. } => {
                let instances = usize::try_from(instances).unwrap_or(usize::MAX);
                let now = Time::now_utc();
                let directory = own_directory()?;
                runtime.build()?.block_on(drain::really(directory, instances, seed, now))?;
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

/// Play many histories, with progress, and tell the first that breaks a promise.
fn soaking(soak: &Soak) -> Result<(), Failure> {
    let style = "{wide_bar} {pos}/{len} histories, {per_sec}, {eta} left{msg}";
    let style =
        ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(soak.seeds).with_style(style);
    println!("{} histories from seed {} on, faults: {}", soak.seeds, soak.from, soak.kinds);
    let mut total = soak.run(|total| {
        bar.set_position(total.histories);
        if !total.broken.is_empty() {
            bar.set_message(format!(", {} broken", total.broken.len()));
        }
    })?;
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

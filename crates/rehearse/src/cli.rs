//! The command line.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand, value_parser};
use indicatif::{ProgressBar, ProgressStyle};
use region::Time;
use tokio::runtime::Builder;

use crate::drain::{self, Trouble};
use crate::serve;
use bench::weigh;
use scenarios::draining::Draining;
use scenarios::draining::cluster::DrainedCluster;
use scenarios::random::kinds::Kinds;
use scenarios::random::soak::Soak;
use scenarios::random::{Scenario, replay};
use scenarios::scaling::Scaling;

/// Runs ecs-tide against a simulated region, without an AWS account.
#[derive(Debug, Parser)]
#[command(name = "rehearse")]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Scale a cluster in, show the drain, and summarize it
    Drain {
        /// Run the handlers in this process in virtual time, instead of the compiled functions
        #[arg(long = "virtual")]
        virtually: bool,
        /// Run a random run with these kinds of faults and print its trace: `all`, `none`, or a
        /// list separated by commas of duplicates, delays, losses, filters, throttling, errors,
        /// timeouts, failures, stale-reads, crashes, stalls, agents, capacity, instances, hooks,
        /// updates, interference and late-metrics
        #[arg(long, requires = "virtually", conflicts_with = "instances")]
        faults: Option<Kinds>,
        /// Number of instances to remove, 1 to 500
        #[arg(long, default_value_t = 2, value_parser = value_parser!(u64).range(1..=500))]
        instances: u64,
        /// Leave out the daemon service, whose tasks ECS stops last
        #[arg(long, conflicts_with = "faults")]
        no_daemon: bool,
        /// Random seed
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Run many random runs on all cores, and print the trace of the first that violates an
    /// invariant
    Soak {
        /// Number of runs
        #[arg(long, default_value_t = 1000)]
        seeds: u64,
        /// First random seed
        #[arg(long, default_value_t = 0)]
        from: u64,
        /// Kinds of faults, as for `drain`
        #[arg(long, default_value = "all")]
        faults: Kinds,
        /// Runs of scaling instead of drains
        #[arg(long)]
        scaling: bool,
    },
    /// Run one random run of scaling in virtual time and print its trace
    Scale {
        /// Kinds of faults, as for `drain`
        #[arg(long, default_value = "all")]
        faults: Kinds,
        /// Random seed
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Print a digest of the calls of each run, to compare two versions of the code
    Digest {
        /// Number of runs
        #[arg(long, default_value_t = 1000)]
        seeds: u64,
        /// First random seed
        #[arg(long, default_value_t = 0)]
        from: u64,
        /// Kinds of faults, as for `drain`
        #[arg(long, default_value = "all")]
        faults: Kinds,
        /// Runs of scaling instead of drains
        #[arg(long)]
        scaling: bool,
    },
    /// Measure what drains and scaling cost, and compare drains with three other projects
    Bench {
        /// Random seed
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Measure start-up, first call, memory and size of the compiled functions and an empty one
    Weigh {
        /// Directory with the release builds
        #[arg(long, default_value = "target/release")]
        directory: PathBuf,
    },
    /// Serve the simulated region over HTTP, with a demo cluster
    Serve {
        /// Address to listen on
        #[arg(long, default_value = "127.0.0.1:4599")]
        address: SocketAddr,
        /// Random seed
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Number of instances that have just been removed from the group, 0 to 100
        #[arg(long, default_value_t = 1, value_parser = value_parser!(u64).range(0..=100))]
        leaving: u64,
        /// Deregistration delay of the target group in seconds, 0 to 3600
        #[arg(long, default_value_t = 30, value_parser = value_parser!(u64).range(0..=3600))]
        deregistration_seconds: u64,
    },
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The async runtime or the output could not be used.
    #[error("cannot start: {0}")]
    Begin(#[from] io::Error),
    /// A drain or the server failed.
    #[error("{0}")]
    Trouble(#[from] Trouble),
    /// A benchmark failed.
    #[error("{0}")]
    Bench(#[from] bench::Error),
    /// The functions could not be measured, or missed a target.
    #[error("{0}")]
    Weigh(#[from] weigh::Trouble),
    /// A random run could not be set up.
    #[error(transparent)]
    Scenario(#[from] scenarios::Error),
    /// Seeds of the random runs that violated an invariant.
    #[error("invariants were violated in the runs of seeds {0:?}")]
    Violated(Vec<u64>),
}

impl Cli {
    /// Runs the command.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn run(self) -> Result<(), Failure> {
        let mut runtime = Builder::new_current_thread();
        runtime.enable_all();
        match self.command {
            Command::Drain { faults: Some(kinds), seed, .. } => {
                replaying::<Draining>(seed, &kinds)?;
            }
            Command::Scale { faults, seed } => replaying::<Scaling>(seed, &faults)?,
            Command::Soak { seeds, from, faults: kinds, scaling } => {
                let soak = Soak { from, seeds, kinds };
                match scaling {
                    true => soaking::<Scaling>(&soak)?,
                    false => soaking::<Draining>(&soak)?,
                }
            }
            Command::Digest { seeds, from, faults: kinds, scaling } => {
                let soak = Soak { from, seeds, kinds };
                let digests = match scaling {
                    true => soak.digests::<Scaling>()?,
                    false => soak.digests::<Draining>()?,
                };
                digests.iter().for_each(|line| println!("{line}"));
            }
            Command::Drain { virtually: true, instances, no_daemon, seed, .. } => {
                let instances = usize::try_from(instances).unwrap_or(usize::MAX);
                let cluster =
                    DrainedCluster { daemon: !no_daemon, ..DrainedCluster::in_life(instances) };
                let runtime = runtime.start_paused(true).build()?;
                runtime.block_on(drain::virtually(cluster, seed))?;
            }
            Command::Drain { virtually: false, instances, no_daemon, seed, .. } => {
                let instances = usize::try_from(instances).unwrap_or(usize::MAX);
                let cluster =
                    DrainedCluster { daemon: !no_daemon, ..DrainedCluster::short(instances) };
                let now = Time::now_utc();
                let directory = own_directory()?;
                runtime.build()?.block_on(drain::really(directory, cluster, seed, now))?;
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

/// The directory of this binary, which also holds the compiled functions.
fn own_directory() -> io::Result<PathBuf> {
    let own = std::env::current_exe()?;
    Ok(own.parent().map(Path::to_path_buf).unwrap_or_default())
}

fn bar_of(seeds: u64) -> ProgressBar {
    let style = "{wide_bar} {pos}/{len} runs, {per_sec}, {eta} left{msg}";
    let style =
        ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(seeds).with_style(style)
}

/// Replays a random run and prints its trace.
fn replaying<S: Scenario>(seed: u64, kinds: &Kinds) -> Result<(), Failure> {
    let held = replay::<S>(seed, kinds, &mut io::stdout().lock())?;
    if held { Ok(()) } else { Err(Failure::Violated(vec![seed])) }
}

/// Runs many random runs, and prints the trace of the first violation.
fn soaking<S: Scenario>(soak: &Soak) -> Result<(), Failure> {
    let bar = bar_of(soak.seeds);
    println!("{} runs from seed {} on, faults: {}", soak.seeds, soak.from, soak.kinds);
    let summary = soak.run::<S>(|summary| {
        bar.set_position(summary.runs);
        if !summary.violating_seeds.is_empty() {
            bar.set_message(format!(", {} violated", summary.violating_seeds.len()));
        }
    })?;
    bar.finish_and_clear();
    println!("{summary}");
    let Some(first) = summary.violating_seeds.first() else { return Ok(()) };
    replay::<S>(*first, &soak.kinds, &mut io::stdout().lock())?;
    Err(Failure::Violated(summary.violating_seeds))
}

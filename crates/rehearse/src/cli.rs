//! The arguments of the command line.

pub(crate) mod load;
pub(crate) mod stop;
pub(crate) mod tune;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, ColorChoice, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use clap::{Command as Parsed, value_parser};
use clap_complete::Shell;
use command_line::color;
use scenarios::draining::cluster::DrainedCluster;
use scenarios::random::kinds::Kinds;

use self::stop::StopSeconds;
use crate::help;

pub(crate) const NAME: &str = "rehearse";

const MOST_TASKS: i64 = DrainedCluster::MOST_TASKS as i64;

/// Runs ecs-tide against a simulated region, without an AWS account.
#[derive(Debug, Parser)]
#[command(name = NAME, version, max_term_width = 100, after_help = help::MAIN)]
pub(crate) struct Cli {
    /// When to color help and errors. auto: on a terminal, unless NO_COLOR is set
    #[arg(
        long,
        value_name = "WHEN",
        value_enum,
        default_value_t = ColorChoice::Auto,
        global = true,
    )]
    pub(crate) color: ColorChoice,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Scale a cluster in, show the drain, and summarize it
    #[command(after_help = help::DRAIN)]
    Drain(Drain),
    /// Run one random run of scaling in virtual time and print its trace
    #[command(after_help = help::SCALE)]
    Scale(Scale),
    /// Play a load against scaling policies and compare them
    #[command(after_help = help::LOAD)]
    Load(Box<load::Load>),
    /// Search for the cheapest setting that keeps an objective
    #[command(after_help = help::TUNE)]
    Tune(Box<tune::Tune>),
    /// Serve the simulated region over HTTP, with a demo cluster
    #[command(after_help = help::SERVE)]
    Serve(Serve),
    /// Run many random runs, and trace the first violation
    #[command(after_help = help::SOAK)]
    Soak {
        #[command(flatten)]
        runs: Runs,
        #[command(flatten)]
        output: Output,
    },
    /// Measure what drains and scaling cost, and compare other projects
    #[command(after_help = help::BENCH)]
    Bench {
        /// Random seed
        #[arg(long, default_value_t = 1)]
        seed: u64,
        #[command(flatten)]
        output: Output,
    },
    /// Measure start-up, memory and size of the compiled functions
    #[command(after_help = help::WEIGH)]
    Weigh {
        /// Directory with the release builds
        #[arg(long, default_value = "target/release")]
        directory: PathBuf,
        #[command(flatten)]
        output: Output,
    },
    /// Print a digest of each random run, to compare two versions
    #[command(after_help = help::DIGEST)]
    Digest {
        #[command(flatten)]
        runs: Runs,
    },
    /// Print shell completions
    #[command(after_help = help::COMPLETIONS)]
    Completions {
        /// The shell
        shell: Shell,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Drain {
    /// Run the handlers in this process in virtual time, instead of the compiled functions
    #[arg(long = "virtual")]
    pub(crate) virtually: bool,
    /// Run a random run with these kinds of faults and print its trace: `all`, `none`, or a
    /// list separated by commas of duplicates, delays, losses, filters, throttling, errors,
    /// timeouts, failures, stale-reads, crashes, stalls, agents, capacity, instances, hooks,
    /// updates, tags, groups, documents, interference and late-metrics
    #[arg(
        long,
        value_name = "KINDS",
        requires = "virtually",
        conflicts_with_all = [
            "instances",
            "tasks",
            "no_daemon",
            "deregistration_seconds",
            "stop_seconds",
            "deadline_seconds",
            "limit_seconds",
        ],
    )]
    pub(crate) faults: Option<Kinds>,
    /// Number of instances to remove, 1 to 500
    #[arg(
        long,
        value_name = "N",
        default_value_t = 2,
        value_parser = value_parser!(u16).range(1..=500),
    )]
    pub(crate) instances: u16,
    /// Mean number of tasks of the service per instance, 1 to 10. The cluster is as large as needed
    #[arg(
        long,
        value_name = "N",
        default_value_t = 3,
        value_parser = value_parser!(u16).range(1..=MOST_TASKS),
    )]
    pub(crate) tasks: u16,
    /// Leave out the daemon service, whose tasks ECS stops last
    #[arg(long)]
    pub(crate) no_daemon: bool,
    /// Deregistration delay of the target group in seconds, 0 to 3600. Default: 5, with --virtual
    /// 300
    #[arg(long, value_name = "SECONDS", value_parser = value_parser!(u64).range(0..=3600))]
    pub(crate) deregistration_seconds: Option<u64>,
    /// Shortest and longest time that containers take to stop, 0 to 3600 seconds. Default: 2-4,
    /// with --virtual 5-30
    #[arg(long, value_name = "LEAST-MOST")]
    pub(crate) stop_seconds: Option<StopSeconds>,
    /// Deadline of the drain in seconds, 60 to 172200: the parameter DeadlineSeconds of the stack.
    /// Default: 7200
    #[arg(long, value_name = "SECONDS", value_parser = value_parser!(u64).range(60..=172_200))]
    pub(crate) deadline_seconds: Option<u64>,
    /// Seconds after which an unfinished drain fails, 1 to 86400. Default: 120, with --virtual
    /// 7200, or one minute more than deregistration and stop take together
    #[arg(long, value_name = "SECONDS", value_parser = value_parser!(u64).range(1..=86_400))]
    pub(crate) limit_seconds: Option<u64>,
    /// Random seed
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct Scale {
    /// Kinds of faults, as for `drain`
    #[arg(long, value_name = "KINDS", default_value = "all")]
    pub(crate) faults: Kinds,
    /// Random seed
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Address to listen on. Port 0 picks a free port
    #[arg(long, default_value = "127.0.0.1:4599")]
    pub(crate) address: SocketAddr,
    /// Random seed
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Number of instances that have just been removed from the group, 0 to 100
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1,
        value_parser = value_parser!(u16).range(0..=100),
    )]
    pub(crate) leaving: u16,
    /// Deregistration delay of the target group in seconds, 0 to 3600
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 30,
        value_parser = value_parser!(u64).range(0..=3600),
    )]
    pub(crate) deregistration_seconds: u64,
}

/// Consecutive random runs.
#[derive(Debug, Args)]
pub(crate) struct Runs {
    /// Number of runs
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub(crate) seeds: u64,
    /// First random seed
    #[arg(long, value_name = "SEED", default_value_t = 0)]
    pub(crate) from: u64,
    /// Kinds of faults, as for `drain`
    #[arg(long, value_name = "KINDS", default_value = "all")]
    pub(crate) faults: Kinds,
    /// Runs of scaling instead of drains
    #[arg(long)]
    pub(crate) scaling: bool,
}

#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Output {
    /// Print one JSON document on standard output. Progress goes to standard error
    #[arg(long)]
    pub(crate) json: bool,
}

impl Cli {
    /// Reads the command line. Exits the process for help, and if the command line is invalid.
    pub(crate) fn parse_from_args(arguments: impl IntoIterator<Item = OsString>) -> Self {
        let arguments: Vec<OsString> = arguments.into_iter().collect();
        // Help is printed before the option is read as any other.
        let mut parsed = Self::described().color(color::of_arguments(&arguments));
        let matches =
            parsed.try_get_matches_from_mut(arguments).unwrap_or_else(|error| error.exit());
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.format(&mut parsed).exit())
    }

    /// The command line for clap, with its commands under headings.
    pub(crate) fn described() -> Parsed {
        help::under_headings(Self::command())
    }
}

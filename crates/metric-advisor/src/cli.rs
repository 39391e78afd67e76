//! The command line.

use std::ffi::OsString;

use clap::builder::PossibleValuesParser;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use clap_complete::Shell;

use crate::advise::{self, Advise, print};
use crate::color::Color;
use crate::exit::{Answer, Failure};
use crate::plan::Plan;
use crate::run::Run;
use crate::{help, man};

/// Recommends the metric that an ECS service should scale on, from a load test.
#[derive(Debug, Parser)]
#[command(
    name = NAME,
    version,
    max_term_width = 100,
    after_help = help::EXAMPLES,
)]
pub struct Cli {
    /// When to color the output. auto: on a terminal, unless NO_COLOR is set
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Color::Auto, global = true)]
    color: Color,
    #[command(subcommand)]
    command: Command,
}

pub(crate) const NAME: &str = "metric-advisor";

#[derive(Debug, Subcommand)]
enum Command {
    /// Recommend a metric to scale on, and its target value
    #[command(after_help = help::advise())]
    Advise(Box<Advise>),
    /// Print a script that runs a load test: rising rates, then the same on twice the tasks
    #[command(after_help = help::PLAN)]
    Plan(Box<Plan>),
    /// Print the JSON Schema of the output of `advise --format json`
    Schema,
    /// Print shell completions
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print a man page
    #[command(after_help = help::MAN)]
    Man {
        /// The command to describe. Default: metric-advisor itself
        #[arg(value_parser = PossibleValuesParser::new(["advise", "plan", "schema", "completions"]))]
        command: Option<String>,
    },
}

impl Cli {
    /// Reads the command line. Exits the process for help, and if the command line is invalid.
    pub fn parse_from_args(arguments: impl IntoIterator<Item = OsString>) -> Self {
        let arguments: Vec<OsString> = arguments.into_iter().collect();
        // Help is printed before the option is read as any other.
        let color = Color::of_arguments(&arguments);
        let mut command = Self::command().color(color.for_clap());
        let matches =
            command.try_get_matches_from_mut(arguments).unwrap_or_else(|error| error.exit());
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.format(&mut command).exit())
    }

    /// Runs the command.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn run(self, run: &Run) -> Result<Answer, Failure> {
        let text = match self.command {
            Command::Advise(advise) => return advise.run(run, self.color),
            Command::Plan(plan) => plan.script()?,
            Command::Schema => advise::schema()?,
            Command::Completions { shell } => {
                let mut text = Vec::new();
                clap_complete::generate(shell, &mut Self::command(), NAME, &mut text);
                String::from_utf8_lossy(&text).into_owned()
            }
            Command::Man { command } => man::page(Self::command(), command.as_deref())?,
        };
        print(&text)?;
        Ok(Answer::Done)
    }

    /// The color that was chosen.
    pub const fn color(&self) -> Color {
        self.color
    }
}

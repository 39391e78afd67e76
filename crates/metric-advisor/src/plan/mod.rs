//! A load test to run: which rates, how long, and by which commands.

mod ladder;
mod script;

use std::num::NonZeroU32;
use std::time::Duration;

use self::ladder::{Ladder, Rungs};
use self::script::Script;
use crate::exit::Failure;
use crate::place::Place;
use crate::values;

/// A load test to be planned.
#[derive(Debug, clap::Args)]
pub struct Plan {
    /// The first rate, requests a second: one at which the service is idle
    #[arg(long, value_name = "RATE", value_parser = values::rate)]
    start_rate: f64,
    /// The last rate: one that the tasks can bear no more
    #[arg(long, value_name = "RATE", value_parser = values::rate)]
    max_rate: f64,
    /// Tasks of the first run
    #[arg(long, value_name = "N", default_value = "2")]
    tasks: NonZeroU32,
    /// Where the requests go
    #[arg(long, default_value = "http://localhost:8080/")]
    url: String,
    /// What sends them
    #[arg(long, value_enum, default_value_t = Tool::Oha)]
    tool: Tool,
    /// How long each rate is held; three minutes at least tell a warm service from a cold one
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = values::some_time)]
    hold: Duration,
    /// The largest rise from one rate to the next
    #[arg(long, default_value = "25%", value_parser = values::step)]
    step: f64,
    /// By what the tasks are multiplied for the second run
    #[arg(long, value_name = "TIMES", default_value_t = 2.0)]
    doubling: f64,
    #[command(flatten)]
    place: Place,
}

/// A load generator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Tool {
    /// <https://github.com/hatoo/oha>
    Oha,
    /// <https://github.com/grafana/k6>
    K6,
}

impl Plan {
    /// The script that runs the test.
    ///
    /// # Errors
    /// When the rates are no ladder, or the URL is no text for a shell.
    pub fn script(&self) -> Result<String, Failure> {
        let rungs = Rungs {
            start: self.start_rate,
            max: self.max_rate,
            step: self.step,
            tasks: self.tasks.get(),
            doubling: self.doubling,
        };
        let ladder = Ladder::new(rungs, self.hold).map_err(Failure::Input)?;
        let script =
            Script { ladder: &ladder, tool: self.tool, url: &self.url, place: &self.place };
        script.text().map_err(|_| Failure::Input("--url has a null character in it".to_owned()))
    }
}

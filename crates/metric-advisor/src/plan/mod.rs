//! The command `plan`: a script that runs a load test.

mod ladder;
mod script;

use std::num::NonZeroU32;
use std::time::Duration;

use self::ladder::{Ladder, Rungs};
use self::script::Script;
use crate::exit::Failure;
use crate::place::Place;
use crate::values;

/// The options of `plan`.
#[derive(Debug, clap::Args)]
pub struct Plan {
    /// First rate in requests a second, at which the service is idle
    #[arg(long, value_name = "RATE", value_parser = values::rate)]
    start_rate: f64,
    /// Last rate in requests a second, which the tasks cannot sustain
    #[arg(long, value_name = "RATE", value_parser = values::rate)]
    max_rate: f64,
    /// Number of tasks in the first part
    #[arg(long, value_name = "N", default_value = "2")]
    tasks: NonZeroU32,
    /// URL for the requests
    #[arg(long, default_value = "http://localhost:8080/")]
    url: String,
    /// Load generator
    #[arg(long, value_enum, default_value_t = Tool::Oha)]
    tool: Tool,
    /// How long to hold each rate. At least three minutes, so that the service warms up
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = values::some_time)]
    hold: Duration,
    /// Largest rise from one rate to the next
    #[arg(long, default_value = "25%", value_parser = values::step)]
    step: f64,
    /// Factor of the number of tasks in the second part
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
    /// When the rates or the number of tasks cannot be used, or the URL has a null character.
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

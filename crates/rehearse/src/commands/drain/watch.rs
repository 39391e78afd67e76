//! Watches a drain and shows its progress.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal as _, Write};
use std::time::Duration;

use region::live::Live;
use region::wiring::Wiring;
use scenarios::report::Report;

use super::progress::Progress;
use crate::cli::Output;
use crate::error::Error;

/// A drain that is watched.
pub(super) struct Watch<'a> {
    pub(super) live: &'a Live,
    pub(super) wiring: &'a Wiring,
    pub(super) leaving: BTreeSet<String>,
    pub(super) limit: Duration,
    pub(super) log: Log,
}

/// Where progress is written.
pub(super) struct Log {
    out: Box<dyn Write>,
    /// Whether lines may be updated in place, by bars on standard error.
    pub(super) bars: bool,
}

impl Log {
    /// Progress is part of a text, and not of a JSON document.
    pub(super) fn of(Output { json }: Output) -> Self {
        let out: Box<dyn Write> =
            if json { Box::new(io::stderr()) } else { Box::new(io::stdout()) };
        Self { out, bars: json || io::stdout().is_terminal() }
    }

    /// In virtual time, lines change faster than they can be read.
    pub(super) fn without_bars(self) -> Self {
        Self { bars: false, ..self }
    }

    pub(super) fn line(&mut self, line: &str) -> Result<(), Error> {
        Ok(writeln!(self.out, "{line}")?)
    }
}

impl Watch<'_> {
    /// Polls until the drain is over, `check` fails, or the time limit is reached.
    pub(super) async fn until_over(
        self,
        every: Duration,
        mut check: impl FnMut() -> Result<(), Error>,
    ) -> Result<Report, Error> {
        let mut progress = Progress::new(self.leaving.clone(), self.log);
        let end = self.live.now() + self.limit;
        loop {
            let (report, now, shown) = self.live.observe(|region, now| {
                let shown = progress.show(region, now);
                (Report::of(region, self.wiring, &self.leaving), now, shown)
            });
            shown?;
            check()?;
            if report.is_over() || now >= end {
                return Ok(report);
            }
            tokio::time::sleep(every).await;
        }
    }
}

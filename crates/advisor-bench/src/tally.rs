//! The results of many tests.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZero;
use std::ops::Range;
use std::sync::mpsc;
use std::thread;

use advice::advise;
use advice::settings::Settings;
use comfy_table::{CellAlignment, Table};

use crate::case::{Case, Question};
use crate::judge::{Judgement, Said, judge};

/// The largest error of a target, as a share of the true one, that counts as near.
pub const NEAR: f64 = 0.15;

/// The answers to each question.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tally {
    rows: BTreeMap<Question, Row>,
    off: Vec<f64>,
    /// Tests whose recommended metric fails the doubling test.
    pub fails_doubling: Vec<(Question, u64)>,
    /// Tests without sufficient data that got an answer nevertheless.
    pub guessed: Vec<(Question, u64)>,
    /// Tests that were answered incorrectly.
    pub wrong: Vec<(Question, u64)>,
    /// Tests with the right metric whose target is not [`NEAR`] the true one.
    pub far: Vec<(Question, u64)>,
}

#[derive(Debug, Clone, PartialEq, Default)]
struct Row {
    said: BTreeMap<Said, usize>,
    tests: usize,
    right: usize,
    targets: usize,
    near: usize,
}

impl Tally {
    /// Gives the tests of these numbers to the advisor, on all cores. `progress` gets the results
    /// so far.
    pub fn of(numbers: Range<u64>, mut progress: impl FnMut(&Self)) -> Self {
        let mut tally = Self::default();
        let threads = thread::available_parallelism().map_or(1, NonZero::get);
        let (sender, answers) = mpsc::channel();
        thread::scope(|scope| {
            for first in 0..threads {
                let (sender, numbers) = (sender.clone(), numbers.clone());
                scope.spawn(move || {
                    for number in numbers.skip(first).step_by(threads) {
                        let (question, seed) = Question::of(number);
                        let case = Case::draw(question, seed);
                        // The confidence of an answer is not judged.
                        let settings = Settings { resamples: 0, ..case.settings.clone() };
                        let advice = advise(&case.test, &settings, &mut |_, _| ());
                        let answer = (question, seed, judge(&case, &advice));
                        if sender.send(answer).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(sender);
            for (question, seed, judgement) in answers {
                tally.add(question, seed, &judgement);
                progress(&tally);
            }
        });
        let Self { fails_doubling, guessed, wrong, far, .. } = &mut tally;
        for list in [fails_doubling, guessed, wrong, far] {
            list.sort_unstable();
        }
        tally
    }

    /// Counts the answer to one test.
    pub fn add(&mut self, question: Question, seed: u64, judgement: &Judgement) {
        let row = self.rows.entry(question).or_default();
        *row.said.entry(judgement.said).or_default() += 1;
        row.tests += 1;
        row.right += usize::from(judgement.right);
        row.targets += usize::from(judgement.off.is_some());
        row.near += usize::from(judgement.off.is_some_and(|off| off <= NEAR));
        let place = self.off.partition_point(|off| Some(*off) < judgement.off);
        self.off.splice(place..place, judgement.off);
        for (holds, list) in [
            (judgement.fails_doubling, &mut self.fails_doubling),
            (judgement.guessed, &mut self.guessed),
            (!judgement.right, &mut self.wrong),
            (judgement.off.is_some_and(|off| off > NEAR), &mut self.far),
        ] {
            if holds {
                list.push((question, seed));
            }
        }
    }

    /// The number of tests.
    pub fn tests(&self) -> usize {
        self.rows.values().map(|row| row.tests).sum()
    }

    /// Share of them that were answered correctly.
    pub fn right(&self) -> f64 {
        let right: usize = self.rows.values().map(|row| row.right).sum();
        right as f64 / self.tests() as f64
    }

    /// Share of the right metrics' targets that are [`NEAR`] the true ones.
    pub fn near(&self) -> f64 {
        let near = self.off.partition_point(|off| *off <= NEAR);
        near as f64 / self.off.len() as f64
    }

    /// The largest error among the given share of the targets with the smallest errors, as a share.
    fn off(&self, share: f64) -> f64 {
        let last = self.off.len().saturating_sub(1) as f64;
        self.off.get((share * last).round() as usize).copied().unwrap_or(f64::NAN)
    }

    fn table(&self) -> Table {
        let mut table = Table::new();
        table.load_style(comfy_table::presets::ASCII_MARKDOWN);
        let said = Said::ALL.map(Said::name);
        table.set_header(["test of"].iter().chain(&said).chain(&["tests", "right", "target near"]));
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        for (question, row) in &self.rows {
            let count = |said| row.said.get(said).map_or_else(String::new, usize::to_string);
            let mut cells = vec![question.name().to_owned()];
            cells.extend(Said::ALL.iter().map(count));
            cells.push(row.tests.to_string());
            cells.push(percent(row.right as f64 / row.tests as f64));
            let near = (row.targets > 0).then(|| percent(row.near as f64 / row.targets as f64));
            cells.push(near.unwrap_or_default());
            table.add_row(cells);
        }
        table
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}\n", self.table())?;
        writeln!(
            formatter,
            "- {} tests, {} answered correctly",
            self.tests(),
            percent(self.right())
        )?;
        let failed = self.fails_doubling.len();
        writeln!(formatter, "- {failed} recommendations that fail the doubling test")?;
        let guessed = self.guessed.len();
        writeln!(formatter, "- {guessed} answers without sufficient data")?;
        writeln!(
            formatter,
            "- {} of {} targets within {} of the true one; off by {} in the median, and by {} at \
             the 95th percentile",
            percent(self.near()),
            self.off.len(),
            percent(NEAR),
            percent(self.off(0.5)),
            percent(self.off(0.95)),
        )
    }
}

fn percent(share: f64) -> String {
    format!("{:.1}%", 100.0 * share)
}

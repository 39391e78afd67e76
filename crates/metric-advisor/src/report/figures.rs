//! What is plotted.

mod doubling;
mod knee;
mod metric;
mod series;

use advice::advice::Plateau;
use load_test::Unit;
use maud::{Markup, html};
use report_page::{Ink, Mark, Point, Shape, Symbol};

use crate::words::number;

pub(super) use doubling::doubling;
pub(super) use knee::knee;
pub(super) use metric::{against_demand, against_demand_per_task};
pub(super) use series::{demand, latency, metric, tasks};

/// A level of the test, as far as a plot of one value against another shows it.
struct Seen {
    tasks: f64,
    at: Point,
    good: bool,
}

/// The levels by number of tasks, each in its own color and shape; hollow where the objective
/// is broken.
fn by_tasks(seen: &[Seen]) -> Vec<Mark> {
    let mut marks = Vec::new();
    for (index, tasks) in runs(seen).into_iter().enumerate() {
        let (ink, symbol) = look(index);
        let points = |good: bool| {
            let of_run = |level: &&Seen| level.tasks == tasks && level.good == good;
            seen.iter().filter(of_run).map(|level| level.at).collect::<Vec<_>>()
        };
        let name = format!("{} tasks", number(tasks));
        for (hollow, label) in [(false, name.clone()), (true, format!("{name}, objective broken"))]
        {
            let at = points(!hollow);
            if !at.is_empty() {
                marks.push(Mark::new(Shape::Points { at, symbol, hollow }, ink, label));
            }
        }
    }
    marks
}

/// The numbers of tasks that were tested, in their order.
fn runs(seen: &[Seen]) -> Vec<f64> {
    let mut runs: Vec<f64> = seen.iter().map(|level| level.tasks).collect();
    runs.sort_by(f64::total_cmp);
    runs.dedup();
    runs
}

/// Of one run among others.
fn look(index: usize) -> (Ink, Symbol) {
    let inks = [Ink::BLUE, Ink::VERMILION, Ink::GREEN, Ink::PURPLE];
    let symbols = [Symbol::Circle, Symbol::Square, Symbol::Triangle, Symbol::Diamond];
    let of =
        |index: usize| Some((*inks.get(index % inks.len())?, *symbols.get(index % symbols.len())?));
    of(index).unwrap_or((Ink::BLACK, Symbol::Circle))
}

/// What the axis of a metric's values is called.
const fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Percent => "%",
        Unit::Count => "number",
        Unit::PerSecond => "per second",
        Unit::Bytes => "bytes",
        Unit::Seconds => "seconds",
        Unit::Unknown => "as recorded",
    }
}

/// To whole tasks: what is recorded as an average wavers.
fn whole(level: &Plateau) -> f64 {
    level.tasks.round().max(1.0)
}

/// Values from `from` to `to` at even distances.
fn steps(from: f64, to: f64) -> impl Iterator<Item = f64> {
    const STEPS: u32 = 60;
    (0..=STEPS).map(move |step| from + (to - from) * f64::from(step) / f64::from(STEPS))
}

/// In the place of a figure for which there is nothing to draw.
fn nothing(title: &str) -> Markup {
    html! { p.nothing { (title) ": there are no values to draw." } }
}

//! The test over time, with its levels.

use advice::advice::{Advice, Plateau};
use load_test::{LoadTest, Metric, Quantile};
use maud::Markup;
use report_page::{Axis, HEIGHT, Ink, Mark, Plot, Point, Shape, thinned};

use super::{nothing, unit};
use crate::words::{latency as words, load, seconds, tick};

pub(in super::super) fn demand(advice: &Advice, test: &LoadTest) -> Markup {
    figure(advice, test, "Demand", load(advice), tick, &[("demand", &test.demand)])
}

pub(in super::super) fn tasks(advice: &Advice, test: &LoadTest) -> Markup {
    figure(advice, test, "Running tasks", "tasks", tick, &[("tasks", &test.tasks)])
}

/// Nothing if it was not recorded.
pub(in super::super) fn latency(advice: &Advice, test: &LoadTest) -> Option<Markup> {
    let recorded: Vec<(&str, &[f64])> =
        [Quantile::Mean, Quantile::P50, Quantile::P95, Quantile::P99]
            .into_iter()
            .filter_map(|quantile| Some((words(quantile), test.latency.of(quantile)?.as_slice())))
            .collect();
    (!recorded.is_empty()).then(|| figure(advice, test, "Latency", "latency", seconds, &recorded))
}

pub(in super::super) fn metric(advice: &Advice, test: &LoadTest, metric: &Metric) -> Markup {
    let series = [(metric.name.as_str(), metric.values.as_slice())];
    figure(advice, test, &metric.name, unit(metric.unit), tick, &series)
}

fn figure(
    advice: &Advice,
    test: &LoadTest,
    title: &str,
    axis: &str,
    label: fn(f64) -> String,
    series: &[(&str, &[f64])],
) -> Markup {
    let title = format!("{title} over time");
    let lines: Vec<(&str, Vec<Point>)> = series
        .iter()
        .map(|&(name, values)| (name, thinned(&points(&test.times, values))))
        .collect();
    let points = || lines.iter().flat_map(|(_, points)| points).filter(|at| at.1.is_finite());
    if points().next().is_none() {
        return nothing(&title);
    }
    let end = test.times.last().copied().map(minutes);
    let x = Axis::over("minutes", end, tick);
    let y = Axis::over(axis, points().map(|at| at.1), label);
    let mut marks = levels(&advice.plateaus);
    let inks = [Ink::BLUE, Ink::VERMILION, Ink::GREEN, Ink::PURPLE];
    for ((name, points), ink) in lines.into_iter().zip(inks) {
        marks.push(Mark::new(Shape::Line(points), ink, name));
    }
    Plot { title, x, y, marks, height: HEIGHT }.figure("series")
}

/// The levels in the background, lighter while the service grows warm.
fn levels(plateaus: &[Plateau]) -> Vec<Mark> {
    if plateaus.is_empty() {
        return Vec::new();
    }
    let bands = |from: fn(&Plateau) -> f64, to: fn(&Plateau) -> f64| {
        Shape::Bands(
            plateaus.iter().map(|level| minutes(from(level))..minutes(to(level))).collect(),
        )
    };
    let warming = bands(|level| level.from, |level| level.steady_from);
    let steady = bands(|level| level.steady_from, |level| level.to);
    vec![
        Mark::new(warming, Ink::GREY.thin(0.08), "warm-up"),
        Mark::new(steady, Ink::GREY.thin(0.22), "steady level"),
    ]
}

/// The values by the minute.
fn points(times: &[f64], values: &[f64]) -> Vec<Point> {
    times.iter().zip(values).map(|(&time, &value)| (minutes(time), value)).collect()
}

fn minutes(seconds: f64) -> f64 {
    seconds / 60.0
}

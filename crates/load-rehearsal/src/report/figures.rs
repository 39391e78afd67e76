//! The course of a policy, drawn over time.

use std::ops::Range;

use maud::{Markup, html};
use report_page::number::{number, seconds, tick};
use report_page::{Axis, HEIGHT, Ink, Mark, Plot, Point, Shape, Symbol, thinned};

use crate::change::Target;
use crate::course::{Course, Minute};
use crate::setup::Setup;

/// The objective's limit is at least at this share of the latency's axis.
const LIMIT_SHARE: f64 = 0.25;

pub(super) fn all(setup: &Setup, course: &Course) -> Markup {
    html! {
        (demand(course))
        (tasks(course))
        (latency(setup, course))
        (usage(course))
        (instances(course))
    }
}

/// A line of the minutes' values, by the minute.
fn line(course: &Course, value: impl Fn(&Minute) -> f64) -> Vec<Point> {
    let minutes = course.minutes.iter().enumerate();
    let points: Vec<Point> = minutes.map(|(at, minute)| (at as f64 + 1.0, value(minute))).collect();
    thinned(&points)
}

/// The stretches of minutes for which `is` holds.
fn bands(course: &Course, is: impl Fn(&Minute) -> bool) -> Vec<Range<f64>> {
    let mut bands = Vec::new();
    let mut end = 0;
    for stretch in course.minutes.chunk_by(|one, next| is(one) == is(next)) {
        let begin = end;
        end += stretch.len();
        if stretch.first().is_some_and(&is) {
            bands.push(begin as f64..end as f64);
        }
    }
    bands
}

fn figure(course: &Course, title: &str, axis: Axis, marks: Vec<Mark>, kind: &str) -> Markup {
    let x = Axis::over("minutes", [course.minutes.len() as f64], tick);
    Plot { title: title.to_owned(), x, y: axis, marks, height: HEIGHT }.figure(kind)
}

fn highest(lines: &[&[Point]]) -> Vec<f64> {
    let points = lines.iter().flat_map(|line| line.iter());
    points.map(|(_, value)| *value).filter(|value| value.is_finite()).collect()
}

/// Requests, and where they failed.
fn demand(course: &Course) -> Markup {
    let arrived = line(course, |minute| minute.demand);
    let failed = line(course, |minute| minute.failed);
    let axis = Axis::over("requests per second", highest(&[&arrived, &failed]), tick);
    let marks = vec![
        Mark::new(Shape::Line(arrived), Ink::BLUE, "arrived"),
        Mark::new(Shape::Line(failed), Ink::VERMILION, "failed"),
    ];
    figure(course, "Requests", axis, marks, "demand")
}

/// Demand and supply in tasks, with each decision at its place.
fn tasks(course: &Course) -> Markup {
    let needed = line(course, |minute| minute.needed as f64);
    let desired = line(course, |minute| minute.desired as f64);
    let serving = line(course, |minute| minute.serving as f64);
    let axis = Axis::over("tasks", highest(&[&needed, &desired, &serving]), number);
    let changed = course.changes.iter().filter(|change| change.target == Target::Tasks);
    let at = changed.map(|change| (change.second / 60.0, change.to as f64)).collect();
    let points = Shape::Points { at, symbol: Symbol::Diamond, hollow: false };
    let marks = vec![
        Mark::new(Shape::Line(needed), Ink::BLACK, "needed for the objective"),
        Mark::new(Shape::Dashes(desired), Ink::PURPLE, "desired"),
        Mark::new(Shape::Line(serving), Ink::GREEN, "serving"),
        Mark::new(points, Ink::PURPLE, "decision"),
    ];
    figure(course, "Tasks: demand and supply", axis, marks, "tasks")
}

/// Latency with its limit. The axis ends where the limit can still be seen.
fn latency(setup: &Setup, course: &Course) -> Markup {
    let objective = setup.service.objective;
    let limit = objective.limit_seconds;
    let most = limit / LIMIT_SHARE;
    let measured = line(course, |minute| minute.latency.map_or(f64::NAN, |value| value.min(most)));
    let ends = [0.0, course.minutes.len() as f64].map(|at| (at, limit)).to_vec();
    let name = objective.statistic.name();
    let axis = Axis::over(format!("{name}, at most {}", seconds(most)), [most], seconds);
    let violated = bands(course, |minute| minute.violated > 0);
    let marks = vec![
        Mark::new(Shape::Bands(violated), Ink::VERMILION.thin(0.15), "objective not kept"),
        Mark::new(Shape::Dashes(ends), Ink::BLACK, format!("limit {}", seconds(limit))),
        Mark::new(Shape::Line(measured), Ink::BLUE, format!("{name} of the worst second")),
    ];
    figure(course, "Response times", axis, marks, "latency")
}

/// What CloudWatch shows of the tasks, and when alarms called.
fn usage(course: &Course) -> Markup {
    let cpu = line(course, |minute| minute.cpu);
    let memory = line(course, |minute| minute.memory);
    let bits = |end: &str| {
        let alarms = course.alarms.iter().enumerate();
        alarms
            .filter(|(_, name)| name.contains(end))
            .fold(0, |bits, (at, _)| bits | 1 << at.min(31))
    };
    let (out, low) = (bits("tasks-out"), bits("tasks-in"));
    let axis = Axis::over(
        "percent of the reservation",
        highest(&[&cpu, &memory, &[(0.0, 100.0)]]),
        number,
    );
    let marks = vec![
        Mark::new(
            Shape::Bands(bands(course, |minute| minute.alarms & out != 0)),
            Ink::VERMILION.thin(0.15),
            "alarm to add tasks",
        ),
        Mark::new(
            Shape::Bands(bands(course, |minute| minute.alarms & low != 0)),
            Ink::GREEN.thin(0.15),
            "alarm to remove tasks",
        ),
        Mark::new(Shape::Line(cpu), Ink::BLUE, "CPU"),
        Mark::new(Shape::Line(memory), Ink::PURPLE, "memory"),
    ];
    figure(course, "Utilization and alarms", axis, marks, "usage")
}

fn instances(course: &Course) -> Markup {
    let running = line(course, |minute| minute.instances as f64);
    let axis = Axis::over("instances", highest(&[&running]), number);
    let changed = course.changes.iter().filter(|change| change.target == Target::Instances);
    let at = changed.map(|change| (change.second / 60.0, change.to as f64)).collect();
    let points = Shape::Points { at, symbol: Symbol::Diamond, hollow: false };
    let marks = vec![
        Mark::new(Shape::Line(running), Ink::GREEN, "running"),
        Mark::new(points, Ink::PURPLE, "decision"),
    ];
    figure(course, "Instances", axis, marks, "instances")
}

//! A metric's level against demand, of all tasks and of one.

use advice::advice::{Advice, Assessment, Law, Plateau};
use maud::Markup;
use report_page::{Axis, HEIGHT, Mark, Plot, Shape};

use super::{Seen, by_tasks, look, nothing, runs, steps, unit, whole};
use crate::words::{load, name, number, tick};

/// With a curve for each number of tasks: the law, as far as it was fitted.
pub(in super::super) fn against_demand(
    advice: &Advice,
    index: usize,
    metric: &Assessment,
) -> Markup {
    let title = format!("{} against demand", name(metric));
    let seen = seen(advice, index, metric, |level| level.demand);
    if seen.is_empty() {
        return nothing(&title);
    }
    let x = Axis::over(
        format!("{}, all tasks", load(advice)),
        seen.iter().map(|level| level.at.0),
        tick,
    );
    let curve = metric.law.and_then(|law| Some((law, factor(&law, &seen)?)));
    let mut marks = Vec::new();
    if let Some((law, factor)) = curve {
        for (index, tasks) in runs(&seen).into_iter().enumerate() {
            let at = |demand: f64| (demand, factor * power(&law, demand, tasks));
            let of_run = seen.iter().filter(|level| level.tasks == tasks && level.good);
            let Some(greatest) = of_run.map(|level| level.at.0).reduce(f64::max) else { continue };
            let line = steps(greatest / 60.0, greatest).map(at).collect();
            marks.push(Mark::new(
                Shape::Line(line),
                look(index).0.thin(0.6),
                format!("fitted law, {} tasks", number(tasks)),
            ));
        }
    }
    marks.extend(by_tasks(&seen));
    plot(title, x, metric, &seen, marks).figure("metric-demand")
}

/// A good metric's runs fall on one line here.
pub(in super::super) fn against_demand_per_task(
    advice: &Advice,
    index: usize,
    metric: &Assessment,
) -> Markup {
    let title = format!("{} against demand per task", name(metric));
    let seen = seen(advice, index, metric, |level| level.demand / whole(level));
    if seen.is_empty() {
        return nothing(&title);
    }
    let x =
        Axis::over(format!("{} per task", load(advice)), seen.iter().map(|level| level.at.0), tick);
    let marks = by_tasks(&seen);
    plot(title, x, metric, &seen, marks).figure("metric-per-task")
}

fn plot(title: String, x: Axis, metric: &Assessment, seen: &[Seen], marks: Vec<Mark>) -> Plot {
    let y = Axis::over(unit(metric.unit), seen.iter().map(|level| level.at.1), tick);
    Plot { title, x, y, marks, height: HEIGHT }
}

fn seen(
    advice: &Advice,
    index: usize,
    metric: &Assessment,
    demand: impl Fn(&Plateau) -> f64,
) -> Vec<Seen> {
    let levels = advice.plateaus.iter().filter_map(|level| {
        let value = level.metrics.get(index).copied().flatten()?.value;
        let value = if metric.per_task { value / level.tasks } else { value };
        Some(Seen { tasks: whole(level), at: (demand(level), value), good: level.good })
    });
    levels.filter(|level| level.at.0.is_finite() && level.at.1.is_finite()).collect()
}

/// The law's factor, which makes it meet the good levels in the geometric mean.
fn factor(law: &Law, seen: &[Seen]) -> Option<f64> {
    let logarithms: Vec<f64> = seen
        .iter()
        .filter(|level| level.good)
        .map(|level| (level.at.1 / power(law, level.at.0, level.tasks)).ln())
        .filter(|logarithm| logarithm.is_finite())
        .collect();
    let mean = logarithms.iter().sum::<f64>() / logarithms.len() as f64;
    mean.is_finite().then(|| mean.exp())
}

fn power(law: &Law, demand: f64, tasks: f64) -> f64 {
    let by_tasks = law.tasks.map_or(1.0, |exponent| tasks.powf(exponent.value));
    demand.powf(law.demand.value) * by_tasks
}

#[cfg(test)]
mod tests {
    use advice::advice::Interval;

    use super::*;

    fn exact(value: f64) -> Interval {
        Interval { value, low: value, high: value }
    }

    #[test]
    fn the_drawn_law_meets_the_good_levels() {
        let law = Law { demand: exact(1.2), tasks: Some(exact(-0.9)), r_squared: 1.0 };
        let level = |demand: f64, tasks: f64, of_law: f64, good| Seen {
            tasks,
            at: (demand, of_law * 3.5 * power(&law, demand, tasks)),
            good,
        };
        let seen = [
            level(10.0, 2.0, 1.0, true),
            level(90.0, 4.0, 1.0, true),
            level(200.0, 2.0, 9.0, false),
        ];
        let factor = factor(&law, &seen).expect("two levels are good");
        assert!((factor - 3.5).abs() < 1e-9, "{factor}");
    }

    #[test]
    fn there_is_no_law_to_draw_without_a_good_level() {
        let law = Law { demand: exact(1.0), tasks: None, r_squared: 1.0 };
        assert_eq!(factor(&law, &[Seen { tasks: 2.0, at: (10.0, 10.0), good: false }]), None);
        assert_eq!(factor(&law, &[Seen { tasks: 2.0, at: (10.0, 0.0), good: true }]), None);
    }
}

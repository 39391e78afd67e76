//! Where the objective breaks.

use advice::advice::{Advice, Plateau, Usl};
use load_test::Quantile;
use maud::Markup;
use report_page::{Axis, HEIGHT, Ink, Mark, Plot, Point, Shape, Symbol};

use super::{Seen, by_tasks, nothing, whole};
use crate::words::{latency, load, number, seconds, tick};

/// Latency far above the objective would press the knee flat.
const ROOM: f64 = 2.5;

/// Latency against demand per task, with the objective and the knee.
pub(in super::super) fn knee(advice: &Advice) -> Markup {
    let title = "Latency against demand per task";
    let seen: Vec<Seen> = advice
        .plateaus
        .iter()
        .filter_map(|level| {
            let at = (level.demand / whole(level), level.latency?);
            Some(Seen { tasks: whole(level), at, good: level.good })
        })
        .filter(|level| level.at.0.is_finite() && level.at.1.is_finite())
        .collect();
    if seen.is_empty() {
        return nothing(title);
    }
    let interval = advice.knee.as_ref().map(|knee| knee.per_task);
    let demands = seen.iter().map(|level| level.at.0).chain(interval.map(|knee| knee.high));
    let x = Axis::over(format!("{} per task", load(advice)), demands, tick);
    let limit = advice.objective.map(|(_, limit)| limit);
    let top = limit.map_or(f64::INFINITY, |limit| ROOM * limit);
    let quantile = advice.objective.map_or(Quantile::Mean, |(quantile, _)| quantile);
    let latencies = seen.iter().map(|level| level.at.1.min(top)).chain(limit);
    let y = Axis::over(latency(quantile), latencies, seconds);

    let mut marks = Vec::new();
    if let Some(knee) = interval {
        let found = format!("knee, {}/s", number(knee.value));
        let band = Shape::Bands(vec![knee.low..knee.high]);
        marks.push(Mark::new(band, Ink::PURPLE.thin(0.3), "95% interval of the knee"));
        let upright = vec![(knee.value, y.range.start), (knee.value, y.range.end)];
        marks.push(Mark::new(Shape::Line(upright), Ink::PURPLE, found));
    }
    if let Some(limit) = limit {
        let level = vec![(x.range.start, limit), (x.range.end, limit)];
        marks.push(Mark::new(
            Shape::Dashes(level),
            Ink::BLACK,
            format!("objective, {}", seconds(limit)),
        ));
    }
    if let Some(law) = advice.knee.as_ref().and_then(|knee| knee.law) {
        let curve = Shape::Line(average(&law, x.range.end, y.range.end));
        marks.push(Mark::new(curve, Ink::GREEN, "average, by the Universal Scalability Law"));
        if quantile != Quantile::Mean {
            let mean = |level: &Plateau| Some((level.demand / whole(level), level.mean_latency?));
            let at = advice.plateaus.iter().filter_map(mean).collect();
            let shape = Shape::Points { at, symbol: Symbol::Diamond, hollow: true };
            marks.push(Mark::new(shape, Ink::GREEN, latency(Quantile::Mean)));
        }
    }
    marks.extend(by_tasks(&seen));
    let beyond: Vec<Point> = seen
        .iter()
        .filter(|level| level.at.1 > y.range.end)
        .map(|level| (level.at.0, y.range.end))
        .collect();
    if !beyond.is_empty() {
        let shape = Shape::Points { at: beyond, symbol: Symbol::Triangle, hollow: true };
        marks.push(Mark::new(shape, Ink::BLACK, "beyond the scale"));
    }
    Plot { title: title.to_owned(), x, y, marks, height: HEIGHT }.figure("knee")
}

/// Average latency against throughput, for rising concurrency, until either leaves the plot:
/// by Little's law it is the one divided by the other.
fn average(law: &Usl, greatest_throughput: f64, greatest_latency: f64) -> Vec<Point> {
    const POINTS: usize = 600;
    let at = |concurrency: f64| {
        let delay = law.sigma * (concurrency - 1.0) + law.kappa * concurrency * (concurrency - 1.0);
        let latency = (1.0 + delay) / law.lambda;
        (concurrency / latency, latency)
    };
    (0..POINTS)
        .map(|step| at(1.05_f64.powi(step as i32) * 0.01))
        .take_while(|&(throughput, latency)| {
            throughput <= greatest_throughput && (0.0..=greatest_latency).contains(&latency)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_average_rises_from_that_of_one_request_to_the_edge_of_the_plot() {
        let law = Usl { lambda: 25.0, sigma: 0.2, kappa: 0.0, r_squared: 1.0 };
        let curve = average(&law, 200.0, 0.5);
        assert!(curve.is_sorted_by(|one, other| one.0 < other.0 && one.1 < other.1));
        let (throughput, latency) = *curve.last().expect("it is drawn");
        assert!(latency > 0.45 && throughput < 25.0 / 0.2, "{throughput} {latency}");
        let single = curve.iter().map(|at| (at.0 - 25.0).hypot(1e3 * at.1 - 40.0)).reduce(f64::min);
        assert!(single.is_some_and(|distance| distance < 1.0), "{single:?}");
    }

    #[test]
    fn a_law_of_nonsense_draws_nothing() {
        for lambda in [0.0, -1.0, f64::NAN] {
            let law = Usl { lambda, sigma: 0.2, kappa: 0.0, r_squared: 0.0 };
            assert_eq!(average(&law, 200.0, 0.5), []);
        }
    }
}

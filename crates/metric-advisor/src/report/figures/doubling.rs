//! The doubling test: what becomes of each metric with twice the tasks at the same demand.

use advice::advice::{Assessment, Interval};
use maud::Markup;
use report_page::{Axis, Ink, Mark, Plot, Shape};
use textwrap::core::display_width;

use super::nothing;
use crate::words::{Verdict, name, share, verdict};

/// Names are cut to so many columns, for which there is room.
const NAME: usize = 36;

/// Heights of the axis below the bars, and of one metric's bars.
const AXIS: u32 = 232;
const ROW: u32 = 270;

/// Bars before and after, and the half that is ideal, for as many metrics as fit into a plot.
pub(in super::super) fn doubling(metrics: &[&Assessment]) -> Markup {
    let title = "With twice the tasks, at the same demand";
    let tested: Vec<(&Assessment, Interval)> = metrics
        .iter()
        .filter_map(|&metric| Some((metric, metric.doubling?.ratio)))
        .filter(|(_, ratio)| ratio.value.is_finite())
        .collect();
    if tested.is_empty() {
        return nothing(title);
    }
    let greatest = tested.iter().map(|(_, ratio)| ratio.value).fold(1.0, f64::max);
    let x = Axis::over("share of the value before", [greatest], share);
    let y = Axis { name: String::new(), range: 0.0..tested.len() as f64, label: None };
    let height = tested.iter().fold(AXIS, |height, _| height + ROW);
    let (mut before, mut fit, mut unfit) = (Vec::new(), Vec::new(), Vec::new());
    let mut texts = Vec::new();
    let (mut whiskers, mut ideal) = (Vec::new(), Vec::new());
    for (row, (metric, ratio)) in tested.iter().rev().enumerate() {
        let row = row as f64;
        before.push(((0.0, row + 0.38), (1.0, row + 0.62)));
        let after = if verdict(metric) == Verdict::Rejected { &mut unfit } else { &mut fit };
        after.push(((0.0, row + 0.1), (ratio.value, row + 0.34)));
        let whisker =
            vec![(ratio.low.max(0.0), row + 0.22), (ratio.high.min(x.range.end), row + 0.22)];
        whiskers.push(Mark::silent(Shape::Line(whisker), Ink::BLACK));
        ideal.push(Mark::silent(
            Shape::Dashes(vec![(0.5, row + 0.04), (0.5, row + 0.66)]),
            Ink::BLACK,
        ));
        let words = format!("{}: {}", cut(&name(metric)), share(ratio.value));
        texts.push(Mark::silent(Shape::Text((0.0, row + 0.9), words), Ink::BLACK));
    }
    let mut marks = vec![Mark::new(Shape::Bars(before), Ink::GREY.thin(0.45), "before")];
    let bars = [(fit, Ink::BLUE, "after, suitable"), (unfit, Ink::VERMILION, "after, rejected")];
    for (bars, ink, label) in bars {
        if !bars.is_empty() {
            marks.push(Mark::new(Shape::Bars(bars), ink, label));
        }
    }
    if let Some(first) = ideal.first_mut() {
        first.label = Some("ideal: half".to_owned());
    }
    marks.extend(ideal.into_iter().chain(whiskers).chain(texts));
    Plot { title: title.to_owned(), x, y, marks, height }.figure("doubling")
}

fn cut(name: &str) -> String {
    if display_width(name) <= NAME {
        return name.to_owned();
    }
    let mut cut: String = name.chars().take(NAME).collect();
    while display_width(&cut) >= NAME {
        cut.pop();
    }
    cut + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_cut_to_what_fits() {
        assert_eq!(cut("requests in flight per task"), "requests in flight per task");
        for long in ["memory".repeat(40), "待ち行列".repeat(40)] {
            let cut = cut(&long);
            assert!((NAME - 1..=NAME).contains(&display_width(&cut)), "{cut}");
            assert!(long.starts_with(cut.trim_end_matches('…')), "{cut}");
        }
    }
}

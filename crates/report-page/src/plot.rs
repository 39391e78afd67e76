//! A plot as a value, and the figure that it becomes.

mod drawing;
mod ink;

use std::ops::Range;

use maud::{Markup, PreEscaped, html};

pub use drawing::WIDTH;
pub use ink::Ink;

/// Where something stands, in the axes' units.
pub type Point = (f64, f64);

/// A plot. Whatever lies outside its axes' ranges is left out.
pub struct Plot {
    /// What it shows.
    pub title: String,
    pub x: Axis,
    pub y: Axis,
    /// From the back to the front.
    pub marks: Vec<Mark>,
    /// With its axes; the width is [`WIDTH`].
    pub height: u32,
}

/// An axis, from the least to the greatest value.
pub struct Axis {
    pub name: String,
    pub range: Range<f64>,
    /// How a value is written beside it; `None` leaves the axis bare.
    pub label: Option<fn(f64) -> String>,
}

/// Something drawn, and what the legend says of it.
pub struct Mark {
    pub shape: Shape,
    pub ink: Ink,
    /// `None` keeps it out of the legend.
    pub label: Option<String>,
}

pub enum Shape {
    Points {
        at: Vec<Point>,
        symbol: Symbol,
        hollow: bool,
    },
    Line(Vec<Point>),
    Dashes(Vec<Point>),
    /// Between two values of x, over all of y.
    Bands(Vec<Range<f64>>),
    /// From one corner to the other.
    Bars(Vec<(Point, Point)>),
    /// From its lower left corner.
    Text(Point, String),
}

#[derive(Clone, Copy)]
pub enum Symbol {
    Circle,
    Square,
    Triangle,
    Diamond,
}

/// Of most plots.
pub const HEIGHT: u32 = WIDTH * 13 / 20;

/// Beyond it neither sums nor the drawing's coordinates are exact.
const GREATEST: f64 = 1e15;

impl Axis {
    /// From 0, or below if a value is, to a little beyond the greatest value.
    pub fn over(
        name: impl Into<String>,
        values: impl IntoIterator<Item = f64>,
        label: fn(f64) -> String,
    ) -> Self {
        let drawn = values.into_iter().filter(|value| value.abs() <= GREATEST);
        let (low, high) = drawn
            .fold((0.0, 0.0), |(low, high): (f64, f64), value| (low.min(value), high.max(value)));
        let span = high - low;
        let range = if span < 1.0 / GREATEST {
            0.0..1.0
        } else {
            (if low < 0.0 { low - 0.06 * span } else { 0.0 })..high + 0.06 * span
        };
        Self { name: name.into(), range, label: Some(label) }
    }
}

impl Mark {
    pub fn new(shape: Shape, ink: Ink, label: impl Into<String>) -> Self {
        Self { shape, ink, label: Some(label.into()) }
    }

    /// Without a word in the legend.
    pub const fn silent(shape: Shape, ink: Ink) -> Self {
        Self { shape, ink, label: None }
    }
}

impl Plot {
    /// The drawing with its title above and its legend below, as text that does not shrink.
    pub fn figure(&self, kind: &str) -> Markup {
        let Axis { name: y, .. } = &self.y;
        html! {
            figure data-plot=(kind) {
                figcaption { (self.title) @if !y.is_empty() { span.axis { (y) } } }
                @match drawing::draw(self) {
                    Ok(shapes) => {
                        svg role="img" viewBox={ "0 0 " (WIDTH) " " (self.height) } {
                            title { (self.title) }
                            (PreEscaped(shapes))
                        }
                    }
                    Err(error) => p { "This could not be drawn: " (error) }
                }
                (self.legend())
            }
        }
    }

    fn legend(&self) -> Markup {
        let named = || self.marks.iter().filter_map(|mark| Some((mark, mark.label.as_ref()?)));
        html! {
            @if named().next().is_some() {
                ul.legend {
                    @for (mark, label) in named() {
                        li {
                            span aria-hidden="true" style={ "color:" (mark.ink.css()) } { (mark.shape.sign()) }
                            " " (label)
                        }
                    }
                }
            }
        }
    }
}

impl Shape {
    /// What stands for it in the legend.
    const fn sign(&self) -> &'static str {
        match self {
            Self::Points { symbol: Symbol::Circle, hollow: false, .. } => "●",
            Self::Points { symbol: Symbol::Circle, hollow: true, .. } => "○",
            Self::Points { symbol: Symbol::Square, hollow: false, .. } => "■",
            Self::Points { symbol: Symbol::Square, hollow: true, .. } => "□",
            Self::Points { symbol: Symbol::Triangle, hollow: false, .. } => "▲",
            Self::Points { symbol: Symbol::Triangle, hollow: true, .. } => "△",
            Self::Points { symbol: Symbol::Diamond, hollow: false, .. } => "◆",
            Self::Points { symbol: Symbol::Diamond, hollow: true, .. } => "◇",
            Self::Line(_) | Self::Text(..) => "━",
            Self::Dashes(_) => "╍",
            Self::Bands(_) | Self::Bars(_) => "█",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(values: &[f64]) -> Range<f64> {
        Axis::over("", values.iter().copied(), |_| String::new()).range
    }

    #[test]
    fn an_axis_begins_at_zero_and_leaves_room_above() {
        assert_eq!(range(&[50.0, 100.0]), 0.0..106.0);
        assert_eq!(range(&[-100.0, 100.0]), -112.0..112.0);
    }

    #[test]
    fn an_axis_has_a_length_whatever_is_on_it() {
        for values in [&[][..], &[0.0], &[f64::NAN, f64::INFINITY], &[1e300], &[1e-300]] {
            assert_eq!(range(values), 0.0..1.0, "{values:?}");
        }
    }
}

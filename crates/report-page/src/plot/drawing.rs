//! Plots by plotters.

use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::element::DashedPathElement;
use plotters::prelude::{
    Cartesian2d, ChartBuilder, ChartContext, Circle, Color, DrawingArea, DrawingAreaErrorKind,
    EmptyElement, IntoDrawingArea, IntoFont, PathElement, Polygon, Rectangle, SVGBackend,
    ShapeStyle, Text, TextStyle,
};

use super::{Ink, Mark, Plot, Point, Shape, Symbol};

/// Four times the pixels that a phone shows: plotters draws at whole ones, and lines would shake.
pub const WIDTH: u32 = 1600;
const LABEL: f64 = 54.0;

type Backend<'a> = SVGBackend<'a>;
type Chart<'a, 'b> = ChartContext<'a, Backend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;
type Failure = DrawingAreaErrorKind<std::io::Error>;

/// The shapes of a plot, without the `svg` around them.
pub(super) fn draw(plot: &Plot) -> Result<String, Failure> {
    let mut svg = String::new();
    let area = SVGBackend::with_string(&mut svg, (WIDTH, plot.height)).into_drawing_area();
    on(&area, plot)?;
    area.present()?;
    drop(area);
    let shapes = svg.split_once('>').and_then(|(_, rest)| rest.rsplit_once("</svg>"));
    Ok(shapes.map_or_else(String::new, |(shapes, _)| shapes.trim().to_owned()))
}

fn on(area: &DrawingArea<Backend<'_>, Shift>, plot: &Plot) -> Result<(), Failure> {
    let mut chart = ChartBuilder::on(area)
        .margin(32)
        .margin_right(88)
        .x_label_area_size(168)
        .y_label_area_size(if plot.y.label.is_some() { 192 } else { 48 })
        .build_cartesian_2d(plot.x.range.clone(), plot.y.range.clone())?;
    let write = |label: Option<fn(f64) -> String>| {
        move |value: &f64| label.map_or_else(String::new, |label| label(*value))
    };
    let (write_x, write_y) = (write(plot.x.label), write(plot.y.label));
    let mut mesh = chart.configure_mesh();
    mesh.x_labels(6)
        .y_labels(6)
        .set_all_tick_mark_size(10)
        .x_desc(plot.x.name.as_str())
        .label_style(text())
        .axis_desc_style(text())
        .axis_style(Ink::GREY.colour().stroke_width(4))
        .bold_line_style(Ink::GREY.thin(0.25).colour().stroke_width(2))
        .light_line_style(Ink::GREY.thin(0.0).colour())
        .x_label_formatter(&write_x)
        .y_label_formatter(&write_y);
    if plot.y.label.is_none() {
        mesh.disable_y_axis().disable_y_mesh();
    }
    mesh.draw()?;
    drop(mesh);
    plot.marks.iter().try_for_each(|mark| add(&chart, plot, mark))
}

fn add(chart: &Chart<'_, '_>, plot: &Plot, mark: &Mark) -> Result<(), Failure> {
    let (x, y) = (&plot.x.range, &plot.y.range);
    let inside =
        |at: &Point| (x.start..=x.end).contains(&at.0) && (y.start..=y.end).contains(&at.1);
    let clamped = |at: Point| (at.0.clamp(x.start, x.end), at.1.clamp(y.start, y.end));
    let parts = |points: &[Point]| -> Vec<Vec<Point>> {
        points.split(|at| !inside(at)).filter(|part| !part.is_empty()).map(<[_]>::to_vec).collect()
    };
    let area = chart.plotting_area();
    let colour = mark.ink.colour();
    match &mark.shape {
        Shape::Points { at, symbol, hollow } => {
            let style = if *hollow { colour.stroke_width(6) } else { colour.filled() };
            at.iter().copied().filter(inside).try_for_each(|at| point(chart, at, *symbol, style))
        }
        Shape::Line(points) => parts(points)
            .into_iter()
            .try_for_each(|part| area.draw(&PathElement::new(part, colour.stroke_width(8)))),
        Shape::Dashes(points) => parts(points).into_iter().try_for_each(|part| {
            area.draw(&DashedPathElement::new(part, 24, 16, colour.stroke_width(8)))
        }),
        Shape::Bars(bars) => bars.iter().try_for_each(|&(from, to)| {
            area.draw(&Rectangle::new([clamped(from), clamped(to)], colour.filled()))
        }),
        Shape::Bands(bands) => bands.iter().try_for_each(|band| {
            let corners = [clamped((band.start, y.start)), clamped((band.end, y.end))];
            area.draw(&Rectangle::new(corners, colour.filled()))
        }),
        Shape::Text(at, words) => area.draw(&Text::new(words.as_str(), *at, text())),
    }
}

fn point(
    chart: &Chart<'_, '_>,
    at: Point,
    symbol: Symbol,
    style: ShapeStyle,
) -> Result<(), Failure> {
    const R: i32 = 18;
    let corners = match symbol {
        Symbol::Circle => {
            return chart.plotting_area().draw(&Circle::new(at, R - 2, style));
        }
        Symbol::Square => vec![(-14, -14), (14, -14), (14, 14), (-14, 14)],
        Symbol::Triangle => vec![(0, -R), (R, 14), (-R, 14)],
        Symbol::Diamond => vec![(0, -R - 2), (R + 2, 0), (0, R + 2), (-R - 2, 0)],
    };
    let outline = corners.iter().chain(corners.first()).copied().collect::<Vec<_>>();
    if style.filled {
        chart.plotting_area().draw(&(EmptyElement::at(at) + Polygon::new(corners, style)))
    } else {
        chart.plotting_area().draw(&(EmptyElement::at(at) + PathElement::new(outline, style)))
    }
}

/// In the browser's font, which the page's style sheet names.
fn text() -> TextStyle<'static> {
    // Plotters writes fonts smaller by this factor than it was asked to.
    ("sans-serif", 1.24 * LABEL).into_font().color(&Ink::BLACK.colour())
}

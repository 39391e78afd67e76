//! The answer as text for a terminal.

use std::fmt::{self, Write as _};

use advice::advice::{Advice, Assessment, Plateau};
use comfy_table::{
    CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle,
};

use crate::color::Paint;
use crate::words::{
    Answer, Verdict, because, clock, interval, name, number, objective, quantity, seconds,
    sentence, share, two, verdict,
};

/// The fewest columns in which the tables are readable.
pub const NARROWEST: usize = 72;

/// The answer in sentences, and the tables that it rests on.
///
/// Lines are at most `width` columns wide, and have no trailing spaces. The tables take
/// [`NARROWEST`] columns even if `width` is less.
///
/// Colors only emphasize words: the headline, and the last word of each row.
pub fn show(advice: &Advice, width: usize, paint: Paint) -> String {
    let mut text = String::new();
    let width = width.max(NARROWEST);
    // Writing to a string cannot fail.
    let _ = write(&mut text, advice, width, paint);
    text
}

fn write(text: &mut String, advice: &Advice, width: usize, paint: Paint) -> fmt::Result {
    let answer = Answer::of(advice);
    writeln!(text, "{}", paint.bold(&textwrap::fill(&answer.headline, width)))?;
    paragraph(text, &answer.sentences.join(" "), width)?;
    list(text, answer.next.iter().map(String::as_str), width)?;
    if !advice.metrics.is_empty() {
        writeln!(text)?;
        rows(text, metrics(&advice.metrics), width, paint)?;
        writeln!(text)?;
        let others = |metric: &&Assessment| verdict(metric) != Verdict::Recommended;
        let others: Vec<String> = advice.metrics.iter().filter(others).map(because).collect();
        list(text, others.iter().map(String::as_str), width)?;
    }
    if !advice.plateaus.is_empty() {
        writeln!(text)?;
        rows(text, plateaus(&advice.plateaus), width, paint)?;
        writeln!(text)?;
        paragraph(text, &format!("The objective is {}.", objective(advice)), width)?;
    }
    if let Some(knee) = &advice.knee {
        let per_task = interval(knee.per_task, |value| format!("{}/s", number(value)));
        paragraph(text, &format!("The knee is at {per_task} per task."), width)?;
        if let Some(law) = knee.law {
            let law = format!(
                "Universal Scalability Law per task: lambda {}/s, sigma {}, kappa {}; it explains \
                 {} of the variance.",
                number(law.lambda),
                number(law.sigma),
                number(law.kappa),
                share(law.r_squared),
            );
            paragraph(text, &law, width)?;
        }
    }
    if !advice.notes.is_empty() {
        writeln!(text)?;
        let notes: Vec<String> = advice.notes.iter().map(|note| sentence(note)).collect();
        list(text, notes.iter().map(String::as_str), width)?;
    }
    Ok(())
}

fn metrics(metrics: &[Assessment]) -> Table {
    let mut table = table(&[
        "metric",
        "rank\ncorr.",
        "demand\nexp.",
        "tasks\nexp.",
        "twice\nthe tasks",
        "flattens\nat",
        "verdict",
    ]);
    for metric in metrics {
        let or_dash = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
        table.add_row([
            name(metric),
            or_dash(metric.correlation.map(|found| two(found.rank.value))),
            or_dash(metric.law.map(|law| two(law.demand.value))),
            or_dash(metric.law.and_then(|law| law.tasks).map(|tasks| two(tasks.value))),
            or_dash(metric.doubling.map(|found| share(found.ratio.value))),
            or_dash(metric.saturation.map(|found| quantity(found.level, metric.unit))),
            verdict(metric).words().to_owned(),
        ]);
    }
    table
}

fn plateaus(plateaus: &[Plateau]) -> Table {
    let mut table =
        table(&["from", "to", "tasks", "demand", "per\ntask", "latency", "errors", "objective"]);
    for level in plateaus {
        table.add_row([
            clock(level.steady_from),
            clock(level.to),
            number(level.tasks),
            format!("{}/s", number(level.demand)),
            format!("{}/s", number(level.demand / level.tasks)),
            level.latency.map_or_else(|| "-".to_owned(), seconds),
            level.errors.map_or_else(|| "-".to_owned(), share),
            if level.good { HOLDS } else { BROKEN }.to_owned(),
        ]);
    }
    table
}

/// A table with names left-aligned and numbers right-aligned. Only names are wrapped.
fn table(titles: &[&str]) -> Table {
    let mut table = Table::new();
    let rule = LineStyle::none().fill('─').junction('─');
    table.load_style(TableStyle::new().header_separator(rule)).set_header(titles.to_vec());
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
        column.set_constraint(ColumnConstraint::ContentWidth);
    }
    table
}

fn rows(text: &mut String, mut table: Table, width: usize, paint: Paint) -> fmt::Result {
    let width = u16::try_from(width).unwrap_or(u16::MAX);
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    for line in table.lines() {
        writeln!(text, "{}", painted(line.trim_end(), paint))?;
    }
    Ok(())
}

type Painter = fn(Paint, &str) -> String;

/// Colors the verdict at the end of a row. This follows the layout, because color codes have no
/// width.
fn painted(line: &str, paint: Paint) -> String {
    let verdicts: [(&str, Painter); 6] = [
        (Verdict::Recommended.words(), Paint::good),
        (Verdict::Suitable.words(), Paint::fair),
        (Verdict::Undecided.words(), Paint::fair),
        (Verdict::Rejected.words(), Paint::bad),
        (HOLDS, Paint::good),
        (BROKEN, Paint::bad),
    ];
    let found =
        verdicts.iter().find_map(|(words, by)| Some((line.strip_suffix(words)?, words, by)));
    found.map_or_else(|| line.to_owned(), |(row, words, by)| format!("{row}{}", by(paint, words)))
}

/// The word for a level that keeps the objective.
const HOLDS: &str = "holds";
/// The word for a level that does not.
const BROKEN: &str = "broken";

fn paragraph(text: &mut String, words: &str, width: usize) -> fmt::Result {
    if words.is_empty() { Ok(()) } else { writeln!(text, "{}", textwrap::fill(words, width)) }
}

fn list<'a>(text: &mut String, items: impl Iterator<Item = &'a str>, width: usize) -> fmt::Result {
    let style = textwrap::Options::new(width).initial_indent("- ").subsequent_indent("  ");
    for item in items {
        writeln!(text, "{}", textwrap::fill(item, &style))?;
    }
    Ok(())
}

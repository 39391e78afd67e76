//! The candidates to scale on.

use crate::data::{Kind, Metric, Series, Unit};
use crate::mapping::Mapping;
use crate::role::{Measure, Role};
use crate::roles::Cast;
use crate::said::{Fault, Said};
use crate::table::Cell;
use crate::words::Words;

/// A metric with its kind and unit. Its values stay as they are recorded, since what is scaled on
/// has them so; only a share becomes percent, which no alarm of CloudWatch's has otherwise.
pub(crate) fn metric(cast: &Cast, mapping: &Mapping, said: &mut Said<'_>) -> Result<Metric, Fault> {
    let mut values: Series = cast.aligned.cells.iter().map(Cell::mean).collect();
    let words = Words::of(cast.name());
    let told = mapping.measure_of(cast.name(), Role::Metric)?;
    let by_flag = mapping.kind_of(cast.name());
    let kind = by_flag.or(cast.meaning.map(|meaning| meaning.kind)).unwrap_or_else(|| words.kind());
    if told == Some(Measure::Share) {
        values.iter_mut().for_each(|value| *value *= 100.0);
    }
    let greatest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let unit = match (told, cast.meaning) {
        (Some(told), _) => told.unit(),
        (None, Some(meaning)) => meaning.unit,
        (None, None) => match words.unit() {
            Unit::Unknown if of_a_whole(kind) && greatest > 1.0 && greatest <= 100.0 => {
                Unit::Percent
            }
            unit => unit,
        },
    };
    let mut note = |what: String| said.note(cast.called(), what);
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    if least == greatest {
        note(format!("is {least} all the time and cannot be scaled on"));
    } else if (0.0..=1.0).contains(&greatest) && (unit == Unit::Percent || of_a_whole(kind)) {
        let name = crate::said::brief(cast.name());
        if told.is_none() {
            note(format!("never exceeds 1; if it is a share of 1, say --unit {name}=share"));
        }
    }
    if cast.meaning.is_none() && (by_flag.is_none() || told.is_none()) {
        let what =
            format!("is a metric of {}, {}, by its name and size", of(kind), unit_words(unit));
        said.guess(cast.called(), what);
    }
    Ok(Metric {
        name: cast.name().to_owned(),
        kind,
        unit,
        source: cast.aligned.column.source.clone(),
        values,
    })
}

const fn of_a_whole(kind: Kind) -> bool {
    matches!(kind, Kind::Cpu | Kind::Memory | Kind::Heap)
}

/// Gives metrics of the same name the names of where they are from.
pub(crate) fn tell_apart(metrics: &mut [Metric], cast: &[Cast]) {
    let names: Vec<String> = metrics.iter().map(|metric| metric.name.clone()).collect();
    let cast = cast.iter().filter(|cast| cast.role == Role::Metric);
    for (metric, cast) in metrics.iter_mut().zip(cast) {
        if names.iter().filter(|name| **name == metric.name).count() > 1 {
            metric.name = match &metric.source {
                Some(source) => crate::label(source),
                None => format!("{} of {}", metric.name, cast.aligned.column.from),
            };
        }
    }
}

const fn of(kind: Kind) -> &'static str {
    match kind {
        Kind::Cpu => "CPU",
        Kind::Memory => "memory",
        Kind::Heap => "a heap",
        Kind::Collection => "garbage collection",
        Kind::Concurrency => "concurrency",
        Kind::Throughput => "throughput",
        Kind::Queue => "a queue",
        Kind::Lag => "lag",
        Kind::Traffic => "traffic",
        Kind::Latency => "latency",
        Kind::Errors => "errors",
        Kind::Other => "no known kind",
    }
}

const fn unit_words(unit: Unit) -> &'static str {
    match unit {
        Unit::Percent => "in percent",
        Unit::Count => "a count",
        Unit::PerSecond => "by the second",
        Unit::Bytes => "in bytes",
        Unit::Seconds => "in seconds",
        Unit::Unknown => "in no known unit",
    }
}

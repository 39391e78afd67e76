//! A load test as CSV, as its reader takes it.

use std::io::{self, Write};

use load_test::{LoadTest, Series};

/// Write one line of names, then one for each sample; what is missing is left empty.
///
/// # Errors
/// If `out` fails.
pub fn write(test: &LoadTest, out: &mut impl Write) -> io::Result<()> {
    let optional = [
        ("latency_mean_s", test.latency.mean.as_ref()),
        ("latency_p50_s", test.latency.p50.as_ref()),
        ("latency_p95_s", test.latency.p95.as_ref()),
        ("latency_p99_s", test.latency.p99.as_ref()),
        ("errors", test.errors.as_ref()),
        ("completed", test.completed.as_ref()),
    ];
    let mut columns: Vec<(&str, &Series)> =
        vec![("time", &test.times), ("tasks", &test.tasks), ("demand", &test.demand)];
    columns.extend(optional.into_iter().filter_map(|(name, series)| Some((name, series?))));
    columns.extend(test.metrics.iter().map(|metric| (metric.name.as_str(), &metric.values)));
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    writeln!(out, "{}", names.join(","))?;
    for row in 0..test.len() {
        let value = |(_, series): &(&str, &Series)| series.get(row).map_or_else(String::new, text);
        writeln!(out, "{}", columns.iter().map(value).collect::<Vec<_>>().join(","))?;
    }
    Ok(())
}

/// Four significant digits, at least to the unit; nothing for NaN.
fn text(value: &f64) -> String {
    if value.is_nan() {
        return String::new();
    }
    let digits = if *value == 0.0 { 0.0 } else { 3.0 - value.abs().log10().floor() };
    let digits = digits.clamp(0.0, 9.0) as usize;
    let text = format!("{value:.digits$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use load_test::Latency;

    use super::*;

    #[test]
    fn what_is_missing_is_left_empty() {
        let test = LoadTest {
            times: vec![0.0, 10.25],
            tasks: vec![2.0, 2.0],
            demand: vec![100.0, f64::NAN],
            latency: Latency { p95: Some(vec![0.012_344, 0.0]), ..Latency::default() },
            ..LoadTest::default()
        };
        let mut csv = Vec::new();
        write(&test, &mut csv).unwrap();
        let expected = "time,tasks,demand,latency_p95_s\n0,2,100,0.01234\n10.25,2,,0\n";
        assert_eq!(String::from_utf8(csv).unwrap(), expected);
    }
}

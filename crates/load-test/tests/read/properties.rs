//! What holds of whatever is read.

use load_test::{
    Fault, Kind, Latency, LoadTest, MOST_TIMES, Mapping, Metric, Reading, Recording, Series, Unit,
    read,
};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::{csv, get_metric_data, k6, summary};

const LEVEL: &str = "20261126T101500Z-2tasks-100rps";

/// A value, or a gap now and then.
fn values(range: std::ops::Range<f64>, number: usize) -> impl Strategy<Value = Series> {
    vec(prop_oneof![9 => range, 1 => Just(f64::NAN)], number)
}

fn load_tests() -> impl Strategy<Value = LoadTest> {
    (2..60_usize)
        .prop_flat_map(|number| {
            let latency = || {
                (values(0.01..0.05, number), values(0.05..0.9, number), values(0.9..2.0, number))
            };
            (
                vec(1_u32..100_000, number),
                vec(prop_oneof![9 => (1_u32..9).prop_map(f64::from), 1 => Just(f64::NAN)], number),
                values(1.0..1e5, number),
                latency(),
                values(0.0..1.0, number),
                values(1.0..100.0, number),
                values(-1e9..1e9, number),
            )
                .prop_map(
                    |(steps, tasks, demand, (p50, p95, p99), errors, cpu, other)| {
                        let times = steps.iter().scan(0, |time, step| {
                            let now = *time;
                            *time += step;
                            Some(f64::from(now) / 1e3)
                        });
                        let metric = |name: &str, kind, unit, values| Metric {
                            name: name.to_owned(),
                            kind,
                            unit,
                            source: None,
                            values,
                        };
                        LoadTest {
                            times: times.collect(),
                            tasks,
                            demand,
                            latency: Latency {
                                mean: None,
                                p50: Some(p50),
                                p95: Some(p95),
                                p99: Some(p99),
                                requests: None,
                            },
                            errors: Some(errors),
                            completed: None,
                            metrics: vec![
                                metric("cpu_percent", Kind::Cpu, Unit::Percent, cpu),
                                metric("other", Kind::Other, Unit::Unknown, other),
                            ],
                        }
                    },
                )
        })
        .prop_filter("something of everything", |test| {
            [
                &test.tasks,
                &test.demand,
                test.latency.p50.as_ref().unwrap(),
                test.latency.p95.as_ref().unwrap(),
                test.latency.p99.as_ref().unwrap(),
                test.errors.as_ref().unwrap(),
            ]
            .into_iter()
            .chain(test.metrics.iter().map(|metric| &metric.values))
            .all(|series| series.iter().any(|value| !value.is_nan()))
        })
}

/// Names and series, the time apart.
fn columns(test: &LoadTest) -> Vec<(&str, &Series)> {
    let mut columns = vec![
        ("tasks", &test.tasks),
        ("rps", &test.demand),
        ("p50_s", test.latency.p50.as_ref().unwrap()),
        ("p95_s", test.latency.p95.as_ref().unwrap()),
        ("p99_s", test.latency.p99.as_ref().unwrap()),
        ("error_share", test.errors.as_ref().unwrap()),
    ];
    columns.extend(test.metrics.iter().map(|metric| (metric.name.as_str(), &metric.values)));
    columns
}

fn write(
    times: &[f64],
    columns: &[(&str, &Series)],
    rows: impl IntoIterator<Item = usize>,
) -> String {
    let mut text = String::from("time");
    columns.iter().for_each(|(name, _)| text.push_str(&format!(",{name}")));
    text.push('\n');
    for row in rows {
        text.push_str(&format!("{}", times.get(row).unwrap()));
        for (_, series) in columns {
            let value = series.get(row).unwrap();
            text.push_str(&if value.is_nan() { ",".to_owned() } else { format!(",{value}") });
        }
        text.push('\n');
    }
    text
}

fn recording(text: &str) -> Recording {
    csv("load.csv", text.as_bytes(), &Mapping::default()).unwrap()
}

fn load_test(recording: Recording) -> LoadTest {
    recording.into_load_test(&Mapping::default()).unwrap().test
}

fn alike(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len()
        && a.iter().zip(b).all(|(a, b)| {
            a.is_nan() && b.is_nan() || (a - b).abs() <= 1e-6 * (1.0 + a.abs().max(b.abs()))
        })
}

fn same(a: &LoadTest, b: &LoadTest) -> bool {
    let names = |test: &LoadTest| -> Vec<_> {
        test.metrics.iter().map(|m| (m.name.clone(), m.kind, m.unit)).collect()
    };
    let (ours, theirs) = (columns(a), columns(b));
    alike(&a.times, &b.times)
        && names(a) == names(b)
        && ours.iter().zip(&theirs).all(|((_, a), (_, b))| alike(a, b))
}

fn told(read: Result<Recording, Fault>) {
    match read.and_then(|recording| recording.into_load_test(&Mapping::default())) {
        Ok(Reading { test, .. }) => {
            assert!(test.len() <= MOST_TIMES);
            assert!(test.times.windows(2).all(|pair| pair.first() < pair.last()));
            let series = test.metrics.iter().map(|metric| &metric.values);
            assert!(
                series.chain([&test.tasks, &test.demand]).all(|series| series.len() == test.len())
            );
        }
        Err(fault) => assert!(!fault.of.is_empty() && !fault.what.is_empty()),
    }
}

/// Words that the formats are made of, so that not all is refused at once.
fn tokens() -> impl Strategy<Value = Vec<u8>> {
    let token = prop_oneof![
        Just("time"),
        Just("tasks"),
        Just("rps"),
        Just("p95"),
        Just("errors"),
        Just(","),
        Just(","),
        Just(";"),
        Just("\n"),
        Just("\n"),
        Just("\""),
        Just("1"),
        Just("2"),
        Just("-3"),
        Just("1e308"),
        Just("2026-11-26T10:15:00Z"),
        Just("2026-11-26 10:15:0"),
        Just("{"),
        Just("}"),
        Just("["),
        Just("]"),
        Just(":"),
        Just("\"type\":\"Point\""),
        Just("\"metric\":\"http_req_duration\""),
        Just("\"data\":{\"time\":\"2026-11-26T10:15:00Z\",\"value\":5}"),
        Just("\"MetricDataResults\""),
        Just("{\"Id\":\"a\",\"Label\":\"RequestCount\",\"Timestamps\":[1,2],\"Values\":[3,4]}"),
        Just("Running "),
        Just("50%  1.00ms"),
        Just("9 requests in 2.00s"),
        Just("é"),
        Just("\u{0}"),
    ];
    vec(token, 0..60).prop_map(|tokens| tokens.concat().into_bytes())
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_told(bytes in prop_oneof![vec(any::<u8>(), 0..400), tokens()]) {
        told(csv("a.csv", &bytes[..], &Mapping::default()));
        told(get_metric_data("a.json", &bytes[..]));
        told(k6("2tasks.json", &bytes[..]));
        told(summary(LEVEL, &bytes[..]));
        told(read(LEVEL, &bytes[..], &Mapping::default()).map(|(_, recording)| recording));
    }

    #[test]
    fn any_flag_is_taken_or_told(flag in ".{0,20}") {
        let mut mapping = Mapping::default();
        for fault in [mapping.column(&flag), mapping.kind(&flag), mapping.unit(&flag), mapping.began(&flag)] {
            if let Err(fault) = fault {
                prop_assert!(fault.of.starts_with("--"));
            }
        }
    }

    #[test]
    fn a_load_test_that_is_written_is_read_as_it_was(test in load_tests()) {
        let read = load_test(recording(&write(&test.times, &columns(&test), 0..test.len())));
        prop_assert!(same(&read, &test), "{read:?}");
    }

    #[test]
    fn the_order_of_rows_does_not_matter(
        (test, order) in load_tests().prop_flat_map(|test| {
            let order: Vec<usize> = (0..test.len()).collect();
            (Just(test), Just(order).prop_shuffle())
        }),
    ) {
        let read = load_test(recording(&write(&test.times, &columns(&test), order)));
        prop_assert!(same(&read, &test), "{read:?}");
    }

    #[test]
    fn columns_in_two_files_are_read_as_in_one(test in load_tests(), at in 1..7_usize) {
        let columns = columns(&test);
        let (left, right) = columns.split_at(at);
        let of = |columns| recording(&write(&test.times, columns, 0..test.len()));
        let read = load_test(of(left).join(of(right)));
        prop_assert!(same(&read, &test), "{read:?}");
    }

    #[test]
    fn rows_in_two_files_are_read_as_in_one(test in load_tests(), dealt in vec(any::<bool>(), 60)) {
        // Dates, as times since a start say that the second file is another run.
        let times: Vec<f64> = test.times.iter().map(|time| 1.8e9 + time).collect();
        let of = |first: bool| {
            let rows = (0..test.len()).filter(|row| dealt.get(*row) == Some(&first));
            csv("load.csv", write(&times, &columns(&test), rows).as_bytes(), &Mapping::default())
        };
        let (Ok(first), Ok(second)) = (of(true), of(false)) else { return Ok(()) };
        let read = load_test(first.join(second));
        prop_assert!(same(&read, &test), "{read:?}");
    }
}

#[test]
fn a_hundred_thousand_rows_are_kept_in_no_more_than_the_most_times() {
    let mut text = String::from("time,tasks,rps,cpu\n");
    for row in 0..100_000_u32 {
        let tasks = 1 + row / 50_000;
        text.push_str(&format!("{row},{tasks},{},{}\n", row % 977, row % 89));
    }
    let reading = recording(&text).into_load_test(&Mapping::default()).unwrap();
    let test = &reading.test;
    assert!(test.len() <= MOST_TIMES && test.len() > MOST_TIMES / 2, "{}", test.len());
    let mean = test.demand.iter().sum::<f64>() / test.len() as f64;
    assert!((mean - 488.0).abs() < 2.0, "{mean}");
    assert!(test.tasks.iter().filter(|tasks| tasks.is_nan()).count() <= 1);
    assert!(reading.notes.iter().any(|note| note.what.contains("100000 rows are averaged by 32")));
}

//! Percentiles and rates of requests that are recorded one by one.

use std::fmt::Write as _;

use load_test::{Format, LoadTest, Mapping, Quantile, Recording, read};
use serde_json::json;
use time::format_description::well_known::Rfc3339;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

const BEGAN: OffsetDateTime = datetime!(2026-11-26 08:00 UTC);

/// Seconds of a level.
const LASTS: f64 = 180.0;

/// A share from 0 to 1, the same at every run.
fn chance(state: &mut u64) -> f64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 11) as f64 / (1_u64 << 53) as f64
}

/// When requests were sent and how long they took: at `rate`, then at twice of it. One in a hundred
/// takes ten times its time or more.
fn requests(rate: f64) -> Vec<(f64, f64)> {
    let (mut state, mut all) = (7, Vec::new());
    for (from, rate, slow) in [(0.0, rate, 1.0), (LASTS, 2.0 * rate, 1.5)] {
        all.extend((0..(LASTS * rate) as u32).map(|request| {
            let took = 0.03 * slow * (1.0 - chance(&mut state)).powf(-0.6);
            (from + (f64::from(request) + 0.5) / rate, took.min(30.0))
        }));
    }
    all
}

/// In the order in which they ended, as load generators write them.
fn vegeta(requests: &[(f64, f64)], from: f64) -> String {
    let mut requests = requests.to_vec();
    requests.sort_by(|a, b| (a.0 + a.1).total_cmp(&(b.0 + b.1)));
    let mut csv = String::new();
    for (sent, took) in requests {
        let sent = (BEGAN + Duration::seconds_f64(from + sent)).unix_timestamp_nanos();
        writeln!(csv, "{sent},200,{},0,2,,,,0,GET,http://a,", (took * 1e9) as u64).unwrap();
    }
    csv
}

/// CloudWatch's, by the minute.
fn metrics(minutes: i64) -> Recording {
    let at = |minute| (BEGAN + Duration::minutes(minute)).format(&Rfc3339).unwrap();
    let times: Vec<_> = (0..minutes).map(at).collect();
    let result = |id: &str, label: &str, value: f64| {
        json!({"Id": id, "Label": label, "StatusCode": "Complete", "Timestamps": times,
            "Values": vec![value; times.len()]})
    };
    let results = [result("c", "CPUUtilization", 40.0), result("t", "RunningTaskCount", 2.0)];
    let text = json!({"MetricDataResults": results, "Messages": []}).to_string();
    read("metrics.json", text.as_bytes(), &Mapping::default()).unwrap().1
}

fn load_test(recording: Recording) -> LoadTest {
    recording.into_load_test(&Mapping::default()).unwrap().test
}

fn load(text: &str) -> Recording {
    let (format, recording) = read("2tasks.csv", text.as_bytes(), &Mapping::default()).unwrap();
    assert_eq!(format, Format::VegetaCsv);
    recording
}

/// Between the two values that are nearest.
fn exact(requests: &[(f64, f64)], span: std::ops::Range<f64>, at: f64) -> f64 {
    let within = requests.iter().filter(|(sent, _)| span.contains(sent));
    let mut times: Vec<f64> = within.map(|(_, took)| *took).collect();
    times.sort_by(f64::total_cmp);
    let rank = at * (times.len() - 1) as f64;
    let time = |rank: f64| times.get(rank as usize).copied().unwrap();
    time(rank.floor()) + (time(rank.ceil()) - time(rank.floor())) * rank.fract()
}

/// Holds the percentiles of the requests of `span` against those of the times from `first` on.
fn hold(test: &LoadTest, requests: &[(f64, f64)], span: std::ops::Range<f64>, from: f64) {
    let times = test.times.iter().map(|time| time + from);
    let picked: Vec<usize> =
        times.enumerate().filter(|(_, time)| span.contains(time)).map(|(at, _)| at).collect();
    for (quantile, at) in [(Quantile::P50, 0.5), (Quantile::P95, 0.95), (Quantile::P99, 0.99)] {
        let told = test.latency.over(quantile, &picked).unwrap();
        let exact = exact(requests, span.clone(), at);
        assert!((told / exact - 1.0).abs() < 0.02, "{quantile:?} of {span:?}: {told} for {exact}");
    }
}

#[test]
fn percentiles_of_a_level_are_those_of_all_its_requests() {
    for rate in [1.0, 2.0, 4.0, 10.0, 100.0, 1000.0] {
        let requests = requests(rate);
        let csv = vegeta(&requests, 0.0);
        for test in [load_test(load(&csv)), load_test(load(&csv).join(metrics(6)))] {
            hold(&test, &requests, 0.0..LASTS, 0.0);
            hold(&test, &requests, LASTS..2.0 * LASTS, 0.0);
            let (low, high) = test.demand.split_at(test.len() / 2);
            let mean = |demand: &[f64]| demand.iter().sum::<f64>() / demand.len() as f64;
            assert!((mean(low) / rate - 1.0).abs() < 0.01, "{low:?}");
            assert!((mean(high) / rate / 2.0 - 1.0).abs() < 0.01, "{high:?}");
        }
    }
}

#[test]
fn the_ends_of_a_test_within_an_interval_count_for_its_levels() {
    // It begins 15 s before a minute ends, and ends 15 s after another begins.
    for rate in [1.0, 10.0] {
        let mut requests = requests(rate);
        requests.retain(|(sent, _)| *sent < 330.0);
        let test = load_test(load(&vegeta(&requests, 45.0)).join(metrics(7)));
        assert_eq!(test.len(), 7);
        let all: Vec<usize> = (0..test.len()).collect();
        let told = test.latency.over(Quantile::P95, &all).unwrap();
        let exact = exact(&requests, 0.0..2.0 * LASTS, 0.95);
        assert!((told / exact - 1.0).abs() < 0.02, "{told} for {exact}");
        assert!(test.demand[0].is_nan() && test.demand[6].is_nan(), "{:?}", test.demand);
        assert!((test.demand[5] / rate / 2.0 - 1.0).abs() < 0.05, "{:?}", test.demand);
    }
}

#[test]
fn requests_that_end_late_do_not_lengthen_the_test() {
    let mut requests = requests(1.0);
    let last = requests.len() - 1;
    requests[last].1 = 95.0;
    for test in [
        load_test(load(&vegeta(&requests, 0.0))),
        load_test(load(&vegeta(&requests, 0.0)).join(metrics(6))),
    ] {
        let step = test.times[1];
        assert_eq!(test.times.last().copied(), Some(2.0 * LASTS - step));
        hold(&test, &requests, LASTS..2.0 * LASTS, 0.0);
        assert!((test.demand[test.len() - 1] - 2.0).abs() < 0.1, "{:?}", test.demand);
    }
}

#[test]
fn requests_after_a_gap_are_not_of_the_level_before() {
    let first: Vec<_> = (0..180).map(|sent| (f64::from(sent), 0.02)).collect();
    // It begins 10 s before the fifth minute ends.
    let second: Vec<_> = (290..480).map(|sent| (f64::from(sent), 2.0)).collect();
    let recording = load(&vegeta(&first, 0.0)).join(load(&vegeta(&second, 0.0)));
    let test = load_test(recording.join(metrics(8)));
    let before = test.latency.over(Quantile::P99, &[0, 1, 2, 3, 4]).unwrap();
    assert!((before / 0.02 - 1.0).abs() < 0.02, "{before}");
}

#[test]
fn runs_in_files_of_one_name_are_all_counted() {
    let run: Vec<_> = (0..120).map(|sent| (f64::from(sent), 0.02)).collect();
    let test = load_test(load(&vegeta(&run, 0.0)).join(load(&vegeta(&run, 300.0))));
    assert_eq!(test.times.last(), Some(&410.0));
    assert!((test.demand[test.len() - 1] - 1.0).abs() < 0.01, "{:?}", test.demand);
}

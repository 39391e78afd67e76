//! The levels of a load test whose requests were recorded one by one.

use std::fmt::Write as _;

use advice::advise;
use advice::settings::{Objective, Settings};
use load_test::{Format, Mapping, Quantile, read, read_as};

/// Requests that were sent and how long they took: at 1, 2, 4 and 6 a second, 180 s each. One in
/// ten takes five times as long.
fn requests() -> Vec<(f64, f64)> {
    let mut all = Vec::new();
    for (level, rate) in [1.0, 2.0, 4.0, 6.0].into_iter().enumerate() {
        let count = (180.0 * rate) as u32;
        all.extend((0..count).map(|request| {
            let request = f64::from(request);
            // The golden ratio spreads them evenly between 0 and 1, whatever their number.
            let chance = (request * 0.618_033_988_75).fract();
            let slow = if chance > 0.9 { 5.0 } else { 1.0 };
            let took = 0.02 * (1.0 + level as f64 / 3.0) * (1.0 + chance) * slow;
            (180.0 * level as f64 + request / rate, took)
        }));
    }
    all
}

fn exact_p95(requests: &[(f64, f64)], span: std::ops::Range<f64>) -> f64 {
    let within = requests.iter().filter(|(sent, _)| span.contains(sent));
    let mut times: Vec<f64> = within.map(|(_, took)| *took).collect();
    times.sort_by(f64::total_cmp);
    times.get((0.95 * (times.len() - 1) as f64).round() as usize).copied().unwrap()
}

#[test]
fn percentiles_of_levels_with_few_requests_a_second_are_the_requests_own() {
    let requests = requests();
    let mut hey = "response-time,DNS+dialup,Response-delay,status-code,offset\n".to_owned();
    for (sent, took) in &requests {
        writeln!(hey, "{took:.6},0,0,200,{sent:.6}").unwrap();
    }
    let minutes: Vec<String> = (0..12).map(|at| format!("\"2026-11-26T08:{at:02}:00Z\"")).collect();
    let cpu = [4, 4, 4, 9, 9, 9, 18, 18, 18, 27, 27, 27].map(|cpu| cpu.to_string());
    let metrics = format!(
        "{{\"MetricDataResults\": [{{\"Id\": \"c\", \"Label\": \"CPUUtilization\", \
         \"StatusCode\": \"Complete\", \"Timestamps\": [{}], \"Values\": [{}]}}]}}",
        minutes.join(","),
        cpu.join(",")
    );
    let mapping = Mapping::default();
    let load = || {
        let name = "20261126T080000Z-1task.hey.csv";
        let (format, load) = read(name, hey.as_bytes(), &mapping).unwrap();
        assert_eq!(format, Format::HeyCsv);
        load
    };
    let metrics =
        read_as(Format::GetMetricData, "metrics.json", metrics.as_bytes(), &mapping).unwrap();
    let settings = Settings {
        objective: Objective {
            latency: Some((Quantile::P95, 1.0)),
            ..Settings::default().objective
        },
        resamples: 2,
        ..Settings::default()
    };
    for recording in [load(), load().join(metrics)] {
        let test = recording.into_load_test(&mapping).unwrap().test;
        let advice = advise(&test, &settings, &mut |_, _| {});
        assert_eq!(advice.plateaus.len(), 4, "{:?}", advice.plateaus);
        for (plateau, rate) in advice.plateaus.iter().zip([1.0, 2.0, 4.0, 6.0]) {
            assert!((plateau.demand / rate - 1.0).abs() < 0.02, "{plateau:?}");
            let told = plateau.latency.unwrap();
            let exact = exact_p95(&requests, plateau.steady_from..plateau.to);
            assert!((told / exact - 1.0).abs() < 0.02, "{told} for {exact}: {plateau:?}");
        }
    }
}

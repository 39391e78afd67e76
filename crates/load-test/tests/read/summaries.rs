//! Levels of which a load generator wrote a summary, joined to a load test.

use load_test::{Mapping, Reading, read};

fn wrk(requests: u32, errors: &str) -> String {
    format!(
        "thread 1 created\nRunning 1m test @ http://shop.example.com/\n  2 threads and 4 connections\n  \
         Thread Stats   Avg      Stdev     Max   +/- Stdev\n    \
         Latency    20.00ms    5.00ms 900.00us   80.00%\n  \
         {requests} requests in 1.00m, 1.00MB read\n{errors}Requests/sec: 1.00\nTransfer/sec: 1.00KB\n"
    )
}

fn reading(files: &[(&str, String)]) -> Reading {
    let read =
        |(name, text): &(&str, String)| read(name, text.as_bytes(), &Mapping::default()).unwrap().1;
    let recording = files.iter().map(read).reduce(load_test::Recording::join).unwrap();
    recording.into_load_test(&Mapping::default()).unwrap()
}

#[test]
fn late_answers_do_not_add_to_demand() {
    let late = "  Socket errors: connect 0, read 0, write 0, timeout 300\n";
    let reading = reading(&[
        ("20261126T080000Z-1tasks.wrk.txt", wrk(600, "")),
        ("20261126T080100Z-1tasks.wrk.txt", wrk(1200, late)),
    ]);
    assert_eq!(reading.test.demand[..6], [10.0; 6]);
    assert_eq!(reading.test.demand[6..], [20.0; 6]);
    assert_eq!(reading.test.errors.unwrap()[6..], [0.25; 6]);
    assert!(
        reading.notes.iter().any(|note| note.what.contains("--timeout")),
        "{:?}",
        reading.notes
    );
}

#[test]
fn a_level_without_an_answer_has_errors_and_no_latency() {
    let broken = "  Socket errors: connect 0, read 120, write 0, timeout 0\n";
    let none = wrk(0, broken).replace("20.00ms", "0.00us").replace("80.00%", "-nan%");
    let reading = reading(&[
        ("20261126T080000Z-1tasks.wrk.txt", none),
        ("20261126T080100Z-1tasks.wrk.txt", wrk(600, "")),
    ]);
    let test = reading.test;
    let mean = test.latency.mean.unwrap();
    assert!(mean[0].is_nan() && mean[6] == 0.02, "{mean:?}");
    assert_eq!((test.demand[0], test.errors.unwrap()[0]), (2.0, 1.0));
}

#[test]
fn a_report_of_vegeta_needs_no_time_in_its_name() {
    let report = include_str!("../../src/formats/vegeta/samples/report.json").to_owned();
    let reading = reading(&[("2tasks.json", report)]);
    assert_eq!(reading.began.unwrap().unix_timestamp(), 1_795_680_000);
}

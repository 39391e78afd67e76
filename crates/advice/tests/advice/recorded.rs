//! What real load generators wrote about a service whose limit is known: see
//! `crates/load-test/recorded/README.md`.
//!
//! A task has two workers, and each holds a request for 0.1 s, so a task serves 20 requests a
//! second. The knee is where the objective breaks, three times the response time of the lowest
//! level, and not where the workers are all busy. Between the levels at 15 and 18 requests a second
//! and the one above 20, queueing decides which of the two comes first, so a knee within 15% of the
//! limit is right: 17 to 23 requests a second.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use advice::advice::{Advice, Knee, Recommendation, Verdict};
use advice::advise;
use advice::settings::Settings;
use load_test::{Format, Mapping, Reading, Recording, read};

const LIMIT: f64 = 20.0;
const TOLERANCE: f64 = 0.15;
const WORKERS: f64 = 2.0;
/// The gauge is sampled every 10 s: the first and the last sample of a level hold some of what is
/// beside it.
const GAUGE: f64 = 0.1;

/// Every file that a load generator wrote, in the order of their names.
fn files(tool: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../load-test/recorded").join(tool);
    let all = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = all
        .filter(|path| !path.ends_with("metrics.json") && !path.ends_with("commands.txt"))
        .collect();
    files.sort();
    files
}

fn open(path: &Path) -> (Format, Recording) {
    let name = path.file_name().unwrap().to_str().unwrap();
    read(name, File::open(path).unwrap(), &Mapping::default()).unwrap()
}

/// The files of a tool with the metrics that its server recorded.
fn joined(tool: &str, format: Format) -> Reading {
    let files = files(tool);
    let metrics = files[0].with_file_name("metrics.json");
    let (known, metrics) = open(&metrics);
    assert_eq!(known, Format::GetMetricData);
    let recording = files.iter().fold(metrics, |recording, file| {
        let (known, of) = open(file);
        assert_eq!(known, format, "{}", file.display());
        recording.join(of)
    });
    recording.into_load_test(&Mapping::default()).unwrap()
}

fn said(reading: &Reading, advice: &Advice) -> String {
    let guesses = reading.guesses.iter().map(ToString::to_string);
    let notes = reading.notes.iter().map(ToString::to_string);
    let levels = advice.plateaus.iter().map(|level| {
        let Some(busy) = level.metrics.first().copied().flatten() else { return String::new() };
        format!(
            "{} s to {} s: {} tasks, {:.1}/s, completed {:?}, latency {:?}, errors {:?}, busy {:.2}, good {}",
            level.from, level.to, level.tasks, level.demand, level.completed, level.latency, level.errors,
            busy.value, level.good
        )
    });
    let verdict = format!("{:#?}\n{:?}\n{:?}", advice.metrics, advice.verdict, advice.knee);
    guesses.chain(notes).chain(levels).chain([verdict]).collect::<Vec<_>>().join("\n")
}

/// Asserts that the answer is what is known of the service.
fn answers_the_limit(tool: &str, format: Format) {
    let reading = joined(tool, format);
    let advice = advise(&reading.test, &Settings::default(), &mut |_, _| {});
    let said = said(&reading, &advice);
    let Some(Knee { per_task: knee, .. }) = advice.knee else { panic!("no knee\n{said}") };
    assert!((knee.value / LIMIT - 1.0).abs() <= TOLERANCE, "{said}");
    let Verdict::Recommended(Recommendation { metric, at_knee, target, .. }) = &advice.verdict
    else {
        panic!("nothing recommended\n{said}")
    };
    assert_eq!(metric, "BusyWorkers", "{said}");
    // Each request holds a worker for 0.1 s, whatever the rate.
    assert!((at_knee / WORKERS - knee.value / LIMIT).abs() <= GAUGE, "{said}");
    assert!(target.value < *at_knee, "{said}");
}

#[test]
fn heys_csv_answers_the_limit() {
    answers_the_limit("hey-csv", Format::HeyCsv);
}

#[test]
fn heys_text_answers_the_limit() {
    answers_the_limit("hey-text", Format::HeyText);
}

#[test]
fn ohas_json_answers_the_limit() {
    answers_the_limit("oha-json", Format::OhaJson);
}

#[test]
fn ohas_text_answers_the_limit() {
    answers_the_limit("oha-text", Format::OhaText);
}

#[test]
fn wrks_text_answers_the_limit() {
    answers_the_limit("wrk", Format::Wrk);
}

#[test]
fn jmeters_results_answer_the_limit() {
    answers_the_limit("jmeter", Format::Jmeter);
}

#[test]
fn locusts_history_answers_the_limit() {
    answers_the_limit("locust", Format::Locust);
}

#[test]
fn locusts_full_history_answers_the_limit() {
    answers_the_limit("locust-full", Format::Locust);
}

//! Files that real load generators wrote: see `recorded/README.md`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use load_test::{Format, Mapping, read};

/// What a tool wrote, and the metrics that its server recorded.
fn files(tool: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("recorded").join(tool);
    let all = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = all.filter(|path| !path.ends_with("commands.txt")).collect();
    files.sort();
    files
}

/// Each file is read alone, by its name and content.
fn is_known(tool: &str, format: Format, count: usize) {
    let files = files(tool);
    assert_eq!(files.len(), count + 1, "{files:?}");
    for path in files {
        let name = path.file_name().unwrap().to_str().unwrap();
        let right = if name == "metrics.json" { Format::GetMetricData } else { format };
        match read(name, File::open(&path).unwrap(), &Mapping::default()) {
            Ok((known, _)) => assert_eq!(known, right, "{tool}/{name}"),
            Err(fault) => panic!("{tool}/{name}: {fault}"),
        }
    }
}

#[test]
fn hey_0_1_4_writes_csv() {
    is_known("hey-csv", Format::HeyCsv, 8);
}

#[test]
fn hey_0_1_4_writes_text() {
    is_known("hey-text", Format::HeyText, 8);
}

#[test]
fn oha_1_16_0_writes_json() {
    is_known("oha-json", Format::OhaJson, 7);
}

#[test]
fn oha_1_16_0_writes_text() {
    is_known("oha-text", Format::OhaText, 7);
}

#[test]
fn wrk_4_1_0_writes_text() {
    is_known("wrk", Format::Wrk, 8);
}

#[test]
fn jmeter_2_13_writes_results() {
    is_known("jmeter", Format::Jmeter, 8);
}

#[test]
fn locust_2_47_0_writes_a_history() {
    is_known("locust", Format::Locust, 1);
}

#[test]
fn locust_2_47_0_writes_a_full_history() {
    is_known("locust-full", Format::Locust, 1);
}

/// A service that never answers. The tools count what they gave up, but for wrk 4, which counts late
/// answers alone: how much it sent is unknown.
#[test]
fn levels_without_an_answer_have_no_response_times() {
    for path in files("silent") {
        let name = path.file_name().unwrap().to_str().unwrap();
        let (_, recording) = read(name, File::open(&path).unwrap(), &Mapping::default()).unwrap();
        let reading = recording.into_load_test(&Mapping::default());
        if name.ends_with("wrk.txt") {
            let told = reading.unwrap_err().to_string();
            assert!(told.starts_with("the demand: no column has it"), "{told}");
            continue;
        }
        let test = reading.unwrap().test;
        let known = |value: &f64| value.is_finite();
        assert!(!test.latency.all().flatten().any(known), "{name}: {:?}", test.latency);
        let errors: Vec<f64> = test.errors.into_iter().flatten().filter(known).collect();
        assert!(errors.iter().all(|share| *share == 1.0), "{name}: {errors:?}");
        assert!(!errors.is_empty(), "{name}");
    }
}

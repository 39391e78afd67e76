//! Every sample, by its content alone.

use std::fs;
use std::path::{Path, PathBuf};

use super::{READERS, Reader};
use crate::{Format, Mapping, read};

/// Of a level whose file says all that a file's name can say.
const NAME: &str = "20261126T080000Z-2tasks-100rps.txt";

/// All files of this directory that are no source, with their text.
fn samples() -> Vec<(PathBuf, Vec<u8>)> {
    fn add(directory: &Path, samples: &mut Vec<(PathBuf, Vec<u8>)>) {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            let source = path.extension().is_some_and(|name| name == "rs" || name == "md");
            if path.is_dir() {
                add(&path, samples);
            } else if !source {
                let text = fs::read(&path).unwrap();
                samples.push((path, text));
            }
        }
    }
    let mut samples = Vec::new();
    add(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/formats"), &mut samples);
    samples
}

/// All formats but the last, which is any.
fn claims(head: &[u8]) -> Vec<Format> {
    let (_, named) = READERS.split_last().unwrap();
    let claim = |reader: &&Reader| (reader.is)(head.trim_ascii_start());
    named.iter().filter(claim).map(|reader| reader.format).collect()
}

#[test]
fn each_sample_is_known_as_one_format() {
    let samples = samples();
    assert!(samples.len() >= 9, "{samples:?}");
    for (path, text) in &samples {
        if text.starts_with(&[0x1f, 0x8b]) {
            continue;
        }
        let claims = claims(&text[..text.len().min(1 << 16)]);
        assert_eq!(claims.len(), 1, "{path:?} is known as {claims:?}");
    }
}

#[test]
fn samples_of_levels_are_known_as_what_they_are() {
    for (sample, format) in [
        ("wrk/samples/late.txt", Format::Wrk),
        ("wrk/samples/unanswered.txt", Format::Wrk),
        ("wrk/samples/wrk2.txt", Format::Wrk),
        ("oha/sample.json", Format::OhaJson),
        ("oha/sample.txt", Format::OhaText),
        ("hey/sample.txt", Format::HeyText),
        ("vegeta/samples/report.json", Format::VegetaReport),
        ("k6/samples/summary-export.json", Format::K6Summary),
        ("k6/samples/handle-summary.json", Format::K6Summary),
        ("k6/samples/machine-readable.json", Format::K6Summary),
    ] {
        let samples = samples();
        let (_, text) = samples.iter().find(|(path, _)| path.ends_with(sample)).unwrap();
        assert_eq!(claims(text), [format], "{sample}");
        let (known, recording) = read(NAME, &text[..], &Mapping::default()).unwrap();
        assert_eq!(known, format, "{sample}");
        let reading = recording.into_load_test(&Mapping::default()).unwrap();
        assert_eq!(reading.test.demand[0], 100.0, "{sample}");
    }
}

#[test]
fn a_sample_that_is_cut_off_is_read_or_told_by_its_name() {
    const CUTS: usize = 37;
    for (path, text) in samples() {
        for cut in 0..CUTS {
            let part = &text[..text.len() * cut / CUTS];
            let Err(fault) = read(NAME, part, &Mapping::default()) else { continue };
            let told = fault.to_string();
            assert!(told.contains(NAME), "{path:?} cut to {} bytes: {told}", part.len());
        }
    }
}

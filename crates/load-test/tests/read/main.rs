//! What is read from files, through the crate's interface.

#![expect(clippy::unwrap_used, clippy::panic, reason = "these are tests")]

mod csv;
mod demand;
mod properties;
mod recorded;
mod requests;
mod sources;
mod summaries;
mod time_series;

use std::io::Read;

use load_test::{Fault, Format, Mapping, Recording, read, read_as};

fn csv(name: &str, source: impl Read, mapping: &Mapping) -> Result<Recording, Fault> {
    read_as(Format::Csv, name, source, mapping)
}

fn k6(name: &str, source: impl Read) -> Result<Recording, Fault> {
    read_as(Format::K6Json, name, source, &Mapping::default())
}

fn get_metric_data(name: &str, source: impl Read) -> Result<Recording, Fault> {
    read_as(Format::GetMetricData, name, source, &Mapping::default())
}

fn summary(name: &str, source: impl Read) -> Result<Recording, Fault> {
    read(name, source, &Mapping::default()).map(|(_, recording)| recording)
}

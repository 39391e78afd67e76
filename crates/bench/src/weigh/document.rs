//! The measurements of the compiled functions for programs.

use serde::Serialize;
use time::Duration;

use super::{Measurements, ROUNDS, Weight, middle, milliseconds};
use crate::target;

#[derive(Debug, Serialize)]
pub(super) struct Document<'a> {
    starts_of_each: usize,
    root_certificates: usize,
    functions: Vec<Function>,
    targets: Vec<target::Row<'a>>,
}

#[derive(Debug, Serialize)]
struct Function {
    name: &'static str,
    init_cpu_milliseconds: Quartiles,
    first_invocation_cpu_milliseconds: Quartiles,
    /// The median number of calls in the first invocation.
    calls: u64,
    peak_memory_bytes: u64,
    binary_bytes: u64,
    zipped_bytes: u64,
}

#[derive(Debug, Serialize)]
struct Quartiles {
    lower_quartile: f64,
    median: f64,
    upper_quartile: f64,
}

impl<'a> Document<'a> {
    pub(super) fn of(all: &'a Measurements) -> Self {
        Self {
            starts_of_each: ROUNDS,
            root_certificates: all.roots,
            functions: all.weights.iter().map(Function::of).collect(),
            targets: target::Row::all(&all.targets),
        }
    }
}

impl Function {
    fn of(weight: &Weight) -> Self {
        Self {
            name: weight.subject.name,
            init_cpu_milliseconds: Quartiles::of(&weight.sorted(|sample| sample.init)),
            first_invocation_cpu_milliseconds: Quartiles::of(&weight.sorted(|one| one.first)),
            calls: middle(&weight.sorted(|sample| sample.calls)).unwrap_or_default(),
            peak_memory_bytes: middle(&weight.sorted(|one| one.peak_bytes)).unwrap_or_default(),
            binary_bytes: weight.binary_bytes,
            zipped_bytes: weight.zipped_bytes,
        }
    }
}

impl Quartiles {
    fn of(sorted: &[Duration]) -> Self {
        let at = |quarter: usize| milliseconds(sorted.get(sorted.len() * quarter / 4).copied());
        Self { lower_quartile: at(1), median: at(2), upper_quartile: at(3) }
    }
}

//! The load test, from files.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use load_test::{Format, Mapping, Recording};

use crate::exit::Failure;
use crate::progress::Progress;

/// How the names and units of columns are told.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "What the columns are, where their names do not tell")]
pub struct Columns {
    /// A column's role, as demand=rps. Roles: time, tasks, demand, mean, p50, p95, p99,
    /// errors, completed, metric
    #[arg(long = "column", value_name = "ROLE=COLUMN")]
    roles: Vec<String>,
    /// What a metric measures, as jobs=queue. Kinds: cpu, memory, heap, collection,
    /// concurrency, throughput, queue, lag, traffic, latency, errors, other
    #[arg(long = "kind", value_name = "COLUMN=KIND")]
    kinds: Vec<String>,
    /// A unit, as latency=ms, demand=minute, errors=percent or heap=bytes
    #[arg(long = "unit", value_name = "COLUMN=UNIT")]
    units: Vec<String>,
    /// A column to leave out
    #[arg(long = "ignore", value_name = "COLUMN")]
    ignored: Vec<String>,
    /// When the test began, if a file's times count from its start, as 2026-11-26T10:15:00Z
    #[arg(long, value_name = "TIME")]
    began: Option<String>,
}

impl Columns {
    /// The same, checked.
    ///
    /// # Errors
    /// When one is of no known form.
    pub fn mapping(&self) -> Result<Mapping, Failure> {
        let mut mapping = Mapping::default();
        self.roles.iter().try_for_each(|flag| mapping.column(flag))?;
        self.kinds.iter().try_for_each(|flag| mapping.kind(flag))?;
        self.units.iter().try_for_each(|flag| mapping.unit(flag))?;
        self.ignored.iter().for_each(|column| mapping.ignore(column));
        self.began.iter().try_for_each(|flag| mapping.began(flag))?;
        Ok(mapping)
    }
}

/// What a file holds; `-` is standard input.
///
/// # Errors
/// When it cannot be opened, or what it holds cannot be used.
pub fn read(
    path: &Path,
    mapping: &Mapping,
    progress: Progress,
) -> Result<(Format, Recording), Failure> {
    if path == Path::new("-") {
        return read_all("standard input", io::stdin().lock(), None, mapping, progress);
    }
    let name = path.display().to_string();
    let file = File::open(path).map_err(Failure::file(&name))?;
    let about = file.metadata().map_err(Failure::file(&name))?;
    if about.is_dir() {
        return Err(Failure::Input(format!("{name}: is a directory, give its files")));
    }
    let size = about.is_file().then_some(about.len());
    read_all(&name, file, size, mapping, progress)
}

fn read_all(
    name: &str,
    source: impl Read,
    size: Option<u64>,
    mapping: &Mapping,
    progress: Progress,
) -> Result<(Format, Recording), Failure> {
    let bar = progress.reading(name, size);
    let read = load_test::read(name, bar.wrap_read(source), mapping);
    bar.finish_and_clear();
    Ok(read?)
}

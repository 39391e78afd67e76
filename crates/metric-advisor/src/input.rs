//! The load test, from files.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use load_test::{Format, Mapping, Recording};

use sha2::{Digest as _, Sha256};

use crate::exit::Failure;
use crate::progress::Progress;

/// Options for the roles, kinds and units of columns.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Columns whose names do not show their meaning")]
pub struct Columns {
    /// Role of a column, for example demand=rps. Roles: time, tasks, demand, mean, p50, p95, p99,
    /// errors, completed, metric
    #[arg(long = "column", value_name = "ROLE=COLUMN")]
    roles: Vec<String>,
    /// What a metric measures, for example jobs=queue. Kinds: cpu, memory, heap, collection,
    /// concurrency, throughput, queue, lag, traffic, latency, errors, other
    #[arg(long = "kind", value_name = "COLUMN=KIND")]
    kinds: Vec<String>,
    /// Unit of a column, for example latency=ms, demand=minute, errors=percent or heap=bytes
    #[arg(long = "unit", value_name = "COLUMN=UNIT")]
    units: Vec<String>,
    /// Column to leave out
    #[arg(long = "ignore", value_name = "COLUMN")]
    ignored: Vec<String>,
}

impl Columns {
    /// The options as a mapping.
    ///
    /// # Errors
    /// When an option is malformed, or names an unknown role, kind or unit.
    pub fn mapping(&self) -> Result<Mapping, Failure> {
        let mut mapping = Mapping::default();
        self.roles.iter().try_for_each(|flag| mapping.column(flag))?;
        self.kinds.iter().try_for_each(|flag| mapping.kind(flag))?;
        self.units.iter().try_for_each(|flag| mapping.unit(flag))?;
        self.ignored.iter().for_each(|column| mapping.ignore(column));
        Ok(mapping)
    }
}

/// One file of a load test.
#[derive(Debug)]
pub struct Input {
    /// Its format.
    pub format: Format,
    /// Its content.
    pub recording: Recording,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// Reads a file; `-` is standard input.
///
/// # Errors
/// When it cannot be opened, or its content cannot be used.
pub fn read(path: &Path, mapping: &Mapping, progress: Progress) -> Result<Input, Failure> {
    if path == Path::new("-") {
        return read_all(STANDARD_INPUT, io::stdin().lock(), None, mapping, progress);
    }
    let name = path.display().to_string();
    let file = File::open(path).map_err(Failure::file(&name))?;
    let about = file.metadata().map_err(Failure::file(&name))?;
    if about.is_dir() {
        return Err(Failure::Input(format!("{name}: is a directory; give its files")));
    }
    let size = about.is_file().then_some(about.len());
    read_all(&name, file, size, mapping, progress)
}

/// The name of standard input in messages.
pub const STANDARD_INPUT: &str = "standard input";

fn read_all(
    name: &str,
    source: impl Read,
    size: Option<u64>,
    mapping: &Mapping,
    progress: Progress,
) -> Result<Input, Failure> {
    let bar = progress.reading(name, size);
    let mut source = Hashed { source: bar.wrap_read(source), hash: Sha256::new() };
    let (format, recording) = load_test::read(name, &mut source, mapping)?;
    // A reader may stop before the end.
    io::copy(&mut source, &mut io::sink()).map_err(Failure::file(name))?;
    bar.finish_and_clear();
    let hash = source.hash.finalize();
    let sha256 = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Input { format, recording, sha256 })
}

/// A source that hashes all bytes that are read from it.
struct Hashed<R> {
    source: R,
    hash: Sha256,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(buffer)?;
        self.hash.update(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}

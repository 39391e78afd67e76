//! What reading a large CSV takes: memory at its peak, and CPU time beside a plain read of the
//! file. Linux only. `cargo run --example read_million`
//!
//! Each reading is a process of its own, as a process's peak of memory does not come down. Both
//! read a file that was just written, so from memory and not from disk: the ratio is the highest
//! that there can be.

use std::error::Error;
use std::fs::{self, File};
use std::io::{BufWriter, Read, Write};
use std::path::Path;
use std::process::Command;

use load_test::{Format, Mapping, read_as};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => compare(),
        ["plain", file] => {
            plain(File::open(file)?)?;
            used()
        }
        ["csv", file] => {
            let mapping = Mapping::default();
            let test = read_as(Format::Csv, file, File::open(file)?, &mapping)?
                .into_load_test(&mapping)?
                .test;
            println!("{}", test.len());
            used()
        }
        _ => Err("give no argument".into()),
    }
}

fn compare() -> Result<(), Box<dyn Error>> {
    println!(
        "    rows        MB  times kept  plain CPU ms  csv CPU ms  ratio  plain peak KiB  csv peak KiB"
    );
    for rows in [100_000, 1_000_000, 4_000_000] {
        let file = std::env::temp_dir().join(format!("read-{rows}-{}.csv", std::process::id()));
        write(&file, rows)?;
        let megabytes = fs::metadata(&file)?.len() as f64 / 1e6;
        let plain = child("plain", &file)?;
        let read = child("csv", &file)?;
        fs::remove_file(&file)?;
        let ([plain_ns, plain_kib], [kept, read_ns, read_kib]) =
            (plain.as_slice(), read.as_slice())
        else {
            return Err("a reading did not tell what it used".into());
        };
        println!(
            "{rows:>8}  {megabytes:>8.1}  {kept:>10}  {:>12.1}  {:>10.1}  {:>5.1}  {plain_kib:>14}  {read_kib:>12}",
            plain_ns / 1e6,
            read_ns / 1e6,
            read_ns / plain_ns,
        );
    }
    Ok(())
}

/// Twelve columns by the second, of as many digits as programs write.
fn write(file: &Path, rows: u32) -> Result<(), Box<dyn Error>> {
    let mut into = BufWriter::new(File::create(file)?);
    writeln!(
        into,
        "timestamp,tasks,rps,p50_ms,p95_ms,p99_ms,error_share,completed,cpu_percent,memory_percent,connections,network_bytes"
    )?;
    for row in 0..rows {
        let second = 1_795_688_100_u64 + u64::from(row);
        let tasks = 2 + 2 * (row / (rows / 2 + 1));
        let demand = 100.0 + f64::from(row % 1000) * 0.731;
        let share = demand / f64::from(tasks) / 450.0;
        writeln!(
            into,
            "{second},{tasks},{demand:.3},{:.4},{:.4},{:.4},0.0012,{demand:.3},{:.4},{:.4},{:.2},{:.1}",
            20.0 + 40.0 * share,
            60.0 + 160.0 * share,
            90.0 + 400.0 * share,
            90.0 * share,
            30.0 + 20.0 * share,
            demand * 0.08,
            demand * 2311.7,
        )?;
    }
    Ok(into.flush()?)
}

fn plain(mut file: File) -> Result<(), Box<dyn Error>> {
    let mut buffer = vec![0; 64 * 1024];
    while file.read(&mut buffer)? > 0 {}
    Ok(())
}

fn child(how: &str, file: &Path) -> Result<Vec<f64>, Box<dyn Error>> {
    let output = Command::new(std::env::current_exe()?).arg(how).arg(file).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let told = String::from_utf8(output.stdout)?;
    Ok(told.split_whitespace().map(str::parse).collect::<Result<_, _>>()?)
}

/// Nanoseconds on a CPU, and KiB at the peak.
fn used() -> Result<(), Box<dyn Error>> {
    let schedule = fs::read_to_string("/proc/self/schedstat")?;
    let status = fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let first = |text: &str| text.split_whitespace().next().unwrap_or_default().to_owned();
    println!("{} {}", first(&schedule), first(peak.unwrap_or_default()));
    Ok(())
}

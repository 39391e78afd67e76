//! What reading large files takes: memory at its peak, and CPU time beside a plain read of the
//! file. Linux only. `cargo run --release --example read_million [FORMAT]`
//!
//! Each reading is a process of its own, as a process's peak of memory does not come down. Both
//! read a file that was just written, so from memory and not from disk: the ratio is the highest
//! that there can be.

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;
use std::process::Command;

use load_test::{Format, Mapping, read_as};

/// A format, and what writes so many rows of it.
type Rows = (&'static str, Format, fn(&mut dyn Write, u32) -> io::Result<()>);

const FORMATS: [Rows; 7] = [
    ("csv", Format::Csv, csv),
    ("k6-csv", Format::K6Csv, k6_csv),
    ("k6-json", Format::K6Json, k6_json),
    ("jmeter", Format::Jmeter, jmeter),
    ("hey", Format::HeyCsv, hey),
    ("vegeta-csv", Format::VegetaCsv, vegeta_csv),
    ("vegeta-json", Format::VegetaJson, vegeta_json),
];

/// Requests a second of the formats that have a row for each.
const RATE: u32 = 1000;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => compare(&FORMATS),
        ["plain", file] => {
            plain(File::open(file)?)?;
            used()
        }
        [name] => compare(&[format(name)?]),
        [name, file] => {
            let mapping = Mapping::default();
            let (_, format, _) = format(name)?;
            let test =
                read_as(format, file, File::open(file)?, &mapping)?.into_load_test(&mapping)?.test;
            println!("{}", test.len());
            used()
        }
        _ => Err("give a format or none".into()),
    }
}

fn format(name: &str) -> Result<Rows, String> {
    let known = FORMATS.into_iter().find(|(known, ..)| *known == name);
    known.ok_or_else(|| {
        format!("no format `{name}`; it is one of: {}", FORMATS.map(|(name, ..)| name).join(", "))
    })
}

fn compare(formats: &[Rows]) -> Result<(), Box<dyn Error>> {
    println!(
        "     format     rows        MB  times kept  plain CPU ms  read CPU ms  ratio  plain peak KiB  read peak KiB"
    );
    for (name, _, write) in formats {
        for rows in [100_000, 1_000_000] {
            let file = format!("2tasks-read-{rows}-{}.{name}", std::process::id());
            let file = std::env::temp_dir().join(file);
            let mut into = BufWriter::new(File::create(&file)?);
            write(&mut into, rows)?;
            into.flush()?;
            let megabytes = fs::metadata(&file)?.len() as f64 / 1e6;
            let read = child("plain", &file).and_then(|plain| Ok((plain, child(name, &file)?)));
            fs::remove_file(&file)?;
            let (plain, read) = read?;
            let ([plain_ns, plain_kib], [kept, read_ns, read_kib]) =
                (plain.as_slice(), read.as_slice())
            else {
                return Err("a reading did not tell what it used".into());
            };
            println!(
                "{name:>11}  {rows:>7}  {megabytes:>8.1}  {kept:>10}  {:>12.1}  {:>11.1}  {:>5.1}  {plain_kib:>14}  {read_kib:>13}",
                plain_ns / 1e6,
                read_ns / 1e6,
                read_ns / plain_ns,
            );
        }
    }
    Ok(())
}

/// When a request was sent, in milliseconds since the start, and how many it took.
fn request(row: u32) -> (u64, u32) {
    (
        u64::from(row) * 1000 / u64::from(RATE),
        20 + row % 97 + 900 * u32::from(row.is_multiple_of(100)),
    )
}

/// The start, in seconds since 1970.
const BEGAN: u64 = 1_795_680_000;

/// A time of the day of [`BEGAN`], so many milliseconds after it.
fn date(milliseconds: u64) -> String {
    let seconds = 8 * 3600 + milliseconds / 1000;
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    format!("2026-11-26T{hours:02}:{minutes:02}:{:02}.{:03}Z", seconds % 60, milliseconds % 1000)
}

/// The points of a request that k6 writes with its default options, as many as make up the rows.
const POINTS: [&str; 9] = [
    "http_reqs",
    "http_req_duration",
    "http_req_blocked",
    "http_req_connecting",
    "http_req_tls_handshaking",
    "http_req_sending",
    "http_req_waiting",
    "http_req_receiving",
    "http_req_failed",
];

fn points(row: u32) -> (u64, u32, &'static str) {
    let (sent, took) = request(row / POINTS.len() as u32);
    let point = POINTS.get(row as usize % POINTS.len()).copied();
    (sent + u64::from(took), took, point.unwrap_or_default())
}

fn k6_csv(into: &mut dyn Write, rows: u32) -> io::Result<()> {
    writeln!(
        into,
        "metric_name,timestamp,metric_value,check,error,error_code,expected_response,group,method,name,proto,scenario,service,status,subproto,tls_version,url,extra_tags,metadata"
    )?;
    for row in 0..rows {
        let (end, took, point) = points(row);
        let value = if point == "http_req_failed" { 0 } else { took };
        let second = BEGAN + end / 1000;
        writeln!(
            into,
            "{point},{second},{value}.000000,,,,true,,GET,http://web.example.com/items,HTTP/1.1,default,,200,,,http://web.example.com/items,,"
        )?;
    }
    Ok(())
}

fn k6_json(into: &mut dyn Write, rows: u32) -> io::Result<()> {
    for row in 0..rows {
        let (end, took, point) = points(row);
        let (end, value) = (date(end), if point == "http_req_failed" { 0 } else { took });
        writeln!(
            into,
            "{{\"metric\":\"{point}\",\"type\":\"Point\",\"data\":{{\"time\":\"{end}\",\"value\":{value},\"tags\":{{\"expected_response\":\"true\",\"group\":\"\",\"method\":\"GET\",\"name\":\"http://web.example.com/items\",\"proto\":\"HTTP/1.1\",\"scenario\":\"default\",\"status\":\"200\",\"url\":\"http://web.example.com/items\"}}}}}}"
        )?;
    }
    Ok(())
}

fn jmeter(into: &mut dyn Write, rows: u32) -> io::Result<()> {
    writeln!(
        into,
        "timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success,failureMessage,bytes,sentBytes,grpThreads,allThreads,URL,Latency,IdleTime,Connect"
    )?;
    for row in 0..rows {
        let (sent, took) = request(row);
        let sent = BEGAN * 1000 + sent;
        writeln!(
            into,
            "{sent},{took},GET items,200,OK,Users 1-{},text,true,,1532,118,50,50,http://web.example.com/items,{took},0,0",
            row % 50
        )?;
    }
    Ok(())
}

fn hey(into: &mut dyn Write, rows: u32) -> io::Result<()> {
    writeln!(
        into,
        "response-time,DNS+dialup,DNS,Request-write,Response-delay,Response-read,status-code,offset"
    )?;
    for row in 0..rows {
        let (sent, took) = request(row);
        let (sent, took) = (sent as f64 / 1e3, f64::from(took) / 1e3);
        writeln!(into, "{took:.4},0.0000,0.0000,0.0000,{took:.4},0.0001,200,{sent:.4}")?;
    }
    Ok(())
}

fn vegeta_csv(into: &mut dyn Write, rows: u32) -> io::Result<()> {
    for row in 0..rows {
        let (sent, took) = request(row);
        let sent = (BEGAN * 1000 + sent) * 1_000_000 + 123_457;
        writeln!(
            into,
            "{sent},200,{took}000123,0,2,,b2s=,,{row},GET,http://web.example.com/items,Q29udGVudC1MZW5ndGg6IDINCg=="
        )?;
    }
    Ok(())
}

fn vegeta_json(into: &mut dyn Write, rows: u32) -> io::Result<()> {
    for row in 0..rows {
        let (sent, took) = request(row);
        let sent = date(sent);
        writeln!(
            into,
            "{{\"attack\":\"\",\"seq\":{row},\"code\":200,\"timestamp\":\"{sent}\",\"latency\":{took}000123,\"bytes_out\":0,\"bytes_in\":2,\"error\":\"\",\"body\":\"b2s=\",\"method\":\"GET\",\"url\":\"http://web.example.com/items\",\"headers\":{{\"Content-Length\":[\"2\"]}}}}"
        )?;
    }
    Ok(())
}

/// Twelve columns by the second, of as many digits as programs write.
fn csv(into: &mut dyn Write, rows: u32) -> io::Result<()> {
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
    Ok(())
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

//! One load test in every format: the answers agree.

use std::sync::LazyLock;

use advice::advice::{Advice, Recommendation, Verdict};
use advice::advise;
use advice::settings::Settings;
use advisor_bench::log::Log;
use advisor_bench::write::{File, LOADS, METRICS, Writer};
use load_test::{Format, Mapping, Quantile, Recording};

/// What a format is to be read as, and how near its answer has to be.
struct Expected {
    format: Format,
    /// The statistic of response times that it is asked for.
    quantile: Quantile,
    /// By what share knee and target may differ from those of plain CSV.
    within: f64,
}

/// For formats with each request or each minute.
const NEAR: f64 = 0.03;

/// Of formats that only have summaries: of a level, or of some seconds.
const SUMMARY: f64 = 0.1;

fn expected(name: &str) -> Expected {
    use Quantile::{Mean, P95, P99};
    let (format, quantile, within) = match name {
        "plain CSV" => (Format::Csv, P95, NEAR),
        "k6 JSON" => (Format::K6Json, P95, NEAR),
        "k6 CSV" => (Format::K6Csv, P95, NEAR),
        "k6 summary" => (Format::K6Summary, P95, SUMMARY),
        "oha JSON" => (Format::OhaJson, P95, SUMMARY),
        "oha text" => (Format::OhaText, P95, SUMMARY),
        // It has no 95th percentile.
        "wrk" => (Format::Wrk, P99, SUMMARY),
        "wrk2" => (Format::Wrk, P95, SUMMARY),
        "vegeta CSV" => (Format::VegetaCsv, P95, NEAR),
        "vegeta JSON" => (Format::VegetaJson, P95, NEAR),
        "vegeta report" => (Format::VegetaReport, P95, SUMMARY),
        "hey CSV" => (Format::HeyCsv, P95, NEAR),
        "hey text" => (Format::HeyText, P95, SUMMARY),
        // Its percentiles are those since the start, and not those of a level.
        "Locust history" => (Format::Locust, Mean, SUMMARY),
        "Locust full history" => (Format::Locust, P95, SUMMARY),
        "JMeter" => (Format::Jmeter, P95, NEAR),
        "get-metric-data" => (Format::GetMetricData, P95, NEAR),
        "get-metric-statistics" => (Format::GetMetricStatistics, P95, NEAR),
        "CloudWatch console" => (Format::Console, P95, NEAR),
        _ => panic!("{name} has no expected reader"),
    };
    Expected { format, quantile, within }
}

static LOG: LazyLock<Log> = LazyLock::new(|| Log::draw(1));

fn plain() -> (&'static Writer, &'static Writer) {
    (&LOADS[0], &METRICS[0])
}

/// The files as one recording.
fn read(files: &[File], format: Format) -> Recording {
    let mut all = Recording::default();
    for File { name, text } in files {
        let read = load_test::read(name, text.as_bytes(), &Mapping::default());
        match read {
            Ok((found, recording)) if found == format => all = all.join(recording),
            Ok((found, _)) => panic!("{name} is read as {found}, not as {format}"),
            Err(fault) => panic!("{name}: {fault}"),
        }
    }
    all
}

fn ask(load: &Writer, metrics: &Writer, quantile: Quantile) -> Advice {
    let name = load.name;
    let load = read(&(load.write)(&LOG), expected(load.name).format);
    let metrics = read(&(metrics.write)(&LOG), expected(metrics.name).format);
    let reading = load.join(metrics).into_load_test(&Mapping::default());
    let reading = reading.unwrap_or_else(|fault| panic!("{name}: {fault}"));
    let limit = match quantile {
        Quantile::Mean => 0.35,
        Quantile::P50 => 0.3,
        Quantile::P95 => 0.7,
        Quantile::P99 => 0.9,
    };
    let mut settings = Settings { ramp: Some(0.1), resamples: 20, ..Settings::default() };
    settings.objective.latency = Some((quantile, limit));
    advise(&reading.test, &settings, &mut |_, _| ())
}

fn recommended<'a>(name: &str, advice: &'a Advice) -> (&'a Recommendation, f64) {
    let Verdict::Recommended(recommended) = &advice.verdict else {
        panic!("{name}: {:?}, {:?}", advice.verdict, advice.plateaus)
    };
    (recommended, advice.knee.as_ref().unwrap().per_task.value)
}

/// Ask about one way to record the test, and hold the answer against that of plain CSV.
fn hold(load: &Writer, metrics: &Writer) {
    let Expected { quantile, within, .. } = expected(load.name);
    let name = format!("{} with {}", load.name, metrics.name);
    let advice = ask(load, metrics, quantile);
    let (plain_load, plain_metrics) = plain();
    let plain = ask(plain_load, plain_metrics, quantile);
    let ((said, knee), (truth, true_knee)) =
        (recommended(&name, &advice), recommended("plain", &plain));
    println!(
        "{name}: knee {:+.2}%, target {:+.2}%",
        100.0 * (knee / true_knee - 1.0),
        100.0 * (said.target.value / truth.target.value - 1.0)
    );
    assert_eq!((&said.metric, said.per_task), (&truth.metric, truth.per_task), "{name}");
    assert!((knee / true_knee - 1.0).abs() <= within, "{name}: knee {knee}, not {true_knee}");
    let (target, true_target) = (said.target.value, truth.target.value);
    assert!((target / true_target - 1.0).abs() <= within, "{name}: {target}, not {true_target}");
}

#[test]
fn plain_csv_is_answered_by_what_saturates() {
    let (load, metrics) = plain();
    let advice = ask(load, metrics, Quantile::P95);
    let (said, knee) = recommended("plain", &advice);
    assert_eq!(said.metric, "CPUUtilization");
    assert!((14.0..19.0).contains(&knee), "{knee}");
}

#[test]
fn every_load_generator_gives_the_answer_of_plain_csv() {
    LOADS.iter().skip(1).for_each(|load| hold(load, plain().1));
}

#[test]
fn every_format_of_cloudwatch_gives_the_answer_of_plain_csv() {
    METRICS.iter().skip(1).for_each(|metrics| hold(plain().0, metrics));
}

#[test]
fn requests_are_in_every_format_as_many() {
    let requests = LOG.requests().count();
    for (name, per_request, more) in [
        ("k6 JSON", 4, 4),
        ("k6 CSV", 4, 1),
        ("vegeta CSV", 1, 0),
        ("vegeta JSON", 1, 0),
        ("hey CSV", 1, LOG.levels.len()),
        ("JMeter", 1, 1),
    ] {
        let writer = LOADS.iter().find(|writer| writer.name == name).unwrap();
        let lines: usize = (writer.write)(&LOG).iter().map(|file| file.text.lines().count()).sum();
        assert_eq!(lines, per_request * requests + more, "{name}");
    }
}

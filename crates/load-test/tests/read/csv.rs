//! Separated values, as people and programs write them.

use load_test::{Fault, Kind, LoadTest, Mapping, Reading, Unit};

use crate::csv;

fn read(text: &str) -> Result<Reading, Fault> {
    with(&Mapping::default(), text)
}

fn with(mapping: &Mapping, text: &str) -> Result<Reading, Fault> {
    csv("load.csv", text.as_bytes(), mapping)?.into_load_test(mapping)
}

fn test(text: &str) -> LoadTest {
    read(text).unwrap().test
}

fn fault(text: &str) -> String {
    read(text).unwrap_err().to_string()
}

fn notes(reading: &Reading) -> String {
    reading.notes.iter().map(|note| format!("{note}\n")).collect()
}

fn guesses(reading: &Reading) -> String {
    reading.guesses.iter().map(|guess| format!("{guess}\n")).collect()
}

/// So many rows of a plain test, the last cell by `last`.
fn rows(header: &str, number: usize, last: impl Fn(usize) -> String) -> String {
    let mut text = format!("{header}\n");
    for row in 0..number {
        text.push_str(&format!("{},2,{},{}\n", row * 10, 100 + row, last(row)));
    }
    text
}

#[test]
fn a_plain_file_is_read_by_its_names() {
    let text = "timestamp,tasks,rps,latency_ms,p50_ms,p95_ms,p99_ms,error_percent,completed,cpu_percent,busy_workers\n\
        2026-11-26T10:15:00Z,2,100,60,50,200,300,1,99,40,8\n\
        2026-11-26T10:15:10Z,2,110,60,50,200,300,0,110,44,9\n";
    let reading = read(text).unwrap();
    let test = &reading.test;
    assert_eq!(test.times, [0.0, 10.0]);
    assert_eq!(test.tasks, [2.0, 2.0]);
    assert_eq!(test.demand, [100.0, 110.0]);
    assert_eq!(test.latency.mean.as_deref(), Some(&[0.06, 0.06][..]));
    assert_eq!(test.latency.p50.as_deref(), Some(&[0.05, 0.05][..]));
    assert_eq!(test.latency.p95.as_deref(), Some(&[0.2, 0.2][..]));
    assert_eq!(test.latency.p99.as_deref(), Some(&[0.3, 0.3][..]));
    assert_eq!(test.errors.as_deref(), Some(&[0.01, 0.0][..]));
    assert_eq!(test.completed.as_deref(), Some(&[99.0, 110.0][..]));
    let kinds: Vec<_> = test.metrics.iter().map(|m| (m.name.as_str(), m.kind, m.unit)).collect();
    assert_eq!(
        kinds,
        [
            ("cpu_percent", Kind::Cpu, Unit::Percent),
            ("busy_workers", Kind::Concurrency, Unit::Count),
        ]
    );
    assert_eq!(reading.began, Some(time::macros::datetime!(2026-11-26 10:15 UTC)));
    let guesses = guesses(&reading);
    assert!(
        guesses
            .contains("column `p95_ms` of load.csv is the 95th percentile of latency, by its name"),
        "{guesses}"
    );
    assert!(
        guesses.contains("column `p95_ms` of load.csv is in milliseconds, by its name"),
        "{guesses}"
    );
    assert!(reading.notes.is_empty(), "{:?}", reading.notes);
}

#[test]
fn separators_quotes_line_ends_and_marks_do_not_matter() {
    let plain = test("time,tasks,rps,cpu\n0,2,100,40\n10,2,200,80\n");
    for text in [
        "time;tasks;rps;cpu\r\n0;2;100;40\r\n10;2;200;80\r\n",
        "time\ttasks\trps\tcpu\n0\t2\t100\t40\n10\t2\t200\t80",
        "\u{feff}\"time\", \"tasks\" ,rps,cpu\n\"0\",2, 100 ,40\n\n10,2,200,80\n\n",
        "time,tasks,rps,cpu,\n0,2,100,40,\n10,2,200,80,\n",
    ] {
        assert_eq!(test(text), plain, "{text:?}");
    }
    let reading = read("time;tasks;rps\n0;2;100\n10;2;200\n").unwrap();
    assert!(guesses(&reading).contains("is separated by semicolons"));
}

#[test]
fn flags_win_over_names() {
    let mut mapping = Mapping::default();
    mapping.column("demand=rate").unwrap();
    mapping.column("metric=rps").unwrap();
    mapping.column("time=when").unwrap();
    mapping.kind("jobs=lag").unwrap();
    mapping.unit("demand=minute").unwrap();
    mapping.unit("jobs=s").unwrap();
    mapping.ignore("noise");
    let text = "when,tasks,rate,rps,jobs,noise\n0,2,60,7,1,9\n10,2,120,8,2,9\n";
    let test = with(&mapping, text).unwrap().test;
    assert_eq!(test.demand, [1.0, 2.0]);
    let metrics: Vec<_> = test.metrics.iter().map(|m| (m.name.as_str(), m.kind, m.unit)).collect();
    assert_eq!(
        metrics,
        [("rps", Kind::Throughput, Unit::PerSecond), ("jobs", Kind::Lag, Unit::Seconds),]
    );
}

#[test]
fn a_flag_for_no_column_is_told_with_the_columns() {
    let mut mapping = Mapping::default();
    mapping.kind("job=queue").unwrap();
    let fault = with(&mapping, "time,tasks,rps,jobs\n0,2,100,1\n10,2,100,2\n").unwrap_err();
    assert_eq!(
        fault.to_string(),
        "--kind `job`: there is no such column; the columns are `tasks`, `rps`, `jobs`"
    );
}

#[test]
fn a_bad_flag_is_told_with_what_may_stand_there() {
    let mut mapping = Mapping::default();
    for (fault, says) in [
        (mapping.column("rps"), "ROLE=COLUMN"),
        (mapping.column("load=rps"), "demand"),
        (mapping.kind("jobs=que"), "queue"),
        (mapping.unit("latency=minutes"), "ms"),
        (mapping.unit("latency=share"), "ms"),
        (mapping.unit("tasks=s"), "no unit"),
    ] {
        let fault = fault.unwrap_err().to_string();
        assert!(fault.contains(says), "{fault}");
    }
    mapping.column("demand=x").unwrap();
    assert!(mapping.column("tasks=x").is_err(), "one column in two roles");
}

#[test]
fn two_columns_for_a_role_or_none_is_a_fault_with_the_flag_to_give() {
    let two = fault("time,tasks,rps,demand\n0,2,100,100\n10,2,200,200\n");
    assert!(two.contains("`demand`") && two.contains("--column demand=COLUMN"), "{two}");
    let none = fault("time,tasks,cpu\n0,2,40\n10,2,80\n");
    assert!(none.contains("`tasks`, `cpu`") && none.contains("--column demand=COLUMN"), "{none}");
    let none = fault("time,rps,cpu\n0,2,40\n10,2,80\n");
    assert!(none.contains("--column tasks=COLUMN"), "{none}");
    let none = fault("a,tasks,rps\n0,2,40\n");
    assert!(none.contains("--column time=COLUMN"), "{none}");
    let two = fault("time,elapsed,tasks,rps\n0,0,2,40\n");
    assert!(two.contains("`time`, `elapsed`") && two.contains("--column time=COLUMN"), "{two}");
}

#[test]
fn a_file_that_is_none_is_told() {
    for (text, says) in [
        ("", "is empty"),
        ("time,tasks,rps\n", "no rows"),
        ("0,2,100\n10,2,200\n", "a header"),
        ("time,tasks,tasks\n0,2,2\n", "named `tasks`"),
        ("time,tasks,rps\nx,2,100\ny,2,100\n", "no cell is a time, as `x` in line 2"),
        ("time,tasks,rps\n0,2,100,5\n1,2,100,5\n2,2,100\n", "2 of its 3 rows"),
        (
            "time;tasks;rps\n0;2;1,5\n1;2;1,5\n",
            "line 2, column `rps` of load.csv: `1,5` has a decimal comma",
        ),
        ("time,tasks,rps\n0,2,0\n1,2,0\n", "is 0 all the time"),
    ] {
        let fault = fault(text);
        assert!(fault.contains(says), "{text:?}: {fault}");
    }
    for (bytes, says) in [
        (&[0x1f, 0x8b, 8, 0][..], "cannot be read"),
        (&b"PK\x03\x04"[..], "packed"),
        (&b"t\xff,tasks\n1,2\n"[..], "not UTF-8"),
    ] {
        let fault = csv("load.csv", bytes, &Mapping::default()).unwrap_err().to_string();
        assert!(fault.contains(says), "{fault}");
    }
    let wide = format!("time{}\n", ",a".repeat(300));
    assert!(fault(&wide).contains("256"), "{}", fault(&wide));
}

#[test]
fn a_quote_left_open_ends_the_reading_and_takes_no_memory() {
    let text = format!("time,tasks,rps\n0,2,\"{}", "1,2\n".repeat(1 << 20));
    let fault = fault(&text);
    assert!(fault.contains("is a quote left open?"), "{fault}");
}

#[test]
fn rows_are_put_in_order_and_those_of_one_time_averaged() {
    let reading = read("time,tasks,rps,cpu\n10,2,200,80\n0,2,100,40\n10,2,300,90\n").unwrap();
    assert_eq!(reading.test.times, [0.0, 10.0]);
    assert_eq!(reading.test.demand, [100.0, 250.0]);
    let notes = notes(&reading);
    assert!(notes.contains("1 row comes after a later one"), "{notes}");
    assert!(notes.contains("1 row has the time of another"), "{notes}");
}

#[test]
fn where_tasks_differ_at_one_time_there_is_no_number_of_them() {
    let test = test("time,tasks,rps\n0,2,100\n10,2,100\n10,4,100\n20,4,100\n");
    assert!(test.tasks[1].is_nan());
    assert_eq!((test.tasks[0], test.tasks[2]), (2.0, 4.0));
}

#[test]
fn gaps_are_gaps_and_what_is_no_number_is_noted() {
    let reading = read("time,tasks,rps,cpu\n0,2,100,\n10,2,110,NaN\n20,2,120,oops\n30,2,130,inf\n40,2,140,50\n50,2,150,60\n60,2,160,n/a\n").unwrap();
    let cpu = &reading.test.metrics[0].values;
    assert_eq!(cpu.iter().filter(|value| value.is_nan()).count(), 5);
    let notes = notes(&reading);
    assert!(
        notes.contains(
            "column `cpu` of load.csv: 1 cell is no number and left out: first line 4 with `oops`"
        ),
        "{notes}"
    );
}

#[test]
fn rows_of_another_length_or_without_a_time_are_left_out_and_noted() {
    let reading = read("time,tasks,rps\n0,2,100\n10,2\n,2,100\n20,2,100\n30,2,100\n").unwrap();
    assert_eq!(reading.test.times, [0.0, 20.0, 30.0]);
    let notes = notes(&reading);
    assert!(
        notes.contains(
            "1 row is left out, having more or fewer cells than the header's 3: first line 3 with 2"
        ),
        "{notes}"
    );
    assert!(notes.contains("1 row is left out, having no time: first line 4"), "{notes}");
}

#[test]
fn a_column_without_a_number_is_left_out_and_a_constant_one_noted() {
    let reading = read("time,tasks,rps,cpu,version\n0,2,100,50,\n10,2,110,50,\n").unwrap();
    assert_eq!(reading.test.metrics.len(), 1);
    let notes = notes(&reading);
    assert!(notes.contains("column `version` of load.csv: has no number"), "{notes}");
    assert!(notes.contains("column `cpu` of load.csv: is 50 all the time"), "{notes}");
}

#[test]
fn negative_values_of_a_role_are_gaps_or_a_fault_if_most_are() {
    let reading = read("time,tasks,rps\n0,2,100\n10,2,-1\n20,2,100\n").unwrap();
    assert!(reading.test.demand[1].is_nan());
    assert!(notes(&reading).contains("column `rps` of load.csv: 1 value is negative"));
    let fault = fault("time,tasks,rps\n0,2,100\n10,2,-1\n20,2,-5\n");
    assert!(fault.contains("column `rps` of load.csv: most of its values are negative"), "{fault}");
}

#[test]
fn percentiles_that_are_mixed_up_are_told() {
    let most =
        fault("time,tasks,rps,p50_s,p95_s\n0,2,100,0.2,0.1\n10,2,100,0.2,0.1\n20,2,100,0.1,0.2\n");
    assert_eq!(
        most,
        "column `p95_s` of load.csv: 2 values are below those of column `p50_s` of load.csv; \
         are the two mixed up?"
    );
    let some =
        read("time,tasks,rps,p50_s,p95_s\n0,2,100,0.2,0.1\n10,2,100,0.1,0.2\n20,2,100,0.1,0.2\n");
    assert!(notes(&some.unwrap()).contains("1 value is below"));
}

#[test]
fn latency_is_told_apart_by_magnitude_or_asked_for() {
    let header = "time,tasks,rps,p95";
    let of = |value: &str| {
        let value = value.to_owned();
        read(&rows(header, 3, move |_| value.clone()))
    };
    assert_eq!(of("0.25").unwrap().test.latency.p95.unwrap()[0], 0.25);
    assert_eq!(of("250").unwrap().test.latency.p95.unwrap()[0], 0.25);
    let asked = of("5").unwrap_err().to_string();
    assert!(asked.contains("--unit latency=s or --unit latency=ms"), "{asked}");
    let overloaded = read(&rows(header, 20, |row| if row < 3 { "0.25" } else { "9.5" }.to_owned()));
    assert_eq!(overloaded.unwrap().test.latency.p95.unwrap()[19], 9.5);
    let mut mapping = Mapping::default();
    mapping.unit("latency=ms").unwrap();
    let told = with(&mapping, &rows(header, 3, |_| "5".to_owned())).unwrap();
    assert_eq!(told.test.latency.p95.unwrap()[0], 0.005);
}

#[test]
fn latency_of_an_unlikely_size_is_noted() {
    let reading = read(&rows("time,tasks,rps,p95_s", 3, |_| "350".to_owned())).unwrap();
    let notes = notes(&reading);
    assert!(notes.contains("say --unit latency=ms"), "{notes}");
}

#[test]
fn errors_are_a_share_percent_or_number_or_asked_for() {
    let of = |name: &str, value: &str| {
        let value = value.to_owned();
        read(&rows(&format!("time,tasks,rps,{name}"), 3, move |_| value.clone()))
    };
    let first = |name: &str, value: &str| of(name, value).unwrap().test.errors.unwrap()[0];
    assert_eq!(first("errors", "0.02"), 0.02);
    assert_eq!(first("error_percent", "2"), 0.02);
    assert_eq!(first("errors_per_second", "2"), 0.02);
    assert_eq!(first("5xx_count", "20"), 0.02, "20 in 10 seconds, of 100 a second");
    let asked = of("errors", "35").unwrap_err().to_string();
    assert!(asked.contains("--unit errors=percent"), "{asked}");
    let beyond = of("error_share", "35").unwrap_err().to_string();
    assert!(beyond.contains("beyond 100% of the demand"), "{beyond}");
}

#[test]
fn rates_by_the_minute_and_counts_by_the_sample_are_made_seconds() {
    assert_eq!(test("time,tasks,requests_per_minute\n0,2,600\n10,2,1200\n").demand, [10.0, 20.0]);
    assert_eq!(test("time,tasks,RequestCount\n0,2,600\n60,2,1200\n").demand, [10.0, 20.0]);
}

#[test]
fn completions_far_above_demand_are_noted() {
    let reading = read(&rows("time,tasks,rps,completed", 3, |_| "6000".to_owned())).unwrap();
    let notes = notes(&reading);
    assert!(notes.contains("--unit completed=minute"), "{notes}");
}

#[test]
fn a_share_that_should_be_percent_is_noted_and_made_so_by_a_flag() {
    let text = rows("time,tasks,rps,cpu", 3, |row| format!("0.{row}"));
    let reading = read(&text).unwrap();
    assert!(notes(&reading).contains("--unit cpu=share"));
    let mut mapping = Mapping::default();
    mapping.unit("cpu=share").unwrap();
    let metric = with(&mapping, &text).unwrap().test.metrics.remove(0);
    assert_eq!((metric.unit, metric.values[2]), (Unit::Percent, 20.0));
}

#[test]
fn tasks_that_are_not_whole_are_of_a_time_of_change_or_no_tasks() {
    let some = read("time,tasks,rps\n0,2,100\n10,2.5,100\n20,3,100\n").unwrap();
    assert!(some.test.tasks[1].is_nan());
    assert!(notes(&some).contains("1 value is not whole"));
    let most = fault("time,tasks,rps\n0,2.5,100\n10,2.4,100\n20,3,100\n");
    assert!(most.contains("is it the number of running tasks?"), "{most}");
}

#[test]
fn names_tell_kinds_and_units() {
    let names = [
        ("CPUUtilization", Kind::Cpu, Unit::Percent),
        ("worker_cpu_percent", Kind::Cpu, Unit::Percent),
        ("memory_bytes", Kind::Memory, Unit::Bytes),
        ("jvm_heap_used_bytes", Kind::Heap, Unit::Bytes),
        ("jvm_gc_seconds", Kind::Collection, Unit::Seconds),
        ("jvm_threads", Kind::Concurrency, Unit::Count),
        ("requestsInFlight", Kind::Concurrency, Unit::Count),
        ("ActiveConnectionCount", Kind::Concurrency, Unit::Count),
        ("ApproximateNumberOfMessagesVisible", Kind::Queue, Unit::Count),
        ("ApproximateNumberOfMessagesNotVisible", Kind::Concurrency, Unit::Count),
        ("queue_depth", Kind::Queue, Unit::Count),
        ("MillisBehindLatest", Kind::Lag, Unit::Unknown),
        ("network_rx_bytes_per_second", Kind::Traffic, Unit::PerSecond),
        ("disk_iops", Kind::Traffic, Unit::PerSecond),
        ("RequestCountPerTarget", Kind::Throughput, Unit::Count),
        ("p90_s", Kind::Latency, Unit::Seconds),
        ("temperature", Kind::Other, Unit::Unknown),
    ];
    let header: Vec<_> = names.iter().map(|(name, ..)| *name).collect();
    let row = |value: &str| vec![value; names.len()].join(",");
    let text = format!(
        "time,tasks,rps,{}\n0,2,1,{}\n9,2,1,{}\n",
        header.join(","),
        row("200"),
        row("300")
    );
    let test = test(&text);
    let read: Vec<_> = test.metrics.iter().map(|m| (m.name.as_str(), m.kind, m.unit)).collect();
    assert_eq!(read, names);
}

#[test]
fn a_counter_that_only_adds_up_is_noted_where_a_rate_is_meant() {
    let reading = read(&rows("time,tasks,rps,completed", 30, |row| format!("{}", row * 90)));
    let notes = notes(&reading.unwrap());
    assert!(
        notes.contains("column `completed` of load.csv: rises from each sample to the next"),
        "{notes}"
    );
}

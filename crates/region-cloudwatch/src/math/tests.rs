//! Expressions of the project's alarms and of AWS's guide, over three minutes.

use super::*;

fn grid() -> Grid {
    Grid { times: vec![0, 60, 120], period: 60 }
}

fn series(points: &[(i64, f64)]) -> Series {
    points.iter().copied().collect()
}

fn worked_out(expression: &str) -> Result<Outcome, String> {
    let mut of = |id: &str| match id {
        "cpu" => Ok(Outcome::Series(series(&[(0, 80.0), (60, 20.0), (120, 50.0)]))),
        "memory" => Ok(Outcome::Series(series(&[(0, 30.0), (120, 60.0)]))),
        "tasks" => Ok(Outcome::Series(series(&[(0, 4.0), (60, 0.0)]))),
        "none" => Ok(Outcome::Series(Series::new())),
        other => Err(format!("no query {other}")),
    };
    evaluate(&parse(expression)?, &grid(), &mut of)
}

fn values(expression: &str) -> Vec<(i64, f64)> {
    match worked_out(expression) {
        Ok(Outcome::Series(series)) => series.into_iter().collect(),
        other => panic!("{expression}: {other:?}"),
    }
}

#[test]
fn a_function_of_an_array_takes_what_each_period_has() {
    assert_eq!(values("MAX([cpu, memory])"), [(0, 80.0), (60, 20.0), (120, 60.0)]);
    assert_eq!(values("MIN([cpu, memory])"), [(0, 30.0), (60, 20.0), (120, 50.0)]);
    assert_eq!(values("AVG([cpu, memory])"), [(0, 55.0), (60, 10.0), (120, 55.0)]);
    assert_eq!(values("SUM([cpu, [memory, none]])"), [(0, 110.0), (60, 20.0), (120, 110.0)]);
}

#[test]
fn a_function_of_one_series_is_one_number() {
    assert_eq!(worked_out("AVG(cpu)"), Ok(Outcome::Scalar(50.0)));
    assert_eq!(worked_out("MAX(cpu) - MIN(cpu)"), Ok(Outcome::Scalar(60.0)));
    assert_eq!(values("cpu - AVG(cpu)"), [(0, 30.0), (60, -30.0), (120, 0.0)]);
    assert_eq!(values("cpu / AVG(none)"), []);
}

#[test]
fn a_missing_value_counts_as_zero_and_what_is_no_number_is_dropped() {
    assert_eq!(values("cpu + memory"), [(0, 110.0), (60, 20.0), (120, 110.0)]);
    assert_eq!(values("memory - none"), [(0, 30.0), (120, 60.0)]);
    assert_eq!(values("none + none"), []);
    assert_eq!(values("cpu / tasks"), [(0, 20.0)]);
    assert_eq!(values("2 * (cpu + 1)"), [(0, 162.0), (60, 42.0), (120, 102.0)]);
    assert_eq!(values("-cpu + 100 - 10 - 1"), [(0, 9.0), (60, 69.0), (120, 39.0)]);
    assert_eq!(values("cpu / PERIOD(cpu) * 6"), [(0, 8.0), (60, 2.0), (120, 5.0)]);
    assert_eq!(
        values("CEIL(cpu / 30) + FLOOR(cpu / 30) + ABS(-cpu)"),
        [(0, 85.0), (60, 21.0), (120, 53.0)]
    );
}

/// The guide's own metrics, of which the second and the fourth value of metric2 are missing.
#[test]
fn comparisons_of_two_series_are_those_of_the_guide() {
    let grid = Grid { times: vec![0, 60, 120, 180], period: 60 };
    let mut of = |id: &str| match id {
        "metric1" => Ok(Outcome::Series(series(&[(0, 30.0), (60, 20.0), (120, 0.0), (180, 0.0)]))),
        _ => Ok(Outcome::Series(series(&[(0, 20.0), (120, 20.0)]))),
    };
    for (expression, expected) in [
        ("metric1 < metric2", [0.0, 0.0, 1.0, 0.0]),
        ("metric1 >= 30", [1.0, 0.0, 0.0, 0.0]),
        ("metric1 > 15 AND metric2 > 15", [1.0, 0.0, 0.0, 0.0]),
    ] {
        let Ok(Outcome::Series(found)) = evaluate(&parse(expression).unwrap(), &grid, &mut of)
        else {
            panic!("{expression}")
        };
        assert_eq!(found.into_values().collect::<Vec<_>>(), expected, "{expression}");
    }
}

#[test]
fn a_difference_is_that_from_the_value_before_and_the_first_has_none() {
    assert_eq!(values("DIFF(cpu)"), [(60, -60.0), (120, 30.0)]);
    assert_eq!(values("DIFF(memory)"), [(120, 30.0)]);
    assert_eq!(values("MAX(DIFF([cpu, memory]))"), [(60, -60.0), (120, 30.0)]);
    // The value before, and of the first itself.
    assert_eq!(values("cpu - DIFF(cpu)"), [(0, 80.0), (60, 80.0), (120, 20.0)]);
}

#[test]
fn operators_bind_as_usual() {
    assert_eq!(worked_out("1 + 2 * 3 ^ 2"), Ok(Outcome::Scalar(19.0)));
    assert_eq!(worked_out("10 - 4 - 3"), Ok(Outcome::Scalar(3.0)));
    assert_eq!(worked_out("1 + 1 == 2 AND 2 > 3 || 1 <= 1"), Ok(Outcome::Scalar(1.0)));
    assert_eq!(worked_out("1 != 1 OR 3 >= 4 && 1 < 2"), Ok(Outcome::Scalar(0.0)));
}

#[test]
fn a_condition_chooses_period_by_period() {
    assert_eq!(values("IF(cpu > 40, cpu, memory)"), [(0, 80.0), (120, 50.0)]);
    assert_eq!(values("IF(cpu > 0, memory, cpu)"), [(0, 30.0), (60, 0.0), (120, 60.0)]);
    assert_eq!(values("IF(cpu > 40, 1)"), [(0, 1.0), (120, 1.0)]);
    assert_eq!(values("IF(2 > 1, cpu, memory)"), values("cpu"));
    assert_eq!(values("cpu / IF(tasks > 0, tasks, 1)"), [(0, 20.0), (60, 20.0)]);
}

#[test]
fn a_gap_is_filled_with_a_number_a_series_or_what_was_before() {
    assert_eq!(values("FILL(memory, 0)"), [(0, 30.0), (60, 0.0), (120, 60.0)]);
    assert_eq!(values("FILL(memory, cpu)"), [(0, 30.0), (60, 20.0), (120, 60.0)]);
    assert_eq!(values("FILL(tasks, REPEAT)"), [(0, 4.0), (60, 0.0), (120, 0.0)]);
    assert_eq!(values("FILL(none, REPEAT)"), []);
    // A service at zero tasks is woken by its queue.
    assert_eq!(values("IF(FILL(none, 0) > 0, cpu, 100)"), [(0, 100.0), (60, 100.0), (120, 100.0)]);
}

#[test]
fn what_cannot_be_worked_out_says_why() {
    for (expression, error) in [
        (
            "ANOMALY_DETECTION_BAND(cpu)",
            "the simulated region has no metric math function ANOMALY_DETECTION_BAND",
        ),
        ("queue", "no query queue"),
        ("cpu +", "it ends where a value belongs"),
        ("cpu memory", "Word(\"memory\") comes after the end of the expression"),
        ("MAX(cpu", "Close is missing"),
        ("IF(cpu)", "IF has 1 arguments"),
        ("1.2.3", "`1.2.3` is no number"),
        ("cpu # 2", "`#` means nothing"),
        ("MAX([cpu, 1])", "an array takes time series only"),
        ("FILL(1, 0)", "FILL takes time series"),
        ("DIFF(1)", "DIFF takes time series"),
        ("REPEAT", "REPEAT is a way to FILL, and no value"),
        ("[cpu] + [cpu]", "an operator takes one array only"),
        ("IF([cpu], 1)", "the condition of IF cannot be an array"),
    ] {
        assert_eq!(worked_out(expression), Err(error.to_owned()), "{expression}");
    }
    let deep = "(".repeat(100_000);
    assert_eq!(worked_out(&deep), Err("it is nested more than 64 deep".to_owned()));
}

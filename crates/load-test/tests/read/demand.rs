//! Traffic alone, without the other columns of a load test.

use load_test::{Demand, Fault, Mapping};

use crate::{csv, get_metric_data};

fn read(text: &str, units: &[&str]) -> Result<Demand, Fault> {
    let mut mapping = Mapping::default();
    units.iter().try_for_each(|unit| mapping.unit(unit))?;
    csv("traffic.csv", text.as_bytes(), &mapping)?.into_demand(&mapping)
}

#[test]
fn times_and_requests_are_enough() {
    let text = "time,requests\n2026-11-01T00:00:00Z,120\n2026-11-01T00:01:00Z,300\n";
    let demand = read(text, &["demand=sample"]).unwrap();
    assert_eq!((demand.times, demand.rates), (vec![0.0, 60.0], vec![2.0, 5.0]));
    assert_eq!(read(text, &["demand=second"]).unwrap().rates, [120.0, 300.0]);
}

#[test]
fn requests_of_a_load_balancer_are_demand() {
    let json = r#"{"MetricDataResults": [{"Id": "m1", "Label": "RequestCount",
        "Timestamps": ["2026-11-01T00:00:00Z", "2026-11-01T00:01:00Z"],
        "Values": [600.0, 1200.0], "StatusCode": "Complete"}]}"#;
    let mapping = Mapping::default();
    let demand = get_metric_data("traffic.json", json.as_bytes()).unwrap();
    let demand = demand.into_demand(&mapping).unwrap();
    assert_eq!(demand.rates, [10.0, 20.0]);
}

#[test]
fn a_file_without_requests_is_refused_by_its_columns() {
    let error = read("time,cpu\n0,50\n60,60\n", &[]).unwrap_err().to_string();
    assert!(error.contains("`cpu`") && error.contains("--column demand=COLUMN"), "{error}");
}

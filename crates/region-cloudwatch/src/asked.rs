//! What GetMetricData refuses, in CloudWatch's words: each fault on a line of its own.

use std::collections::BTreeSet;

use region_core::api::ApiError;
use region_core::input::text;
use serde::Deserialize as _;
use serde_json::Value;

use crate::constraints::{Violations, only};
use crate::error::{member, required, validation};
use crate::metrics::Statistic;
use crate::query::MOST_QUERIES;
use crate::units;

const FIELDS: [&str; 6] =
    ["EndTime", "MaxDatapoints", "MetricDataQueries", "NextToken", "ScanBy", "StartTime"];

/// How the statistics begin that CloudWatch has, and the simulated region has not.
const EXTENDED: [&str; 11] =
    ["IQM", "PR(", "TC(", "TM(", "TS(", "WM(", "p", "tc", "tm", "ts", "wm"];

/// Check a request before it is read.
///
/// # Errors
/// `ValidationError`, with all that CloudWatch would refuse, or else the first that is not
/// simulated.
pub(crate) fn request(input: &Value) -> Result<(), ApiError> {
    only(input, "GetMetricData", &FIELDS)?;
    let mut violations = Violations::default();
    violations.one_of(input, "ScanBy", &["TimestampDescending", "TimestampAscending"]);
    violations.check()?;
    let queries = input.get("MetricDataQueries").and_then(Value::as_array);
    let queries = queries.map(Vec::as_slice).unwrap_or_default();
    let mut faults = Faults(Vec::new());
    faults.whole(input, queries);
    for (index, query) in queries.iter().enumerate() {
        faults.query(&member("MetricDataQueries", index), query);
    }
    if !faults.0.is_empty() {
        return Err(validation(
            faults.0.iter().map(|fault| format!("{fault}\n")).collect::<String>(),
        ));
    }
    queries.iter().try_for_each(simulated)
}

struct Faults(Vec<String>);

impl Faults {
    fn add(&mut self, fault: String) {
        self.0.push(fault);
    }

    fn whole(&mut self, input: &Value, queries: &[Value]) {
        if queries.is_empty() {
            self.add(required("MetricDataQueries"));
        }
        if queries.len() > MOST_QUERIES {
            self.add(format!(
                "The collection MetricDataQueries must not have a size greater than {MOST_QUERIES}."
            ));
        }
        let ids: Vec<&str> = queries.iter().filter_map(|query| text(query, "Id")).collect();
        if ids.iter().collect::<BTreeSet<_>>().len() < ids.len() {
            self.add("The values for parameter id in MetricDataQueries are not unique.".to_owned());
        }
        let times = ["StartTime", "EndTime"].map(|field| {
            let time = input.get(field).and_then(Value::as_f64);
            if time.is_none() {
                self.add(required(field));
            }
            time
        });
        match times {
            [Some(start), Some(end)] if start == end => {
                self.add("The parameter StartTime must not equal parameter EndTime.".to_owned());
            }
            [Some(start), Some(end)] if start > end => {
                let fault = "The parameter StartTime must be less than the parameter EndTime.";
                self.add(fault.to_owned());
            }
            _ => {}
        }
    }

    fn query(&mut self, place: &str, query: &Value) {
        match text(query, "Id") {
            None => self.add(required(&format!("{place}.Id"))),
            Some(id) if !is_id(id) => self.add(format!(
                "The value {id} for parameter {place}.Id is not matching the expected pattern \
                 ^[a-z][a-zA-Z0-9_]*$."
            )),
            Some(_) => {}
        }
        let stat = query.get("MetricStat").filter(|stat| !stat.is_null());
        match (stat, text(query, "Expression")) {
            (None, None) => self.add(required(&format!("{place}.MetricStat"))),
            (Some(_), Some(_)) => self.add(format!(
                "The parameters {place}.Expression and {place}.MetricStat are mutually exclusive \
                 and you have specified both."
            )),
            (Some(stat), None) => self.stat(&format!("{place}.MetricStat"), stat),
            (None, Some(_)) => {}
        }
    }

    fn stat(&mut self, place: &str, stat: &Value) {
        for field in ["Metric/Namespace", "Metric/MetricName", "Period", "Stat"] {
            if stat.pointer(&format!("/{field}")).is_none_or(Value::is_null) {
                self.add(required(&format!("{place}.{}", field.replace('/', "."))));
            }
        }
        let known = text(stat, "Stat").is_none_or(|name| is_statistic(name) || is_extended(name));
        if !known {
            self.add(format!("The value for parameter {place}.Stat is not a valid statistic."));
        }
        if text(stat, "Unit").is_some_and(|unit| units::unit(unit).is_none()) {
            self.add(units::unknown(&format!("{place}.Unit")));
        }
    }
}

/// What CloudWatch has and the simulated region has not.
fn simulated(query: &Value) -> Result<(), ApiError> {
    let stat = query.pointer("/MetricStat/Stat").and_then(Value::as_str);
    if let Some(name) = stat.filter(|name| !is_statistic(name)) {
        return Err(validation(format!("the simulated region has no statistic {name}")));
    }
    if let Some(label) = text(query, "Label").filter(|label| label.contains("${")) {
        return Err(validation(format!("the simulated region has no dynamic label {label}")));
    }
    match (query.get("MetricStat"), query.get("Period")) {
        (Some(Value::Object(_)), Some(Value::Number(_))) => Err(validation(
            "the simulated region reads Period of an Expression only, give that of MetricStat",
        )),
        _ => Ok(()),
    }
}

fn is_id(id: &str) -> bool {
    id.starts_with(|first: char| first.is_ascii_lowercase())
        && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn is_statistic(name: &str) -> bool {
    Statistic::deserialize(Value::from(name)).is_ok()
}

fn is_extended(name: &str) -> bool {
    let rest = EXTENDED.iter().find_map(|prefix| name.strip_prefix(prefix));
    rest.is_some_and(|rest| rest.is_empty() || rest.ends_with(')') || rest.parse::<f64>().is_ok())
}

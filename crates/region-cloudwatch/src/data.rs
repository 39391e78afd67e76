//! GetMetricData.

use region_core::api::ApiError;
use region_core::input::{number, text};
use region_core::wording::put;
use serde_json::{Value, json};

use crate::asked;
use crate::cloudwatch::CloudWatch;
use crate::error::validation;
use crate::labels::label;
use crate::math::Grid;
use crate::query::{MetricDataQuery, Queries, check_period};

/// The most values in one answer (API_GetMetricData).
const MOST_VALUES: usize = 100_800;

fn read<T: serde::de::DeserializeOwned>(input: &Value, name: &str) -> Result<T, ApiError> {
    let value = input.get(name).cloned().unwrap_or_default();
    T::deserialize(value).map_err(|error| validation(format!("{name}: {error}")))
}

impl CloudWatch {
    pub(crate) fn get_metric_data(&self, input: &Value) -> Result<Value, ApiError> {
        asked::request(input)?;
        let asked: Vec<MetricDataQuery> = read(input, "MetricDataQueries")?;
        let (from, to) = (read::<f64>(input, "StartTime")?, read::<f64>(input, "EndTime")?);
        // A float that is no time in seconds becomes the nearest whole number.
        let span = (from as i64, to as i64);
        let descending = text(input, "ScanBy") != Some("TimestampAscending");
        let queries = Queries::read(&asked).map_err(validation)?;
        let returned: Vec<&MetricDataQuery> =
            asked.iter().filter(|query| query.return_data).collect();
        let mut results = Vec::new();
        for query in &returned {
            let grid = grid(query, &queries, span)?;
            let series = queries.series(&query.id, &self.metrics, &grid);
            let mut values: Vec<_> = series.map_err(validation)?.into_iter().collect();
            if descending {
                values.reverse();
            }
            let stat = query.metric_stat.as_ref();
            let units = stat.map(|stat| stat.units(&self.metrics, &grid)).unwrap_or_default();
            let units = units.into_iter().map(str::to_owned).collect();
            results.push(Found { id: &query.id, label: label(query, &returned), units, values });
        }
        page(input, &results)
    }
}

fn grid(
    query: &MetricDataQuery,
    queries: &Queries,
    (from, to): (i64, i64),
) -> Result<Grid, ApiError> {
    let period = match (&query.metric_stat, query.period) {
        (Some(stat), _) => i64::from(stat.period),
        (None, Some(period)) => {
            check_period(period).map_err(validation)?;
            i64::from(period)
        }
        (None, None) => queries.period().map_err(validation)?,
    };
    let first = from.div_euclid(period) * period;
    let periods = usize::try_from(to.saturating_sub(first) / period);
    if !periods.is_ok_and(|count| count <= MOST_VALUES) {
        return Err(validation("EndTime must be after StartTime, by 100,800 periods at most"));
    }
    let times = std::iter::successors(Some(first), |time| Some(time + period));
    Ok(Grid { times: times.take_while(|time| *time < to).collect(), period })
}

/// What one query came to.
struct Found<'a> {
    id: &'a str,
    label: String,
    /// Of its samples; several if it names none.
    units: Vec<String>,
    /// Times in seconds.
    values: Vec<(i64, f64)>,
}

/// As many values as one answer holds, and a token that counts those given before.
fn page(input: &Value, all: &[Found<'_>]) -> Result<Value, ApiError> {
    let most = number(input, "MaxDatapoints").map_or(Some(MOST_VALUES), |most| {
        usize::try_from(most).ok().filter(|most| (1..=MOST_VALUES).contains(most))
    });
    let most = most.ok_or_else(|| validation("MaxDatapoints is not 1 to 100,800"))?;
    let mut skip = text(input, "NextToken")
        .map_or(Ok(0), str::parse::<usize>)
        .map_err(|_| ApiError::client("InvalidNextToken", "Invalid NextToken."))?;
    let end = skip.saturating_add(most);
    let (mut room, mut results) = (most, Vec::new());
    for found in all {
        let rest = found.values.get(skip..).unwrap_or_default();
        let begun_before = skip > 0;
        skip = skip.saturating_sub(found.values.len());
        if rest.is_empty() && begun_before {
            continue;
        }
        let taken = rest.get(..room.min(rest.len())).unwrap_or_default();
        room -= taken.len();
        results.push(found.shown(taken, taken.len() == rest.len()));
    }
    let mut answer = json!({ "MetricDataResults": results, "Messages": [] });
    if end < all.iter().map(|found| found.values.len()).sum() {
        put(&mut answer, "NextToken", end.to_string());
    }
    Ok(answer)
}

impl Found<'_> {
    fn shown(&self, taken: &[(i64, f64)], complete: bool) -> Value {
        let (times, values): (Vec<f64>, Vec<f64>) =
            taken.iter().map(|(time, value)| (*time as f64, *value)).unzip();
        let mut shown = json!({
            "Id": self.id,
            "Label": self.label,
            "Timestamps": times,
            "Values": values,
            "StatusCode": if complete { "Complete" } else { "PartialData" },
        });
        if self.units.len() > 1 {
            let text = format!("Multiple units returned: '[{}]'", self.units.join(", "));
            put(&mut shown, "Messages", json!([{"Code": "MultipleUnits", "Value": text}]));
        }
        shown
    }
}

//! Why a metric alarm is in its state, in CloudWatch's words and in its data.

use region_core::Time;
use region_core::wording::put;
use serde_json::{Value, json};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use crate::alarm::{MetricAlarm, Point, Watched};
use crate::crossed::{crossed, datapoints};
use crate::evaluation::Verdict;
use crate::state::{State, StateValue};

/// The time format of CloudWatch notifications.
const LONG: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]+0000");

/// A time in the format of notifications.
pub(crate) fn stamp(time: Time) -> String {
    time.format(LONG).unwrap_or_default()
}

fn at(seconds: i64) -> Time {
    Time::from_unix_timestamp(seconds).unwrap_or(Time::UNIX_EPOCH)
}

/// The state that a verdict on `points` puts an alarm in.
pub(crate) fn state(
    alarm: &MetricAlarm,
    value: StateValue,
    verdict: &Verdict,
    points: &[Point],
    now: Time,
) -> State {
    let counted: Vec<Point> =
        verdict.counted.iter().filter_map(|place| points.get(*place).copied()).collect();
    let reason = match value {
        StateValue::InsufficientData => {
            let unknown = alarm.criteria.periods - counted.len();
            let were = if unknown == 1 { "was" } else { "were" };
            format!("Insufficient Data: {} {were} unknown.", datapoints(unknown))
        }
        StateValue::Ok | StateValue::Alarm => crossed(&alarm.criteria, value, verdict, &counted),
    };
    let reason_data = Some(data(alarm, verdict, points, &counted, now).to_string());
    State { value, reason, reason_data, updated_at: now }
}

/// StateReasonData. Recent values are listed oldest first, evaluated ones newest first,
/// and missing ones only among the evaluated.
fn data(
    alarm: &MetricAlarm,
    verdict: &Verdict,
    points: &[Point],
    counted: &[Point],
    now: Time,
) -> Value {
    let reach = verdict.counted.last().map_or(0, |place| place + 1);
    let evaluated = points.iter().take(reach.max(alarm.criteria.periods));
    let evaluated = evaluated.map(|point| {
        let mut shown = json!({"timestamp": stamp(at(point.time))});
        if let Some(count) = point.sample_count {
            put(&mut shown, "sampleCount", count);
        }
        if let Some(value) = point.value {
            put(&mut shown, "value", value);
        }
        shown
    });
    let mut data = json!({
        "version": "1.0",
        "queryDate": stamp(now),
        "period": alarm.period,
        "recentDatapoints": counted.iter().rev().filter_map(|point| point.value).collect::<Vec<_>>(),
        "threshold": alarm.criteria.threshold,
        "evaluatedDatapoints": evaluated.collect::<Vec<_>>(),
    });
    if let Watched::Metric { stat, .. } = &alarm.watched {
        put(&mut data, "statistic", stat.stat.as_str());
        if let Some(unit) = &stat.unit {
            put(&mut data, "unit", unit.as_str());
        }
    }
    if let Some(first) = counted.last() {
        put(&mut data, "startDate", stamp(at(first.time)));
    }
    data
}

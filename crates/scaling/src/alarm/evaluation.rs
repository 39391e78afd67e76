//! What an alarm's state was evaluated on: `StateReasonData` of DescribeAlarms.
//!
//! ```json
//! {"version":"1.0","queryDate":"2026-11-22T09:00:00.101+0000","startDate":"2026-11-22T08:57:00.000+0000",
//!  "statistic":"Average","period":60,"recentDatapoints":[71.5,84.25],"threshold":70.0,
//!  "evaluatedDatapoints":[{"timestamp":"2026-11-22T08:59:00.000+0000","sampleCount":4.0,"value":84.25},
//!                         {"timestamp":"2026-11-22T08:58:00.000+0000"},
//!                         {"timestamp":"2026-11-22T08:57:00.000+0000","sampleCount":4.0,"value":71.5}]}
//! ```
//!
//! Only `evaluatedDatapoints` has times, newest first. What is missing has no value there. Metric
//! math has no `sampleCount`.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html>

use serde_json::Value;
use time::Duration;

use super::timestamp;
use crate::Time;
use crate::complete::{self, Minute};

/// The value of the newest data point that was complete at `at`, when the state was evaluated.
///
/// `None` if the data does not show which was complete. It may show nothing: SetAlarmState accepts
/// any text, and the data of a composite alarm names other alarms.
pub fn newest_complete(reason_data: &str, at: Time) -> Option<f64> {
    let data: Value = serde_json::from_str(reason_data).ok()?;
    let seconds = data.get("period")?.as_i64().filter(|seconds| *seconds > 0)?;
    let points = data.get("evaluatedDatapoints")?.as_array()?;
    let mut minutes: Vec<Minute> = points.iter().rev().map(minute).collect::<Option<_>>()?;
    minutes.sort_by_key(|minute| minute.at);
    complete::newest(&minutes, Duration::seconds(seconds), at)
}

/// A data point; `None` if it has no time.
fn minute(point: &Value) -> Option<Minute> {
    Some(Minute {
        at: timestamp::read(point.get("timestamp")?.as_str()?)?,
        value: point.get("value").and_then(number),
        samples: point.get("sampleCount").and_then(number).map(|samples| vec![samples]),
    })
}

/// A finite number, as a JSON number or a string.
fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    number.is_finite().then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;
    use time::macros::datetime;

    /// A data point of six samples, in the hour before [`LONG_AFTER`].
    fn point(minute: usize, value: &Value) -> Value {
        json!({"timestamp": format!("2026-11-22T08:{minute:02}:00.000+0000"),
            "sampleCount": 6.0, "value": value})
    }

    const LONG_AFTER: Time = datetime!(2026-11-22 09:30 UTC);

    fn newest(points: &[Value], at: Time) -> Option<f64> {
        let data = json!({"period": 60, "threshold": 70.0, "evaluatedDatapoints": points});
        newest_complete(&data.to_string(), at)
    }

    #[test]
    fn evaluated_data_points_are_put_in_the_order_of_their_times() {
        let [one, two, three] = [1, 2, 3].map(|minute| point(minute, &json!(minute)));
        for points in [
            [three.clone(), two.clone(), one.clone()],
            [one.clone(), two.clone(), three.clone()],
            [two, three, one],
        ] {
            assert_eq!(newest(&points, LONG_AFTER), Some(3.0));
        }
    }

    #[test]
    fn the_value_of_a_missing_data_point_is_that_of_the_one_before() {
        let missing = json!({"timestamp": "2026-11-22T08:30:00.000+0000"});
        let points = [missing, point(29, &json!(null)), point(28, &json!("5.0"))];
        assert_eq!(newest(&points, LONG_AFTER), Some(5.0));
    }

    /// The newest minute of a service of six tasks, with the samples of one.
    #[test]
    fn the_data_point_that_decides_is_the_newest_complete_one() {
        let at = datetime!(2026-11-22 08:31:10 UTC);
        let [first, before, full] = [(28, 69.0), (29, 71.0), (30, 77.0)]
            .map(|(minute, value)| point(minute, &json!(value)));
        let mut late = full.clone();
        late["sampleCount"] = json!(1.0);
        assert_eq!(newest(&[late, before.clone(), first], at), Some(71.0));
        assert_eq!(newest(&[full.clone(), before.clone()], at), Some(77.0));
        let without = |field: &str| {
            let points = [&full, &before].map(|point| {
                let mut point = point.clone();
                point.as_object_mut().unwrap().remove(field);
                point
            });
            newest(&points, at)
        };
        assert_eq!((without("sampleCount"), without("timestamp")), (None, None));
        assert_eq!(newest(&[full, json!({"value": 2}), before], at), None);
    }

    #[test]
    fn without_a_positive_period_no_data_point_is_known_to_be_complete() {
        for period in [json!(0), json!(-60), json!("60"), json!(null), json!(i64::MAX)] {
            let data = json!({"period": period, "evaluatedDatapoints": [point(30, &json!(77.0))]});
            assert_eq!(newest_complete(&data.to_string(), LONG_AFTER), None, "{period}");
        }
    }

    #[test]
    fn odd_numbers_are_none() {
        for odd in [json!(null), json!("NaN"), json!("inf"), json!(""), json!(true), json!([1])] {
            assert_eq!(number(&odd), None, "{odd}");
        }
        assert_eq!(number(&json!(" 50.0 ")), Some(50.0));
        assert_eq!(number(&json!(-1)), Some(-1.0));
    }

    #[test]
    fn reason_data_without_an_evaluation_has_no_value() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        for text in [
            "",
            "rehearsal",
            "[]",
            "7",
            "null",
            "{}",
            r#"{"period":60,"recentDatapoints":[71.0,77.0]}"#,
            r#"{"triggeringAlarms":[{"arn":"a","state":{"value":"ALARM"}}]}"#,
            r#"{"period":60,"evaluatedDatapoints":{"a":1}}"#,
            r#"{"period":60,"evaluatedDatapoints":["odd"]}"#,
            &deep,
        ] {
            assert_eq!(newest_complete(text, LONG_AFTER), None);
        }
    }

    proptest! {
        #[test]
        fn an_old_evaluation_has_the_value_that_is_last_in_time(
            // Any number of another kind may differ in its last bit once it was read from text.
            values in proptest::collection::vec((-1_000_000..1_000_000).prop_map(f64::from), 1..9),
        ) {
            let points = values.iter().enumerate().map(|(at, value)| point(at, &json!(value)));
            let points: Vec<Value> = points.rev().collect();
            prop_assert_eq!(newest(&points, LONG_AFTER), values.last().copied());
        }
    }
}

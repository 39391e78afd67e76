//! What an alarm was evaluated on: `reasonData`, a string of JSON in `state` and in
//! DescribeAlarms' `StateReasonData`.
//!
//! ```json
//! {"version":"1.0","queryDate":"2026-11-22T09:00:00.101+0000","startDate":"2026-11-22T08:57:00.000+0000",
//!  "statistic":"Average","period":60,"recentDatapoints":[71.5,84.25],"threshold":70.0,
//!  "evaluatedDatapoints":[{"timestamp":"2026-11-22T08:59:00.000+0000","sampleCount":4.0,"value":84.25},
//!                         {"timestamp":"2026-11-22T08:58:00.000+0000"},
//!                         {"timestamp":"2026-11-22T08:57:00.000+0000","sampleCount":4.0,"value":71.5}]}
//! ```
//!
//! `recentDatapoints` is oldest first and leaves out what is missing;
//! `evaluatedDatapoints` is newest first, and what is missing has no value there.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html>

use serde_json::Value;
use time::Duration;

use super::timestamp;
use crate::Time;
use crate::complete::{self, Minute};

/// One period of a metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Datapoint {
    /// When the period began, if the data states it.
    pub at: Option<Time>,
    /// Its value. `None` if the data point is missing.
    pub value: Option<f64>,
    /// How many samples it has. Metric math does not report it.
    pub samples: Option<f64>,
}

/// What the state was evaluated on.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Evaluation {
    /// The threshold. An anomaly detector's alarm has none.
    pub threshold: Option<f64>,
    /// The lower end of an anomaly detector's band, at the newest data point.
    pub lower: Option<f64>,
    /// Its upper end.
    pub upper: Option<f64>,
    /// The period of each data point, if the data states it.
    pub period: Option<Duration>,
    /// The data points, oldest first.
    pub points: Vec<Datapoint>,
}

impl Evaluation {
    /// Reads `StateReasonData`. `None` if it contains no evaluation: SetAlarmState accepts any
    /// text, and that of a composite alarm names other alarms.
    pub fn read(text: &str) -> Option<Self> {
        Self::of(&serde_json::from_str(text).ok()?)
    }

    /// The newest data point that has a value.
    pub fn newest(&self) -> Option<(f64, Option<Time>)> {
        self.points.iter().rev().find_map(|point| Some((point.value?, point.at)))
    }

    /// The value of the newest data point that was complete at `at`, when it was evaluated. `None`
    /// if the data does not show which was complete.
    pub fn newest_complete(&self, at: Time) -> Option<f64> {
        let minute = |point: &Datapoint| {
            let samples = point.samples.map(|samples| vec![samples]);
            Some(Minute { at: point.at?, value: point.value, samples })
        };
        let minutes: Option<Vec<Minute>> = self.points.iter().map(minute).collect();
        complete::newest(&minutes?, self.period?, at)
    }

    /// Reads reason data that was parsed from its string.
    pub(super) fn of(data: &Value) -> Option<Self> {
        let list = |key| data.get(key).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let newest = |key| list(key).last().and_then(number);
        let evaluated = list("evaluatedDatapoints");
        let points = if evaluated.is_empty() {
            let recent = list("recentDatapoints").iter();
            let point = |value| Datapoint { at: None, value: number(value), samples: None };
            recent.map(point).collect()
        } else {
            oldest_first(evaluated)
        };
        let evaluation = Self {
            threshold: data.get("threshold").and_then(number),
            lower: newest("recentLowerThresholds"),
            upper: newest("recentUpperThresholds"),
            period: None,
            points,
        };
        let seconds = data.get("period").and_then(Value::as_i64).filter(|seconds| *seconds > 0);
        let period = seconds.map(Duration::seconds);
        (evaluation != Self::default()).then_some(Self { period, ..evaluation })
    }
}

/// The evaluated data points oldest first: reversed, and sorted by time if all have one.
fn oldest_first(evaluated: &[Value]) -> Vec<Datapoint> {
    let point = |point: &Value| Datapoint {
        at: point.get("timestamp").and_then(Value::as_str).and_then(timestamp::read),
        value: point.get("value").and_then(number),
        samples: point.get("sampleCount").and_then(number),
    };
    let mut points: Vec<_> = evaluated.iter().rev().map(point).collect();
    if points.iter().all(|point| point.at.is_some()) {
        points.sort_by_key(|point| point.at);
    }
    points
}

/// A finite number, as a JSON number or a string.
pub(super) fn number(value: &Value) -> Option<f64> {
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

    fn values(data: &Value) -> Vec<Option<f64>> {
        Evaluation::of(data).unwrap().points.into_iter().map(|point| point.value).collect()
    }

    #[test]
    fn recent_data_points_are_oldest_first_and_evaluated_ones_newest_first() {
        let recent = json!({"recentDatapoints": [41.0, 33.8, 32.6]});
        let evaluated = json!({"recentDatapoints": [41.0, 33.8, 32.6], "evaluatedDatapoints": [
            {"timestamp": "2026-11-22T08:29:00.000+0000", "sampleCount": 5.0, "value": 32.6},
            {"timestamp": "2026-11-22T08:24:00.000+0000", "sampleCount": 5.0, "value": 33.8},
            {"timestamp": "2026-11-22T08:19:00.000+0000", "sampleCount": 5.0, "value": 41.0}]});
        let expected = [Some(41.0), Some(33.8), Some(32.6)];
        assert_eq!(values(&recent), expected);
        assert_eq!(values(&evaluated), expected);
        let newest = |data| Evaluation::of(data).unwrap().newest();
        assert_eq!(newest(&recent), Some((32.6, None)));
        assert_eq!(newest(&evaluated), Some((32.6, Some(datetime!(2026-11-22 08:29 UTC)))));
    }

    #[test]
    fn evaluated_data_points_in_another_order_are_put_in_that_of_their_times() {
        let at = |minute| format!("2026-11-22T08:{minute}:00.000+0000");
        let data = json!({"evaluatedDatapoints": [
            {"timestamp": at(10), "value": 1}, {"timestamp": at(12), "value": 3},
            {"timestamp": at(11), "value": 2}]});
        assert_eq!(values(&data), [Some(1.0), Some(2.0), Some(3.0)]);
    }

    #[test]
    fn evaluated_data_points_of_which_one_has_no_time_are_only_turned_round() {
        let data = json!({"evaluatedDatapoints": [
            {"timestamp": "2026-11-22T08:10:00.000+0000", "value": 3}, {"value": 2},
            {"timestamp": "2026-11-22T08:12:00.000+0000", "value": 1}, "odd"]});
        assert_eq!(values(&data), [None, Some(1.0), Some(2.0), Some(3.0)]);
    }

    #[test]
    fn a_missing_data_point_keeps_its_place_and_the_newest_value_is_one_that_came() {
        let data = json!({"recentDatapoints": [5.0], "threshold": 5.0, "evaluatedDatapoints": [
            {"timestamp": "2026-11-22T08:30:00.000+0000"},
            {"timestamp": "2026-11-22T08:29:00.000+0000", "value": null},
            {"timestamp": "2026-11-22T08:28:00.000+0000", "value": 5.0}]});
        assert_eq!(values(&data), [Some(5.0), None, None]);
        let evaluation = Evaluation::of(&data).unwrap();
        assert_eq!(evaluation.newest(), Some((5.0, Some(datetime!(2026-11-22 08:28 UTC)))));
        assert_eq!(
            values(&json!({"recentDatapoints": [null, 2, "3.5", "x", []]})),
            [None, Some(2.0), Some(3.5), None, None]
        );
    }

    /// The newest minute of a service of six tasks, with the samples of one.
    #[test]
    fn the_data_point_that_decides_is_the_newest_complete_one() {
        let point = |minute: u8, samples: f64, value: f64| {
            json!({"timestamp": format!("2026-11-22T08:{minute}:00.000+0000"),
                "sampleCount": samples, "value": value})
        };
        let newest = |data: &Value| {
            Evaluation::of(data).unwrap().newest_complete(datetime!(2026-11-22 08:31:10 UTC))
        };
        let points = [point(30, 1.0, 420.0), point(29, 6.0, 77.0), point(28, 6.0, 71.0)];
        let data = json!({"period": 60, "evaluatedDatapoints": points});
        assert_eq!(newest(&data), Some(77.0));
        let points = [point(30, 6.0, 77.0), point(29, 6.0, 71.0)];
        assert_eq!(newest(&json!({"period": 60, "evaluatedDatapoints": points})), Some(77.0));
        // Unknown without the period, the samples or the times.
        assert_eq!(newest(&json!({"evaluatedDatapoints": points})), None);
        assert_eq!(newest(&json!({"period": 60, "recentDatapoints": [71.0, 77.0]})), None);
        let untold = json!({"period": 60, "evaluatedDatapoints": [
            {"timestamp": "2026-11-22T08:30:00.000+0000", "value": 77.0},
            {"timestamp": "2026-11-22T08:29:00.000+0000", "value": 71.0}]});
        assert_eq!(newest(&untold), None);
    }

    #[test]
    fn a_period_that_is_none_is_not_told() {
        for period in [json!(0), json!(-60), json!("60"), json!(null), json!(i64::MAX)] {
            let data = json!({"period": period, "evaluatedDatapoints": [
                {"timestamp": "2026-11-22T08:30:00.000+0000", "sampleCount": 6, "value": 77.0}]});
            let evaluation = Evaluation::of(&data).unwrap();
            assert_eq!(evaluation.newest_complete(datetime!(2026-11-22 09:30 UTC)), None);
        }
    }

    #[test]
    fn an_anomaly_detectors_alarm_has_a_band_and_no_threshold() {
        let data = json!({"recentDatapoints": [0.0, 9.5],
            "recentLowerThresholds": [0.25, 0.5], "recentUpperThresholds": [6.0, 7.5]});
        let evaluation = Evaluation::of(&data).unwrap();
        assert_eq!(evaluation.threshold, None);
        assert_eq!((evaluation.lower, evaluation.upper), (Some(0.5), Some(7.5)));
        assert_eq!(evaluation.newest(), Some((9.5, None)));
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
    fn reason_data_that_tells_of_no_evaluation_is_none() {
        for text in [
            "",
            "rehearsal",
            "[]",
            "7",
            "null",
            "{}",
            r#"{"recentDatapoints":[1e999]}"#,
            r#"{"triggeringAlarms":[{"arn":"a","state":{"value":"ALARM"}}]}"#,
            r#"{"threshold":{},"recentDatapoints":7,"evaluatedDatapoints":{"a":1}}"#,
        ] {
            assert_eq!(Evaluation::read(text), None, "{text}");
        }
        let bare = Evaluation::read(r#"{"recentDatapoints":[],"threshold":5.0}"#).unwrap();
        assert_eq!((bare.threshold, bare.newest()), (Some(5.0), None));
    }

    proptest! {
        #[test]
        fn both_lists_tell_the_same_values(values in proptest::collection::vec(-1e9..1e9f64, 1..9)) {
            let point = |(minute, value): (usize, &f64)| json!({
                "timestamp": format!("2026-11-22T08:{minute:02}:00.000+0000"), "value": value});
            let mut evaluated: Vec<_> = values.iter().enumerate().map(point).collect();
            evaluated.reverse();
            let one = Evaluation::of(&json!({"recentDatapoints": values})).unwrap();
            let other = Evaluation::of(&json!({"evaluatedDatapoints": evaluated})).unwrap();
            let plain = |of: &Evaluation| of.points.iter().map(|point| point.value).collect::<Vec<_>>();
            prop_assert_eq!(plain(&one), plain(&other));
            prop_assert_eq!(one.newest().map(|newest| newest.0), values.last().copied());
        }
    }
}

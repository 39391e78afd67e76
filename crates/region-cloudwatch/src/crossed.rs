//! Why a metric alarm is in ALARM or OK, in CloudWatch's words: short ones, and longer ones for
//! alarms of M out of N.

use region_core::Time;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use crate::alarm::Point;
use crate::evaluation::{Criteria, TreatMissingData, Verdict};
use crate::state::StateValue;

/// The time format of state reasons.
const SHORT: &[BorrowedFormatItem<'_>] =
    format_description!("[day]/[month]/[year repr:last_two] [hour]:[minute]:[second]");

/// From this many data points on, only the newest are listed, in a sentence of their own.
const MANY: usize = 5;

/// `count` of them.
pub(crate) fn datapoints(count: usize) -> String {
    format!("{count} {}", noun(count))
}

fn noun(count: usize) -> &'static str {
    if count == 1 { "datapoint" } else { "datapoints" }
}

/// The reason of a state, where `counted` are the values that were judged, newest first.
pub(crate) fn crossed(
    criteria: &Criteria,
    value: StateValue,
    verdict: &Verdict,
    counted: &[Point],
) -> String {
    let alarms = value == StateValue::Alarm;
    let speaks =
        |point: &&Point| point.value.is_some_and(|value| criteria.breaches(value)) == alarms;
    let named: Vec<&Point> = counted.iter().filter(speaks).collect();
    let filled = filled(criteria, verdict.filled);
    let minimum = minimum(criteria, alarms);
    if counted.is_empty() {
        let periods = criteria.periods;
        let plural = if periods == 1 { "" } else { "s" };
        return format!(
            "Threshold Crossed: no datapoints were received for {periods} period{plural} and \
             {filled}{minimum}."
        );
    }
    if named.is_empty() {
        return format!("Threshold Crossed: {filled}{minimum}.");
    }
    let count = match criteria.to_alarm {
        None => datapoints(named.len()),
        Some(_) => {
            let all = counted.len() + verdict.filled;
            format!("{} out of the last {all} datapoints", named.len())
        }
    };
    let were = match (named.len(), alarms) {
        (1, true) => "was",
        (1, false) => "was not",
        (_, true) => "were",
        (_, false) => "were not",
    };
    let words = criteria.comparison.words();
    let and = if verdict.filled == 0 { String::new() } else { format!(" and {filled}") };
    let beyond = format!("{were} {words} the threshold ({:?}){and}", criteria.threshold);
    let values: Vec<String> = named.iter().take(MANY).map(|point| shown(point)).collect();
    let values = values.join(", ");
    if named.len() < MANY {
        return format!("Threshold Crossed: {count} [{values}] {beyond}{minimum}.");
    }
    format!(
        "Threshold Crossed: {count} {beyond}. The most recent datapoints which crossed the \
         threshold: [{values}]{minimum}."
    )
}

fn shown(point: &Point) -> String {
    let time = Time::from_unix_timestamp(point.time).unwrap_or(Time::UNIX_EPOCH);
    let time = time.format(SHORT).unwrap_or_default();
    format!("{:?} ({time})", point.value.unwrap_or_default())
}

fn filled(criteria: &Criteria, count: usize) -> String {
    let treated = match criteria.treatment() {
        TreatMissingData::Breaching => "Breaching",
        TreatMissingData::NotBreaching => "NonBreaching",
        TreatMissingData::Missing => "Missing",
        TreatMissingData::Ignore => "Ignored",
    };
    let were = if count == 1 { "was" } else { "were" };
    format!("{count} missing {} {were} treated as [{treated}]", noun(count))
}

/// How many data points the change took, which only an alarm of M out of N says.
fn minimum(criteria: &Criteria, alarms: bool) -> String {
    let Some(to_alarm) = criteria.to_alarm else { return String::new() };
    let (least, way) = match alarms {
        true => (to_alarm, "OK -> ALARM"),
        false => (criteria.periods - to_alarm + 1, "ALARM -> OK"),
    };
    format!(" (minimum {} for {way} transition)", datapoints(least))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::Comparison;

    /// The reason for the values of minutes, newest first; `None` is missing.
    fn reason(
        values: &[Option<f64>],
        to_alarm: Option<usize>,
        missing: TreatMissingData,
    ) -> String {
        let criteria = Criteria {
            periods: values.len(),
            to_alarm,
            threshold: 40.0,
            comparison: Comparison::GreaterThanOrEqualToThreshold,
            missing: Some(missing),
        };
        let verdict = criteria.judge(values);
        let point = |place: &usize| Point {
            time: 1_796_011_260 - 60 * i64::try_from(*place).unwrap(),
            value: values[*place],
            sample_count: None,
        };
        let counted: Vec<Point> = verdict.counted.iter().map(point).collect();
        crossed(&criteria, verdict.state.unwrap(), &verdict, &counted)
    }

    /// As recorded from AWS (LocalStack's `test_put_metric_alarm` and
    /// `test_breaching_alarm_actions`).
    #[test]
    fn without_m_the_reason_is_short() {
        let missing = TreatMissingData::Breaching;
        assert_eq!(
            reason(&[Some(41.25)], None, missing),
            "Threshold Crossed: 1 datapoint [41.25 (30/11/26 04:01:00)] was greater than or equal \
             to the threshold (40.0)."
        );
        assert_eq!(
            reason(&[None, None, None], None, missing),
            "Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints \
             were treated as [Breaching]."
        );
        assert_eq!(
            reason(&[None], None, TreatMissingData::NotBreaching),
            "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint \
             was treated as [NonBreaching]."
        );
    }

    #[test]
    fn several_and_missing_data_points_are_counted() {
        let missing = TreatMissingData::Breaching;
        assert_eq!(
            reason(&[Some(44.0), Some(43.5), Some(42.0)], None, missing),
            "Threshold Crossed: 3 datapoints [44.0 (30/11/26 04:01:00), 43.5 (30/11/26 04:00:00), \
             42.0 (30/11/26 03:59:00)] were greater than or equal to the threshold (40.0)."
        );
        assert_eq!(
            reason(&[Some(12.0), None], None, missing),
            "Threshold Crossed: 1 datapoint [12.0 (30/11/26 04:01:00)] was not greater than or \
             equal to the threshold (40.0) and 1 missing datapoint was treated as [Breaching]."
        );
    }

    #[test]
    fn of_five_and_more_the_newest_five_are_listed() {
        let values: Vec<Option<f64>> = (0..7).map(|n| Some(f64::from(60 - n))).collect();
        let list = "[60.0 (30/11/26 04:01:00), 59.0 (30/11/26 04:00:00), 58.0 (30/11/26 03:59:00), \
                    57.0 (30/11/26 03:58:00), 56.0 (30/11/26 03:57:00)]";
        let beyond = "were greater than or equal to the threshold (40.0). The most recent \
                      datapoints which crossed the threshold:";
        assert_eq!(
            reason(&values, None, TreatMissingData::Missing),
            format!("Threshold Crossed: 7 datapoints {beyond} {list}.")
        );
        assert_eq!(
            reason(&values, Some(6), TreatMissingData::Missing),
            format!(
                "Threshold Crossed: 7 out of the last 7 datapoints {beyond} {list} (minimum 6 \
                 datapoints for OK -> ALARM transition)."
            )
        );
    }

    #[test]
    fn with_m_the_reason_says_out_of_how_many() {
        assert_eq!(
            reason(&[Some(50.0), None, Some(8.0)], Some(1), TreatMissingData::NotBreaching),
            "Threshold Crossed: 1 out of the last 3 datapoints [50.0 (30/11/26 04:01:00)] was \
             greater than or equal to the threshold (40.0) and 1 missing datapoint was treated as \
             [NonBreaching] (minimum 1 datapoint for OK -> ALARM transition)."
        );
        assert_eq!(
            reason(&[Some(50.0), Some(8.0), Some(9.0)], Some(2), TreatMissingData::Missing),
            "Threshold Crossed: 2 out of the last 3 datapoints [8.0 (30/11/26 04:00:00), 9.0 \
             (30/11/26 03:59:00)] were not greater than or equal to the threshold (40.0) (minimum \
             2 datapoints for ALARM -> OK transition)."
        );
    }

    #[test]
    fn missing_data_alone_may_be_why_an_alarm_is_ok() {
        assert_eq!(
            reason(&[None, Some(50.0)], None, TreatMissingData::NotBreaching),
            "Threshold Crossed: 1 missing datapoint was treated as [NonBreaching]."
        );
    }
}

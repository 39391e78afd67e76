//! Metric data that are refused, when they are put and when they are read.

use serde_json::{Value, json};

use super::setup::Setup;
use crate::units::UNITS;

fn refused(operation: &str, input: Value) -> (String, String) {
    let error = Setup::new().try_call(operation, input).unwrap_err();
    assert_eq!(error.status, 400);
    (error.code, error.message)
}

fn put(datum: Value) -> (String, String) {
    let sound = json!({"MetricName": "Orders", "Value": 1});
    refused("PutMetricData", json!({"Namespace": "Shop", "MetricData": [sound, datum]}))
}

/// The second datum, which is one of `Orders`.
fn put_orders(fields: Value) -> (String, String) {
    let mut datum = fields;
    datum["MetricName"] = json!("Orders");
    put(datum)
}

fn is(code: &str, message: &str) -> (String, String) {
    (code.to_owned(), message.to_owned())
}

/// As recorded from AWS (LocalStack's `test_put_metric_data_validation`).
#[test]
fn values_in_two_ways_or_with_other_counts_are_refused() {
    let set = json!({"SampleCount": 1, "Sum": 1, "Minimum": 1, "Maximum": 1});
    let both = |first: &str, second: &str| {
        is(
            "InvalidParameterCombination",
            &format!(
                "The parameters MetricData.member.2.{first} and MetricData.member.2.{second} are \
                 mutually exclusive and you have specified both."
            ),
        )
    };
    let several = json!({"Value": 3, "Values": [4]});
    assert_eq!(put_orders(several), both("Value", "Values"));
    let summed = json!({"Value": 3, "StatisticValues": set});
    assert_eq!(put_orders(summed), both("Value", "StatisticValues"));
    assert_eq!(
        put_orders(json!({"Values": [4, 5, 6], "Counts": [1, 2]})),
        is(
            "InvalidParameterValue",
            "The parameters MetricData.member.2.Values and MetricData.member.2.Counts must be of \
             the same size."
        )
    );
}

#[test]
fn what_put_needs_is_named() {
    for (input, place) in [
        (json!({"MetricData": []}), "Namespace"),
        (json!({"Namespace": "Shop"}), "MetricData"),
        (
            json!({"Namespace": "Shop", "MetricData": [{"Value": 1}]}),
            "MetricData.member.1.MetricName",
        ),
        (
            json!({"Namespace": "Shop", "MetricData": [{"MetricName": "Orders",
                "StatisticValues": {"Maximum": 1, "Minimum": 1, "Sum": 1}}]}),
            "MetricData.member.1.StatisticValues.SampleCount",
        ),
    ] {
        let expected = is("MissingParameter", &format!("The parameter {place} is required."));
        assert_eq!(refused("PutMetricData", input), expected);
    }
    assert_eq!(
        put_orders(json!({})),
        is(
            "MissingParameter",
            "At least one of the parameters MetricData.member.2.Value, MetricData.member.2.Values \
             or MetricData.member.2.StatisticValues must be specified."
        )
    );
}

#[test]
fn values_that_are_put_are_checked() {
    let start = 1_767_225_600;
    let set = |count: i64, maximum: i64| {
        json!({"StatisticValues":
        {"SampleCount": count, "Sum": 4, "Minimum": 2, "Maximum": maximum}})
    };
    let in_set = format!(
        "The parameter MetricData.member.2.Unit must be a value in the set [ {} ].",
        UNITS.join(", ")
    );
    for (fields, message) in [
        (
            json!({"Value": "NaN"}),
            "The value NaN for parameter MetricData.member.2.Value is invalid.",
        ),
        (
            json!({"Values": [1, 2.4e108]}),
            &*format!(
                "The value {} for parameter MetricData.member.2.Values.member.2 is invalid.",
                2.4e108
            ),
        ),
        (
            json!({"Values": [1], "Counts": [0]}),
            "The value 0 for parameter MetricData.member.2.Counts.member.1 is invalid.",
        ),
        (json!({"Value": 1, "Unit": "Percents"}), &*in_set),
        (
            set(2, 1),
            "The parameter MetricData.member.2.StatisticValues.Maximum must be greater than \
             MetricData.member.2.StatisticValues.Minimum.",
        ),
        (
            set(0, 3),
            "The parameter MetricData.member.2.StatisticValues.SampleCount must be greater than 0.",
        ),
        (
            json!({"Values": vec![1; 151]}),
            "The collection MetricData.member.2.Values must not have a size greater than 150.",
        ),
        (
            json!({"Value": 1, "Dimensions": vec![json!({"Name": "a", "Value": "b"}); 31]}),
            "The collection MetricData.member.2.Dimensions must not have a size greater than 30.",
        ),
        (
            json!({"Value": 1, "Timestamp": start - 15 * 86_400}),
            "The parameter MetricData.member.2.Timestamp must specify a time within the past two \
             weeks.",
        ),
        (
            json!({"Value": 1, "Timestamp": start + 7_201}),
            "The parameter MetricData.member.2.Timestamp must specify a time within the past two \
             weeks.",
        ),
    ] {
        assert_eq!(put_orders(fields), is("InvalidParameterValue", message));
    }
    let reserved = json!({"Namespace": "AWS/ECS", "MetricData": [{"MetricName": "a", "Value": 1}]});
    assert_eq!(
        refused("PutMetricData", reserved),
        is("InvalidParameterValue", "The value AWS/ for parameter Namespace is invalid.")
    );
    let many = vec![json!({"MetricName": "a", "Value": 1}); 1_001];
    assert_eq!(
        refused("PutMetricData", json!({"Namespace": "Shop", "MetricData": many})).1,
        "The collection MetricData must not have a size greater than 1000."
    );
}

#[test]
fn nothing_is_recorded_if_a_datum_is_refused() {
    let mut setup = Setup::new();
    let data = json!([{"MetricName": "Orders", "Value": 1}, {"MetricName": "Orders"}]);
    let input = json!({"Namespace": "Shop", "MetricData": data});
    setup.try_call("PutMetricData", input).unwrap_err();
    let start = setup.now().unix_timestamp();
    let answer = setup.call(
        "GetMetricData",
        json!({
            "MetricDataQueries": [{"Id": "q", "MetricStat": stat("Sum")}],
            "StartTime": start, "EndTime": start + 60,
        }),
    );
    assert_eq!(answer["MetricDataResults"][0]["Values"], json!([]));
}

fn stat(name: &str) -> Value {
    json!({"Period": 60, "Stat": name, "Metric": {"Namespace": "Shop", "MetricName": "Orders"}})
}

/// Of the last hour, with these queries.
fn get(queries: Value) -> (String, String) {
    refused("GetMetricData", json!({"MetricDataQueries": queries, "StartTime": 0, "EndTime": 3600}))
}

#[test]
fn all_faults_of_a_read_are_listed_line_by_line() {
    let sound = json!({"Id": "q", "MetricStat": stat("Sum")});
    let mut elsewhere = stat("Median");
    elsewhere["Metric"] = json!({"MetricName": "Orders"});
    elsewhere["Unit"] = json!("Orders");
    for (queries, message) in [
        (json!([]), "The parameter MetricDataQueries is required.\n".to_owned()),
        (
            json!([sound, sound]),
            "The values for parameter id in MetricDataQueries are not unique.\n".to_owned(),
        ),
        (
            json!([{"Id": "q"}, {"Id": "Total", "MetricStat": stat("Sum"), "Expression": "q"}]),
            "The parameter MetricDataQueries.member.1.MetricStat is required.\n\
             The value Total for parameter MetricDataQueries.member.2.Id is not matching the \
             expected pattern ^[a-z][a-zA-Z0-9_]*$.\n\
             The parameters MetricDataQueries.member.2.Expression and \
             MetricDataQueries.member.2.MetricStat are mutually exclusive and you have specified \
             both.\n"
                .to_owned(),
        ),
        (
            json!([{"MetricStat": elsewhere}]),
            format!(
                "The parameter MetricDataQueries.member.1.Id is required.\n\
                 The parameter MetricDataQueries.member.1.MetricStat.Metric.Namespace is \
                 required.\n\
                 The value for parameter MetricDataQueries.member.1.MetricStat.Stat is not a valid \
                 statistic.\n\
                 The parameter MetricDataQueries.member.1.MetricStat.Unit must be a value in the \
                 set [ {} ].\n",
                UNITS.join(", ")
            ),
        ),
        (
            Value::from(vec![sound; 501]),
            "The collection MetricDataQueries must not have a size greater than 500.\n\
             The values for parameter id in MetricDataQueries are not unique.\n"
                .to_owned(),
        ),
    ] {
        assert_eq!(get(queries), is("ValidationError", &message));
    }
}

#[test]
fn the_times_of_a_read_are_checked() {
    let queries = json!([{"Id": "q", "MetricStat": stat("Sum")}]);
    for (start, end, message) in [
        (json!(60), json!(60), "The parameter StartTime must not equal parameter EndTime.\n"),
        (json!(60), json!(0), "The parameter StartTime must be less than the parameter EndTime.\n"),
        (
            Value::Null,
            Value::Null,
            "The parameter StartTime is required.\nThe parameter EndTime is required.\n",
        ),
    ] {
        let input = json!({"MetricDataQueries": queries, "StartTime": start, "EndTime": end});
        assert_eq!(refused("GetMetricData", input), is("ValidationError", message));
    }
    let scan = json!({"MetricDataQueries": queries, "StartTime": 0, "EndTime": 60, "ScanBy": "Up"});
    assert_eq!(
        refused("GetMetricData", scan),
        is(
            "ValidationError",
            "1 validation error detected: Value 'Up' at 'scanBy' failed to satisfy constraint: \
             Member must satisfy enum value set: [TimestampDescending, TimestampAscending]"
        )
    );
    let page = json!({"MetricDataQueries": queries, "StartTime": 0, "EndTime": 60,
        "NextToken": "never given"});
    assert_eq!(refused("GetMetricData", page).0, "InvalidNextToken");
}

#[test]
fn what_is_not_simulated_is_refused_by_name() {
    let query = |stat: Value, fields: Value| {
        let mut query = fields;
        query["Id"] = json!("q");
        query["MetricStat"] = stat;
        json!([query])
    };
    for (queries, message) in [
        (query(stat("p90"), json!({})), "the simulated region has no statistic p90"),
        (
            query(stat("TM(10%:90%)"), json!({})),
            "the simulated region has no statistic TM(10%:90%)",
        ),
        (
            query(stat("Sum"), json!({"Label": "[max: ${MAX}]"})),
            "the simulated region has no dynamic label [max: ${MAX}]",
        ),
        (
            query(stat("Sum"), json!({"Period": 60})),
            "the simulated region reads Period of an Expression only, give that of MetricStat",
        ),
    ] {
        assert_eq!(get(queries), is("ValidationError", message));
    }
    let account = get(query(stat("Sum"), json!({"AccountId": "123456789012"}))).1;
    assert!(account.contains("unknown field `AccountId`"), "{account}");
    let zone = json!({"LabelOptions": {"Timezone": "+0100"}});
    let left_out = "the simulated region does not read LabelOptions of GetMetricData, leave it out";
    assert_eq!(refused("GetMetricData", zone).1, left_out);
    let entity = json!({"Namespace": "Shop", "EntityMetricData": []});
    assert!(refused("PutMetricData", entity).1.contains("EntityMetricData of PutMetricData"));
    assert_eq!(
        put_orders(json!({"Value": 1, "StorageResolution": 1})).1,
        "the simulated region has no high resolution, leave StorageResolution of \
         MetricData.member.2 at 60"
    );
    assert_eq!(refused("ListMetrics", json!({})).0, "UnknownOperationException");
}

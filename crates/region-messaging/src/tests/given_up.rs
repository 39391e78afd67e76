//! What becomes of asynchronous invocations that Lambda gives up
//! (<https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>).

use super::*;

/// `f`, which the rule for `{"a": 1}` invokes, with the queues `failed` and `dead`.
fn failing(f: FunctionSpec) -> Messaging {
    begin(Wiring {
        functions: vec![FunctionSpec {
            on_failure: Some(arn("failed")),
            dead_letter: Some(arn("dead")),
            ..f
        }],
        queues: vec![queue("failed", false), queue("dead", false)],
        rules: vec![rule(on(json!({"a": [1]})), "f", TargetInput::Event)],
        ..Wiring::default()
    })
}

/// Fails every run with `error` until nothing is due. Returns the start of the last run, and the
/// record for the on-failure destination with the time at which it was sent.
fn given_up(messaging: &mut Messaging, error: &FunctionError) -> (Option<Time>, Value, Time) {
    messaging.put_event(START, &json!({"a": 1}));
    let mut last = None;
    while let Some(due) = messaging.next_due().filter(|due| *due < after(3600)) {
        for run in runs(messaging, due) {
            last = Some(run.started);
            messaging.finish(run.started, run.id, Err(error.clone()));
        }
    }
    let failed = messaging.messages("failed");
    (last, parsed(&failed[0].content.body), failed[0].sent)
}

fn crashed() -> FunctionError {
    json!({"errorType": "Crash", "errorMessage": "no disk", "stackTrace": ["at main"]}).into()
}

/// As recorded from AWS: `test_lambda_destinations.py::TestLambdaDestinationSqs::test_retries`.
#[test]
fn the_record_has_the_error_object_of_the_runtime() {
    let mut messaging = failing(function("f"));
    let (_, record, _) = given_up(&mut messaging, &crashed());
    assert_eq!(record["requestContext"]["condition"], "RetriesExhausted");
    assert_eq!(record["requestContext"]["functionArn"], format!("{}:$LATEST", arn("f")));
    assert_eq!(record["requestPayload"], json!({"a": 1}));
    assert_eq!(
        record["responseContext"],
        json!({"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"})
    );
    assert_eq!(
        record["responsePayload"],
        json!({"errorType": "Crash", "errorMessage": "no disk", "stackTrace": ["at main"]})
    );
    let text = &messaging.messages("failed")[0].content.body;
    let places: Vec<_> =
        ["version", "timestamp", "requestContext", "requestPayload", "responseContext"]
            .map(|key| text.find(&format!("\"{key}\"")).unwrap())
            .into();
    assert!(places.is_sorted(), "{text}");
}

/// As recorded from AWS: `test_lambda_destinations.py::TestLambdaDestinationSqs::test_maxeventage`.
#[test]
fn an_event_that_would_be_too_old_is_given_up_at_once() {
    for (age, retries, runs) in [(70, 2, 2), (60, 2, 1), (179, 2, 2), (185, 2, 3), (100, 1, 2)] {
        let mut messaging = failing(FunctionSpec {
            maximum_event_age_seconds: age,
            maximum_retry_attempts: retries,
            ..function("f")
        });
        let (last, record, sent) = given_up(&mut messaging, &crashed());
        let context = &record["requestContext"];
        assert_eq!(context["approximateInvokeCount"], runs, "{age}");
        let exhausted = runs == retries + 1;
        let condition = if exhausted { "RetriesExhausted" } else { "EventAgeExceeded" };
        assert_eq!(context["condition"], condition, "{age}");
        assert_eq!(Some(sent), last, "with the end of the last run");
        assert_eq!(record["responsePayload"]["errorMessage"], "no disk");
        assert_eq!(record["responseContext"]["statusCode"], 200);
    }
}

/// As recorded from AWS: `test_lambda.py::TestLambdaBehavior::test_lambda_invoke_with_timeout`.
#[test]
fn a_time_out_is_an_error_object_of_the_sandbox() {
    let mut messaging =
        failing(FunctionSpec { timeout_seconds: 7, maximum_retry_attempts: 0, ..function("f") });
    messaging.put_event(START, &json!({"a": 1}));
    let run = runs(&mut messaging, after(2)).remove(0);
    messaging.advance(after(10));
    let record = parsed(&messaging.messages("failed")[0].content.body);
    let message = format!("RequestId: {} Error: Task timed out after 7.00 seconds", run.request_id);
    assert_eq!(
        record["responsePayload"],
        json!({"errorType": "Sandbox.Timedout", "errorMessage": message})
    );
    assert_eq!(record["requestContext"]["requestId"], run.request_id);
}

/// As recorded from AWS: `test_lambda_destinations.py::TestLambdaDLQ::test_dead_letter_queue`.
#[test]
fn a_dead_letter_is_the_event_with_the_error_as_attributes() {
    let mut messaging = failing(function("f"));
    let (_, record, _) = given_up(&mut messaging, &crashed());
    let dead = &messaging.messages("dead")[0].content;
    assert_eq!(dead.body, "{\"a\":1}");
    let attribute =
        |kind: &str, value: &str| Attribute { data_type: kind.to_owned(), value: value.to_owned() };
    let request_id = record["requestContext"]["requestId"].as_str().unwrap();
    let expected = [
        ("ErrorCode", attribute("Number", "200")),
        ("ErrorMessage", attribute("String", "no disk")),
        ("RequestID", attribute("String", request_id)),
    ];
    let expected: Attributes =
        expected.map(|(name, attribute)| (name.to_owned(), attribute)).into();
    assert_eq!(dead.attributes, expected);
}

#[test]
fn a_long_error_message_is_cut_in_the_attributes_of_a_dead_letter() {
    let mut messaging = failing(function("f"));
    given_up(&mut messaging, &"é".repeat(900).into());
    let dead = &messaging.messages("dead")[0].content;
    assert_eq!(dead.attributes["ErrorMessage"].value.len(), 1024);
}

#[test]
fn without_any_concurrency_an_event_is_given_up_at_once() {
    let mut messaging = failing(FunctionSpec { reserved_concurrency: Some(0), ..function("f") });
    let (last, record, sent) = given_up(&mut messaging, &crashed());
    assert_eq!(last, None);
    assert!(sent < after(2));
    assert_eq!(record["requestContext"]["condition"], "ZeroReservedConcurrency");
    assert_eq!(record["requestContext"]["approximateInvokeCount"], 0);
    assert_eq!(record.get("responseContext"), None);
    assert!(!messaging.messages("dead")[0].content.attributes.contains_key("ErrorCode"));
}

//! The simulated region over a real socket.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use time::macros::datetime;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::live::Live;
use crate::region::{Region, Settings};
use region_wiring::template;

const TEMPLATE: &str = "
Transform: AWS::Serverless-2016-10-31
Resources:
  Topic: {Type: AWS::SNS::Topic}
  Again: {Type: AWS::SNS::Topic, Properties: {TopicName: again}}
  Inbox: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 60}}
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      Timeout: 10
      Events:
        Inbox: {Type: SQS, Properties: {Queue: !GetAtt Inbox.Arn, FunctionResponseTypes: [ReportBatchItemFailures]}}
  Looping:
    Type: AWS::Serverless::Function
    Properties:
      Timeout: 10
      Events:
        Again: {Type: SNS, Properties: {Topic: !Ref Again}}
";

/// A region on a socket of its own.
struct Served {
    address: String,
    serving: JoinHandle<()>,
}

/// An answer as it comes off the socket.
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn header(&self, name: &str) -> &str {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(key, _)| *key == name).map(|(_, value)| value).next().unwrap()
    }
}

impl Served {
    async fn begin() -> Self {
        let wiring = template::read(TEMPLATE, &BTreeMap::new(), &BTreeMap::new()).unwrap();
        let epoch = datetime!(2026-11-22 09:00 UTC);
        let region = Region::new(wiring.clone(), Settings::default(), 1, epoch);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let serving = super::serve(listener, Live::new(region, epoch), wiring);
        Self { address, serving: tokio::spawn(async move { serving.await.unwrap() }) }
    }

    async fn ask(&self, head: &str, body: &str) -> Answer {
        self.ask_with(head, "", body).await
    }

    /// `headers` are lines, each with its end.
    async fn ask_with(&self, head: &str, headers: &str, body: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        let length = body.len();
        let request = format!(
            "{head} HTTP/1.1\r\nhost: region\r\nconnection: close\r\n{headers}\
             content-length: {length}\r\n\r\n{body}"
        );
        // What is too large is answered before it is read.
        let _ = stream.write_all(request.as_bytes()).await;
        read(stream).await
    }

    async fn post(&self, path: &str, body: &str) -> Answer {
        self.ask(&format!("POST {path}"), body).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask(&format!("GET {path}"), "").await
    }

    async fn truth(&self) -> Value {
        self.get("/_region/truth").await.json()
    }
}

async fn read(mut stream: TcpStream) -> Answer {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    // CBOR is binary, but the texts in it are readable.
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

#[tokio::test]
async fn the_protocols_of_aws_are_answered_at_one_address() {
    let served = Served::begin().await;
    let mut stream = TcpStream::connect(&served.address).await.unwrap();
    let request = "POST / HTTP/1.1\r\nhost: region\r\nconnection: close\r\ncontent-length: 2\r\n\
        x-amz-target: AmazonEC2ContainerServiceV20141113.ListClusters\r\n\r\n{}";
    stream.write_all(request.as_bytes()).await.unwrap();
    let answer = read(stream).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/x-amz-json-1.1"));
    assert!(answer.body.contains(":cluster/default"));

    let answer = served.post("/", "Action=DescribeAutoScalingGroups&Version=2011-01-01").await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/xml"));

    let path = "/service/GraniteServiceVersion20100801/operation/DescribeAlarms";
    let answer = served.post(path, "").await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/cbor"));
    assert_eq!(answer.header("smithy-protocol"), "rpc-v2-cbor");
    assert!(answer.body.contains("MetricAlarms"));
    assert_eq!(
        served.truth().await["calls"],
        json!({"ListClusters": 1, "DescribeAutoScalingGroups": 1, "DescribeAlarms": 1})
    );
}

/// A form of CloudWatch, beside its other two protocols.
#[tokio::test]
async fn cloudwatch_is_answered_in_three_protocols() {
    let served = Served::begin().await;
    let form = "Action=SetAlarmState&Version=2010-08-01&AlarmName=gone&StateValue=OK&StateReason=r";
    let answer = served.post("/", form).await;
    assert_eq!((answer.status, answer.header("content-type")), (404, "text/xml"));
    let headers = "x-amz-target: GraniteServiceVersion20100801.SetAlarmState\r\n";
    let body = r#"{"AlarmName": "gone", "StateValue": "OK", "StateReason": "r"}"#;
    for (mode, status) in [("false", 400), ("true", 404)] {
        let headers = format!("{headers}x-amzn-query-mode: {mode}\r\n");
        let answer = served.ask_with("POST /", &headers, body).await;
        assert_eq!(
            (answer.status, answer.header("x-amzn-query-error")),
            (status, "ResourceNotFound;Sender")
        );
    }
    let path = "/service/GraniteServiceVersion20100801/operation/SetAlarmState";
    let answer = served.post(path, "").await;
    assert_eq!(
        (answer.status, answer.header("x-amzn-query-error")),
        (400, "ValidationError;Sender")
    );
}

#[tokio::test]
async fn tags_of_an_alarm_are_answered_in_three_protocols() {
    let served = Served::begin().await;
    let arn = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:gone";
    let form = format!("Action=ListTagsForResource&Version=2010-08-01&ResourceARN={arn}");
    let answer = served.post("/", &form).await;
    assert_eq!((answer.status, answer.header("content-type")), (404, "text/xml"));
    assert!(answer.body.contains("<Code>ResourceNotFoundException</Code>"), "{}", answer.body);
    let headers = "x-amz-target: GraniteServiceVersion20100801.ListTagsForResource\r\n";
    let body = format!(r#"{{"ResourceARN": "{arn}"}}"#);
    let answer = served.ask_with("POST /", headers, &body).await;
    let code = "ResourceNotFoundException;Sender";
    assert_eq!((answer.status, answer.header("x-amzn-query-error")), (400, code));
    let path = "/service/GraniteServiceVersion20100801/operation/ListTagsForResource";
    let answer = served.post(path, "").await;
    let code = "ValidationError;Sender";
    assert_eq!((answer.status, answer.header("x-amzn-query-error")), (400, code));
}

#[tokio::test]
async fn systems_manager_is_answered_in_json() {
    let served = Served::begin().await;
    let target = "x-amz-target: AmazonSSM.GetParameters\r\n";
    let answer = served.ask_with("POST /", target, r#"{"Names": ["/gone"]}"#).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/x-amz-json-1.1"));
    assert!(answer.body.contains(r#""InvalidParameters":["/gone"]"#), "{}", answer.body);
}

#[tokio::test]
async fn every_request_has_an_id_of_its_own_that_the_seed_gives() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let served = Served::begin().await;
        let mut ids = Vec::new();
        for form in [
            "Action=DescribeAutoScalingGroups&Version=2011-01-01",
            "Action=DescribeAutoScalingGroups&Version=2011-01-01",
            "Action=Publish&Version=2010-03-31",
            "Action=Unknown&Version=1999-01-01",
        ] {
            let answer = served.post("/", form).await;
            let id = answer.header("x-amzn-requestid").to_owned();
            assert!(answer.body.contains(&format!("<RequestId>{id}</RequestId>")), "{form}");
            ids.push(id);
        }
        let target = "x-amz-target: AmazonEC2ContainerServiceV20141113.ListClusters\r\n";
        ids.push(
            served.ask_with("POST /", target, "{}").await.header("x-amzn-requestid").to_owned(),
        );
        let path = "/service/GraniteServiceVersion20100801/operation/DescribeAlarms";
        ids.push(served.post(path, "").await.header("x-amzn-requestid").to_owned());
        runs.push(ids);
    }
    assert_eq!(runs[0], runs[1]);
    let distinct: std::collections::BTreeSet<&String> = runs[0].iter().collect();
    assert_eq!(distinct.len(), 6);
}

#[tokio::test]
async fn a_group_made_by_hand_is_true_at_once() {
    let served = Served::begin().await;
    let made = served.post("/_region/control", r#"{"create-group": {"desired": 2}}"#).await;
    assert_eq!(made.status, 200, "{}", made.body);
    let ids = made.json()["instances"].clone();
    let truth = served.truth().await;
    assert_eq!(truth["instances"][1]["id"], ids[1]);
    assert_eq!(truth["instances"][1]["state"], "InService");
    assert_eq!(truth["instances"][1]["container-instances"][0]["status"], "ACTIVE");
}

#[tokio::test]
async fn a_bad_control_is_answered_with_what_is_wrong() {
    let served = Served::begin().await;
    for (control, error) in [
        ("{", "control is not JSON: EOF while parsing an object at line 1 column 1"),
        (r#"{"reboot": "i-1"}"#, "control cannot be read: unknown variant `reboot`"),
        (
            r#"{"create-group": {"size": 2}}"#,
            "control cannot be read: unknown field `size`, expected one of `name`",
        ),
        (
            r#"{"create-group": {"boot-seconds": 18446744073709551615}}"#,
            "control has the number 18446744073709551615, use 200000 at most",
        ),
        (r#"{"kill-instance": "i-1"}"#, "ValidationError: Instance Id not found"),
    ] {
        let answer = served.post("/_region/control", control).await;
        assert_eq!(answer.status, 400, "{control}");
        assert!(answer.body.starts_with(error), "{control}: {}", answer.body);
    }
}

#[tokio::test]
async fn the_truth_shows_the_token_of_a_lifecycle_action() {
    let served = Served::begin().await;
    for control in [
        r#"{"create-group": {}}"#,
        r#"{"put-lifecycle-hook": {"name": "release"}}"#,
        r#"{"set-desired-capacity": ["group", 1]}"#,
    ] {
        assert_eq!(served.post("/_region/control", control).await.status, 200, "{control}");
    }
    let action = served.truth().await["instances"][0]["lifecycle-actions"][0].clone();
    assert_eq!((&action["hook"], &action["ended-at"]), (&json!("release"), &json!(null)));
    let token = action["token"].as_str().unwrap();
    let form = format!(
        "Action=CompleteLifecycleAction&Version=2011-01-01&AutoScalingGroupName=group\
         &LifecycleHookName=release&LifecycleActionResult=CONTINUE&LifecycleActionToken={token}"
    );
    assert_eq!(served.post("/", &form).await.status, 200);
    let action = served.truth().await["instances"][0]["lifecycle-actions"][0].clone();
    assert_eq!(action["end"], "CONTINUE");
}

#[tokio::test]
async fn a_message_to_what_is_not_there_names_what_is() {
    let served = Served::begin().await;
    let message = r#"{"queue": {"id": "Outbox", "body": "{}"}}"#;
    let answer = served.post("/_region/send", message).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.body, "no queue `Outbox` in the template, use one of Inbox\n");
    let message = r#"{"topic": {"id": "Topic", "message": "hello"}}"#;
    assert_eq!(served.post("/_region/send", message).await.status, 200);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let served = Served::begin().await;
    let body = " ".repeat(super::LARGEST_BODY + 1);
    assert_eq!(served.post("/_region/control", &body).await.status, 413);
}

#[tokio::test]
async fn a_function_is_given_its_batch_and_its_answer_settles_it() {
    let served = Served::begin().await;
    let message = r#"{"queue": {"id": "Inbox", "body": "hello"}}"#;
    assert_eq!(served.post("/_region/send", message).await.status, 200);
    let next = served.get("/Worker/2018-06-01/runtime/invocation/next").await;
    assert_eq!(next.status, 200);
    assert_eq!(next.json()["Records"][0]["body"], "hello");
    assert!(next.header("lambda-runtime-invoked-function-arn").contains(":function:"));
    assert!(next.header("lambda-runtime-trace-id").starts_with("Root=1-"));
    let deadline: i64 = next.header("lambda-runtime-deadline-ms").parse().unwrap();
    let epoch = datetime!(2026-11-22 09:00 UTC).unix_timestamp() * 1000;
    assert!((epoch + 10_000..epoch + 60_000).contains(&deadline));

    let id = next.header("lambda-runtime-aws-request-id");
    let path = format!("/Worker/2018-06-01/runtime/invocation/{id}/response");
    assert_eq!(served.post(&path, r#"{"batchItemFailures": []}"#).await.status, 202);
    let again = served.post(&path, "{}").await;
    assert_eq!((again.status, &again.json()["errorType"]), (400, &json!("InvalidRequestID")));
    let truth = loop {
        let truth = served.truth().await;
        if truth["queues"]["Inbox"]["in-flight"] == 0 {
            break truth;
        }
    };
    assert_eq!(truth["functions"]["Worker"]["invocations"], 1);
    assert_eq!(truth["functions"]["Worker"]["errors"], 0);
    assert_eq!(truth["queues"]["Inbox"]["messages"], json!([]));
}

#[tokio::test]
async fn a_function_error_is_counted_and_leaves_its_messages() {
    let served = Served::begin().await;
    let message = r#"{"queue": {"id": "Inbox", "body": "hello"}}"#;
    assert_eq!(served.post("/_region/send", message).await.status, 200);
    let next = served.get("/Worker/2018-06-01/runtime/invocation/next").await;
    let id = next.header("lambda-runtime-aws-request-id");
    let path = format!("/Worker/2018-06-01/runtime/invocation/{id}/error");
    let error = r#"{"errorType": "malformed", "errorMessage": "no such thing"}"#;
    assert_eq!(served.post(&path, error).await.status, 202);
    let truth = loop {
        let truth = served.truth().await;
        if truth["functions"]["Worker"]["errors"] == 1 {
            break truth;
        }
    };
    assert_eq!(truth["queues"]["Inbox"]["messages"], json!(["hello"]));
}

#[tokio::test]
async fn an_unknown_function_is_answered_with_the_known_ones() {
    let served = Served::begin().await;
    let answer = served.get("/Sleeper/2018-06-01/runtime/invocation/next").await;
    assert_eq!(answer.status, 404);
    assert_eq!(
        answer.json()["errorMessage"],
        "no function `Sleeper` in the template, use one of Looping, Worker"
    );
}

#[tokio::test]
async fn a_loop_is_stopped_by_the_trace_header_of_its_calls() {
    let served = Served::begin().await;
    let topic = "arn:aws:sns:us-east-1:123456789012:again";
    let publish = format!("Action=Publish&Version=2010-03-31&Message=again&TopicArn={topic}");
    assert_eq!(served.post("/", &publish).await.status, 200);
    for _ in 0..16 {
        let next = served.get("/Looping/2018-06-01/runtime/invocation/next").await;
        let trace = format!("x-amzn-trace-id: {}\r\n", next.header("lambda-runtime-trace-id"));
        assert_eq!(served.ask_with("POST /", &trace, &publish).await.status, 200);
        let id = next.header("lambda-runtime-aws-request-id");
        let path = format!("/Looping/2018-06-01/runtime/invocation/{id}/response");
        assert_eq!(served.post(&path, "null").await.status, 202);
    }
    let truth = loop {
        let truth = served.truth().await["functions"]["Looping"].clone();
        if truth["recursive-invocations-dropped"] == 1 {
            break truth;
        }
    };
    assert_eq!(truth["invocations"], 16);
}

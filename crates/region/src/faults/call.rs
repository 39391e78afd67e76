//! Faults of one call to AWS.

use serde_json::{Value, json};

use super::Death;
use region_core::api::{ApiError, Call};

/// A fault of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallFault {
    /// It is throttled, whatever its token bucket holds: another client has emptied it.
    Throttled,
    /// HTTP 503, and the call had no effect.
    Unavailable,
    /// HTTP 503, but the call took effect.
    DoneButUnavailable,
    /// It never arrives, and no answer comes.
    Lost,
    /// It took effect, and no answer comes.
    AnswerLost,
    /// HTTP 200 with every item in `failures[]`; a call without items is unavailable.
    ItemsFailed,
    /// The process crashes before AWS sees the call.
    CrashBefore,
    /// The process crashes after the call took effect.
    CrashAfter,
    /// The process hangs before AWS sees the call, until its timeout.
    StallBefore,
    /// The process hangs after the call took effect, until its timeout.
    StallAfter,
}

impl CallFault {
    /// Every fault.
    pub const ALL: [Self; 10] = [
        Self::Throttled,
        Self::Unavailable,
        Self::DoneButUnavailable,
        Self::Lost,
        Self::AnswerLost,
        Self::ItemsFailed,
        Self::CrashBefore,
        Self::CrashAfter,
        Self::StallBefore,
        Self::StallAfter,
    ];

    /// The words for the journal.
    pub fn words(self) -> &'static str {
        match self {
            Self::Throttled => "is throttled",
            Self::Unavailable => "is answered 503",
            Self::DoneButUnavailable => "is done and answered 503",
            Self::Lost => "is lost on its way",
            Self::AnswerLost => "is done, and its answer lost",
            Self::ItemsFailed => "is answered with nothing but failures[]",
            Self::CrashBefore => "is not made: the process crashes",
            Self::CrashAfter => "is done, and the process crashes",
            Self::StallBefore => "is not made: the process stands still",
            Self::StallAfter => "is done, and the process stands still",
        }
    }

    /// How the process dies before AWS sees the call, if it does.
    pub(crate) fn death_before(self) -> Option<Death> {
        match self {
            Self::CrashBefore => Some(Death::Crash),
            Self::StallBefore => Some(Death::Stall),
            _ => None,
        }
    }

    /// How the process dies after the call took effect, if it does.
    pub(crate) fn death_after(self) -> Option<Death> {
        match self {
            Self::CrashAfter => Some(Death::Crash),
            Self::StallAfter => Some(Death::Stall),
            _ => None,
        }
    }

    /// The answer if AWS does not carry out the call.
    pub(crate) fn instead(self, call: &Call) -> Option<Result<Value, ApiError>> {
        match self {
            Self::Throttled => Some(Err(ApiError::throttled(call.api))),
            Self::Unavailable => Some(Err(unavailable())),
            Self::ItemsFailed => {
                Some(all_failed(&call.operation, &call.input).ok_or_else(unavailable))
            }
            _ => None,
        }
    }

    /// The false error after AWS has carried out the call, if any.
    pub(crate) fn afterwards(self) -> Option<ApiError> {
        (self == Self::DoneButUnavailable).then(unavailable)
    }
}

fn unavailable() -> ApiError {
    let (code, message) = ("ServiceUnavailable", "The service is unavailable.");
    ApiError { status: 503, code: code.to_owned(), message: message.to_owned() }
}

/// An answer in which every item of `input` has failed.
fn all_failed(operation: &str, input: &Value) -> Option<Value> {
    if operation == "PublishBatch" {
        return all_unpublished(input);
    }
    let (items, done) = match operation {
        "UpdateContainerInstancesState" | "DescribeContainerInstances" => {
            ("containerInstances", "containerInstances")
        }
        "DescribeTasks" => ("tasks", "tasks"),
        "DescribeServices" => ("services", "services"),
        "GetTaskProtection" => ("tasks", "protectedTasks"),
        _ => return None,
    };
    let named = input.get(items)?.as_array()?;
    let failures: Vec<Value> =
        named.iter().map(|arn| json!({"arn": arn, "reason": "SERVER_ERROR"})).collect();
    Some(json!({done: [], "failures": failures}))
}

/// The same for SNS, which names its entries and failures differently.
fn all_unpublished(input: &Value) -> Option<Value> {
    let entries = input.get("PublishBatchRequestEntries")?.as_array()?;
    let failed: Vec<Value> = entries
        .iter()
        .map(|entry| {
            json!({
                "Id": entry.get("Id"),
                "Code": "InternalError",
                "Message": "Internal error",
                "SenderFault": false,
            })
        })
        .collect();
    Some(json!({"Successful": [], "Failed": failed}))
}

#[cfg(test)]
mod tests {
    use region_core::api::Api;

    use super::*;

    fn answered(fault: CallFault, api: Api, operation: &str, input: Value) -> Value {
        let call = Call::new(api, operation, input);
        match fault.instead(&call).unwrap() {
            Ok(output) => output,
            Err(error) => json!([error.status, error.code]),
        }
    }

    #[test]
    fn every_item_of_a_call_can_fail() {
        let entries =
            json!([{"Id": "work_item", "Message": "a"}, {"Id": "requeue", "Message": "b"}]);
        let input = json!({"PublishBatchRequestEntries": entries});
        let answer = answered(CallFault::ItemsFailed, Api::Sns, "PublishBatch", input);
        assert_eq!(answer["Successful"], json!([]));
        let failed: Vec<_> = answer["Failed"].as_array().unwrap().iter().collect();
        assert_eq!((&failed[0]["Id"], &failed[1]["Id"]), (&json!("work_item"), &json!("requeue")));
        assert!(failed.iter().all(|failure| failure["SenderFault"] == false));
        let input = json!({"services": ["web"]});
        let answer = answered(CallFault::ItemsFailed, Api::Ecs, "DescribeServices", input);
        assert_eq!(answer["failures"][0]["arn"], "web");
    }

    #[test]
    fn a_call_without_items_fails_whole() {
        for (api, operation) in [
            (Api::Ecs, "UpdateService"),
            (Api::Ecs, "TagResource"),
            (Api::Ecs, "DescribeTaskDefinition"),
            (Api::AutoScaling, "CreateOrUpdateTags"),
            (Api::AutoScaling, "SetDesiredCapacity"),
            (Api::Sns, "PublishBatch"),
        ] {
            let answer = answered(CallFault::ItemsFailed, api, operation, json!({}));
            assert_eq!(answer, json!([503, "ServiceUnavailable"]), "{operation}");
        }
    }

    #[test]
    fn each_api_throttles_by_a_code_of_its_own() {
        for (api, operation, code) in [
            (Api::Ecs, "UpdateService", "ThrottlingException"),
            (Api::AutoScaling, "CreateOrUpdateTags", "Throttling"),
            (Api::Sns, "PublishBatch", "Throttled"),
        ] {
            let answer = answered(CallFault::Throttled, api, operation, json!({}));
            assert_eq!(answer, json!([400, code]), "{operation}");
        }
    }
}

//! Interceptors between the functions and the simulated region that break a rule.

use region::Time;
use region::api::ApiError;
use region::api::Call;
use region::client::Forger;
use region::region::Region;
use serde_json::Value;

/// Answers `operation` with `forgery`, and passes all other calls on.
pub fn forge(
    operation: &'static str,
    forgery: impl Fn(&mut Region, Time, &Call) -> Result<Value, ApiError> + Send + Sync + 'static,
) -> Forger {
    Forger::new(move |region, now, call| match call.operation == operation {
        true => forgery(region, now, call),
        false => region.answer(now, call),
    })
}

/// Passes `operation` on, and changes the answer.
pub fn twist(
    operation: &'static str,
    change: impl Fn(&mut Value) + Send + Sync + 'static,
) -> Forger {
    forge(operation, move |region, now, call| {
        let mut answer = region.answer(now, call)?;
        change(&mut answer);
        Ok(answer)
    })
}

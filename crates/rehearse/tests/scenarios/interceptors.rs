//! Interceptors between the functions and the simulated region that break a rule.

use region::Time;
use region::api::{ApiError, Call};
use region::client::Interceptor;
use region::region::Region;
use serde_json::Value;

/// Answers `operation` with `answer`, and passes all other calls on.
pub fn intercept(
    operation: &'static str,
    answer: impl Fn(&mut Region, Time, &Call) -> Result<Value, ApiError> + Send + Sync + 'static,
) -> Interceptor {
    Interceptor::new(move |region, now, call| match call.operation == operation {
        true => answer(region, now, call),
        false => region.answer(now, call),
    })
}

/// Passes `operation` on, and changes the answer.
pub fn change_answer(
    operation: &'static str,
    change: impl Fn(&mut Value) + Send + Sync + 'static,
) -> Interceptor {
    intercept(operation, move |region, now, call| {
        let mut answer = region.answer(now, call)?;
        change(&mut answer);
        Ok(answer)
    })
}

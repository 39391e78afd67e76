//! A crash, or another fault, at any call leads to the same end.

use region::client::Interceptor;
use region::faults::{CallFault, CallFaults};

use crate::scaling::rehearsed::{Rehearsed, cluster};

/// Follows a rising load with a fault. Returns the desired counts and the number of calls.
async fn followed_in_spite_of(faults: CallFaults) -> (Vec<usize>, u64) {
    let rehearsed = Rehearsed::with_faults(&cluster(), faults.clone(), Interceptor::none()).await;
    rehearsed.load(6.0);
    let mut steps = vec![rehearsed.tasks()];
    for _ in 0..40 {
        rehearsed.minutes(1).await;
        steps.push(rehearsed.tasks());
    }
    steps.dedup();
    (steps, faults.calls())
}

async fn sweep(fault: CallFault) {
    let (steps, calls) = followed_in_spite_of(CallFaults::none()).await;
    assert!(calls > 8, "{calls} calls");
    for call in 1..=calls {
        let (in_spite, _) = followed_in_spite_of(CallFaults::at(call, fault)).await;
        // A later reconcile may find more tasks running and take another step. But no transition
        // leads to two steps, and all runs end in the range in which no alarm is in ALARM.
        let last = in_spite.last().unwrap();
        assert!((9..=12).contains(last), "{fault:?} at call {call}: {in_spite:?}");
        assert!(in_spite.len() <= steps.len() + 1, "{fault:?} at call {call}: {in_spite:?}");
        assert!(in_spite.is_sorted(), "{fault:?} at call {call}: {in_spite:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_crash_before_any_call_leads_to_the_same_end() {
    sweep(CallFault::CrashBefore).await;
}

#[tokio::test(start_paused = true)]
async fn a_crash_after_any_call_leads_to_the_same_end() {
    sweep(CallFault::CrashAfter).await;
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_throttled_fails_or_is_not_answered_leads_to_the_same_end() {
    for fault in CallFault::ALL {
        sweep(fault).await;
    }
}

//! A run that is cut off at any call is repaired by the next.

use region::client::Interceptor;
use region::faults::{CallFault, CallFaults};
use region::region::Settings;
use scenarios::stack;

use super::fleet::{CLUSTER, Fleet, MODE, WEB};

/// Puts a hook and removes another by the schedule, with a crash. Returns the number of calls.
async fn kept_in_spite_of(faults: CallFaults) -> u64 {
    let wiring = stack::wiring(&[]).unwrap();
    let fleet =
        Fleet::deployed(wiring, Settings::default(), faults.clone(), Interceptor::none()).await;
    fleet.create("old", &[(CLUSTER, "demo")]);
    fleet.rehearsal.pass(600).await;
    fleet.tag("old", &[(MODE, "off")]);
    fleet.create(WEB, &[(CLUSTER, "demo")]);
    fleet.rehearsal.pass(600).await;
    assert!(fleet.hook(WEB).is_some());
    assert_eq!(fleet.mark(WEB).as_deref(), Some("demo@1800"));
    // A run that was cut off before it wrote the tag of the hook leaves none.
    assert!(!fleet.has_hook("old"));
    assert!(fleet.is_removed("old") || fleet.mark("old").is_none());
    faults.calls()
}

async fn sweep(crash: CallFault) {
    let calls = kept_in_spite_of(CallFaults::none()).await;
    assert!(calls > 10, "{calls} calls");
    for call in 1..=calls {
        kept_in_spite_of(CallFaults::at(call, crash)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_crash_before_any_call_leads_to_the_same_hooks() {
    sweep(CallFault::CrashBefore).await;
}

#[tokio::test(start_paused = true)]
async fn a_crash_after_any_call_leads_to_the_same_hooks() {
    sweep(CallFault::CrashAfter).await;
}

#[tokio::test(start_paused = true)]
async fn a_run_without_an_answer_leads_to_the_same_hooks() {
    sweep(CallFault::AnswerLost).await;
}

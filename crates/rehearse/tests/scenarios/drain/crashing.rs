//! A crash or a lost answer at any call of a drain leads to the same end.

use region::faults::{CallFault, CallFaults};
use region::region::Settings;
use scenarios::stack;

use crate::drain::cluster::{Cluster, group, service};

/// Drains three instances with a crash. Returns the number of calls.
async fn drained_in_spite_of(faults: CallFaults, read_lag_seconds: u64) -> u64 {
    let wiring = stack::wiring(&[]).unwrap();
    let mut settings = Settings::default();
    settings.services.read_lag_seconds = read_lag_seconds;
    settings.services.read_lag_varies = true;
    let cluster = Cluster::begun(wiring, settings, faults.clone(), group(6)).await;
    let cluster = cluster.serve(service(12));
    let leaving = cluster.scale_in(3);
    assert_eq!(leaving.len(), 3);
    cluster.pass(2_400).await;
    for id in &leaving {
        cluster.assert_drained(id);
    }
    assert_eq!(cluster.cut_short(), 0);
    faults.calls()
}

async fn sweep(fault: CallFault, read_lag_seconds: u64) {
    let calls = drained_in_spite_of(CallFaults::none(), read_lag_seconds).await;
    assert!(calls > 20, "{calls} calls");
    for call in 1..=calls {
        drained_in_spite_of(CallFaults::at(call, fault), read_lag_seconds).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_crash_before_any_call_leads_to_the_same_end() {
    sweep(CallFault::CrashBefore, 0).await;
}

#[tokio::test(start_paused = true)]
async fn a_crash_after_any_call_leads_to_the_same_end() {
    sweep(CallFault::CrashAfter, 0).await;
}

/// The SDK tries such a call again, so its answer is seconds younger than its beginning.
#[tokio::test(start_paused = true)]
async fn a_lost_answer_while_reads_lag_leads_to_the_same_end() {
    sweep(CallFault::AnswerLost, 5).await;
}

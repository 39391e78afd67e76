//! A crash at any call of a drain leads to the same end.

use region::faults::{CallFault, CallFaults};
use region::region::Settings;
use scenarios::stack;

use crate::drain::cluster::{Cluster, group, service};

/// Drains three instances with a crash. Returns the number of calls.
async fn drained_in_spite_of(faults: CallFaults) -> u64 {
    let wiring = stack::wiring(&[]).unwrap();
    let cluster = Cluster::begun(wiring, Settings::default(), faults.clone(), group(6)).await;
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

async fn sweep(crash: CallFault) {
    let calls = drained_in_spite_of(CallFaults::none()).await;
    assert!(calls > 20, "{calls} calls");
    for call in 1..=calls {
        drained_in_spite_of(CallFaults::at(call, crash)).await;
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

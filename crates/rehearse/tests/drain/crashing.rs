//! A crash at any call of a drain leads to the same end.

use region::crash::{Crash, Side};
use region::region::Settings;
use rehearse::stack;

use crate::scene::{Scene, group, service};

/// Drain three instances with a crash in between, and say how many calls it took.
async fn drained_in_spite_of(crash: Crash) -> u64 {
    let wiring = stack::wiring(&[]).unwrap();
    let fate = (7, crash.clone());
    let scene = Scene::begun(wiring, Settings::default(), fate, group(6)).await.serve(service(12));
    let leaving = scene.scale_in(3);
    assert_eq!(leaving.len(), 3);
    scene.pass(2_400).await;
    for id in &leaving {
        scene.assert_drained(id);
    }
    assert_eq!(scene.cut_short(), 0);
    crash.calls()
}

async fn sweep(side: Side) {
    let calls = drained_in_spite_of(Crash::never()).await;
    assert!(calls > 20, "{calls} calls");
    for call in 1..=calls {
        drained_in_spite_of(Crash::at(call, side)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_crash_before_any_call_leads_to_the_same_end() {
    sweep(Side::Before).await;
}

#[tokio::test(start_paused = true)]
async fn a_crash_after_any_call_leads_to_the_same_end() {
    sweep(Side::After).await;
}

//! The permission for the loop, `RecursiveLoop: Allow` in the template.

use region::region::Settings;
use scenarios::stack::{self, AUTO_DRAIN, REINVOKE};

use crate::drain::cluster::{Cluster, group};

/// A drain whose task ends after 100 minutes, and two more reconcile intervals. Only the loop
/// continues it: no event and no schedule begins a new chain of requests.
async fn long_drain(loop_allowed: bool) -> (Cluster, String) {
    let mut wiring = stack::wiring(&[]).unwrap();
    wiring.rules.clear();
    for function in &mut wiring.functions {
        assert!(function.recursive_loop_allowed, "{}", function.logical_id);
        function.recursive_loop_allowed = loop_allowed;
    }
    let cluster = Cluster::deployed(wiring, Settings::default(), group(2)).await;
    for id in cluster.in_service() {
        cluster.run_task(&id, Some(6_000));
    }
    let leaving = cluster.lose_one();
    cluster.pass(6_600).await;
    (cluster, leaving)
}

#[tokio::test(start_paused = true)]
async fn with_the_permission_of_the_template_the_loop_drains() {
    let (cluster, leaving) = long_drain(true).await;
    cluster.assert_drained(&leaving);
    assert_eq!((cluster.stopped_runs(AUTO_DRAIN), cluster.stopped_runs(REINVOKE)), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn without_it_lambda_stops_the_loop_and_cuts_the_drain_short() {
    let (cluster, _) = long_drain(false).await;
    assert!(cluster.stopped_runs(AUTO_DRAIN) + cluster.stopped_runs(REINVOKE) > 0);
    assert_eq!(cluster.cut_short(), 1);
}

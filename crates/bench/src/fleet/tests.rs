//! The bounds of many clusters, as ratios of values of the same run.

use std::time::Duration as Pause;

use super::neighbor::{Neighbor, beside};
use super::{idle, neighbor, stops, together};
use crate::target::Target;

fn assert_met(targets: &[Target]) {
    let missed: Vec<_> = targets.iter().filter_map(Target::missed).collect();
    assert_eq!(missed, [] as [String; 0]);
}

#[tokio::test(start_paused = true)]
async fn two_hundred_idle_clusters_cost_at_most_twice_what_one_does() {
    let hour = Pause::from_secs(3_600);
    let one = idle::span(1, 1, hour).await.unwrap();
    let many = idle::span(200, 1, hour).await.unwrap();
    assert_met(&idle::targets(&one, &many));
    assert_eq!(many.usage.metrics, 0, "an idle cluster publishes nothing");
}

#[tokio::test(start_paused = true)]
async fn stops_elsewhere_cost_no_call_but_reads_of_groups() {
    let usage = stops::a_day(1).await.unwrap();
    let reads = usage.bill.operations.get("DescribeAutoScalingGroups").copied().unwrap();
    assert_eq!(usage.bill.calls(), reads, "{:?}", usage.bill);
    // Two processes, one read each in 30 s, and the schedules.
    assert!(reads <= 2 * usage.span.as_secs().div_ceil(30) + 4, "{reads}");
    // A few are on their way when the span ends.
    let all = usage.queues.iter().map(|queue| queue.received).max().unwrap();
    assert!((4_950..=5_000).contains(&all), "{all}");
    assert!(usage.a_month() < 20.0, "{}", usage.a_month());
}

#[tokio::test(start_paused = true)]
async fn the_median_lag_of_fifty_drains_at_once_is_at_most_twice_that_of_one() {
    let alone = together::leave(1, 1, 12).await.unwrap();
    let many = together::leave(50, 1, 1).await.unwrap();
    assert_eq!((alone.lags.len(), many.lags.len()), (12, 50));
    assert_met(&together::targets(&alone, &many));
}

#[tokio::test(start_paused = true)]
async fn a_bad_neighbor_delays_no_other_cluster() {
    let absent = beside(Neighbor::Absent, 1, 2).await.unwrap();
    for (bad, seeds, others) in [(Neighbor::Failing, 2, 24), (Neighbor::Large(1000), 1, 12)] {
        let beside = beside(bad, 1, seeds).await.unwrap();
        assert_eq!(beside.lags.len(), others, "{bad}");
        assert_met(&neighbor::targets(&absent, &beside));
    }
}

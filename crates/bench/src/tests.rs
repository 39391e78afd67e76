//! The costs of drains with ecs-tide and with its peers, and the conditions of the benchmark.

use crate::departure::Departure;
use crate::outcome::Outcome;
use crate::peers::Peer;
use crate::target::Target;
use crate::{product, quiet, targets};
use time::Duration;

fn one(seed: u64) -> Departure {
    Departure::slow(1, seed)
}

/// The counts reach 0 after 300 s, and the tasks are STOPPED after 560 s to 600 s.
fn assert_times(outcome: &Outcome) {
    let near = |span: Duration, seconds: i64| (span - Duration::seconds(seconds)).abs();
    assert!(near(outcome.counts_zero.unwrap(), 300) <= Duration::seconds(2));
    let (first, last) = outcome.stopped.unwrap();
    assert!(first >= Duration::seconds(558), "{first}");
    assert!(last <= Duration::seconds(600), "{last}");
    assert!(outcome.drains.iter().all(|drain| drain.tasks == 4));
}

#[tokio::test(start_paused = true)]
async fn a_drain_takes_the_times_that_it_is_measured_by() {
    for seed in 1..=10 {
        assert_times(&product::drain(one(seed)).await.unwrap());
    }
    assert_times(&Peer::Cdk { drain_seconds: 900 }.drain(one(1)).await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn an_idle_day_costs_two_runs_of_three_calls_every_five_minutes() {
    let day = quiet::idle_day(1).await.unwrap();
    assert_eq!(day.bill.invocations, 2 * 288);
    // In turn, hook-keeper also reads the hooks of the group, and whether an instance is held.
    assert!((3 * 288..=3 * 288 + 12).contains(&day.bill.calls()), "{}", day.bill.calls());
    assert!(day.bill.billed_milliseconds <= 60_000);
}

#[tokio::test(start_paused = true)]
async fn a_deployment_that_stops_a_thousand_tasks_costs_a_reconcile_a_second_at_most() {
    let deployment = quiet::deployment(1).await.unwrap();
    assert!(deployment.queues.iter().any(|queue| queue.received >= 1000));
    assert!(deployment.bill.invocations <= 300, "{:?}", deployment.bill);
    assert!(deployment.bill.calls() <= deployment.bill.invocations + 4, "{:?}", deployment.bill);
    assert!(!deployment.bill.operations.contains_key("ListTasks"));
}

#[tokio::test(start_paused = true)]
async fn the_sample_of_2018_is_cut_by_lambda_and_left_to_its_hook() {
    let outcome = Peer::Sample2018 { cut: true }.drain(one(1)).await.unwrap();
    assert_eq!((outcome.bill.invocations, outcome.by_time_out()), (16, 1));
    assert!(outcome.lags()[0] > Duration::minutes(5));
}

#[tokio::test(start_paused = true)]
async fn peers_that_trust_counts_or_a_short_hook_release_too_early() {
    let early = [Peer::Sample2018 { cut: false }, Peer::Cdk { drain_seconds: 300 }, Peer::Widdix];
    for peer in early {
        let outcome = peer.drain(one(1)).await.unwrap();
        assert_eq!((outcome.too_early(), outcome.cut_short()), (1, 4), "{}", peer.name());
    }
}

#[tokio::test(start_paused = true)]
async fn the_cdk_hook_with_fifteen_minutes_drains_and_is_billed_for_all_of_them() {
    let outcome = Peer::Cdk { drain_seconds: 900 }.drain(one(1)).await.unwrap();
    assert_eq!(outcome.undrained(), 0);
    assert!(outcome.bill.billed_milliseconds > 560_000);
}

#[tokio::test(start_paused = true)]
async fn tasks_that_were_already_stopping_are_seen_by_ecs_tide_only() {
    for seed in 1..=4 {
        for processes in [1, 2] {
            let outcome = product::drain_with(processes, Departure::emptied(seed)).await.unwrap();
            assert_eq!((outcome.tasks(), outcome.undrained()), (3, 0), "seed {seed}");
        }
        for peer in
            [Peer::Cdk { drain_seconds: 300 }, Peer::Cdk { drain_seconds: 900 }, Peer::GetSocial]
        {
            let outcome = peer.drain(Departure::emptied(seed)).await.unwrap();
            assert_eq!(outcome.cut_short(), 2, "{}, seed {seed}", peer.name());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn widdix_loses_notifications_of_many_instances_at_once() {
    let outcome = Peer::Widdix.drain(Departure::quick(20, 1).throttled()).await.unwrap();
    assert!(outcome.dead_letters > 0 && outcome.by_time_out() > 0 && outcome.cut_short() > 0);
}

/// The own code of each made these calls in the simulated region, with the AWS SDK of its language.
#[tokio::test(start_paused = true)]
async fn models_make_the_calls_that_the_code_of_the_peers_made() {
    for (peer, calls) in [
        (Peer::Sample2018 { cut: true }, 49),
        (Peer::Sample2018 { cut: false }, 178),
        (Peer::Cdk { drain_seconds: 300 }, 65),
        (Peer::Cdk { drain_seconds: 900 }, 123),
        (Peer::Widdix, 17),
        (Peer::GetSocial, 70),
    ] {
        assert_eq!(peer.drain(one(1)).await.unwrap().calls(), calls, "{}", peer.name());
    }
}

#[tokio::test(start_paused = true)]
async fn getsocial_sleeps_once_more_after_the_last_task_stopped() {
    let outcome = Peer::GetSocial.drain(one(1)).await.unwrap();
    assert_eq!((outcome.undrained(), outcome.bill.invocations), (0, 1));
    assert!(outcome.lags()[0] > Duration::seconds(10), "{:?}", outcome.lags());
}

#[tokio::test(start_paused = true)]
async fn what_a_drain_costs_stays_within_its_targets() {
    for seed in 1..=20 {
        let outcome = product::drain(one(seed)).await.unwrap();
        let missed: Vec<_> = targets::of_one(&outcome).iter().filter_map(Target::missed).collect();
        assert_eq!(missed, [] as [String; 0], "seed {seed}");
        let outcome = product::drain_with(2, one(seed)).await.unwrap();
        let by_two = targets::of_one_by_two(&outcome);
        let missed: Vec<_> = by_two.iter().filter_map(Target::missed).collect();
        assert_eq!(missed, [] as [String; 0], "seed {seed}, two processes");
    }
    let outcome = product::drain(Departure::slow(200, 1).throttled()).await.unwrap();
    let missed: Vec<_> = targets::of_many(&outcome).iter().filter_map(Target::missed).collect();
    assert_eq!(missed, [] as [String; 0]);
}

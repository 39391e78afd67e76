//! The models against the formulas of queueing theory.

use advice::settings::{Objective, Settings};
use advisor_bench::service::{Layout, Phase, Random, Service, Slows, Times, WarmUp, Work};
use advisor_bench::steady::Steady;
use advisor_bench::window::Window;
use load_test::Quantile;
use rand::SeedableRng as _;

const REQUESTS: f64 = 1_000_000.0;

/// Servers that take a second on average, with room for everyone.
fn servers(servers: usize, shape: f64) -> Service {
    Service {
        layout: Layout::PerTask,
        servers,
        backlog: usize::MAX,
        work: Work::gamma(1.0, shape),
        batch: 1.0,
        slows: Slows::Nothing,
        warm_up: WarmUp { extra: 0.0, seconds: 1.0 },
        gauges: Vec::new(),
    }
}

/// A long run of one task at a utilization of `load`.
fn long_run(service: &Service, load: f64) -> Window {
    let rate = load * service.servers as f64;
    let seconds = REQUESTS / rate;
    let mut random = Random::seed_from_u64(7);
    let phases = [Phase { seconds, rate }];
    service.run(1, &phases, seconds, &mut random).remove(0)
}

/// The probability that a request is lost by servers before which none waits, and that one waits
/// where it may; by A. K. Erlang's recursion.
fn erlang(servers: usize, offered: f64) -> (f64, f64) {
    let lost = (1..=servers).fold(1.0, |lost, servers| {
        let busy = offered * lost;
        busy / (servers as f64 + busy)
    });
    let load = offered / servers as f64;
    (lost, lost / (1.0 - load + load * lost))
}

#[track_caller]
fn assert_near(seen: f64, expected: f64, share: f64) {
    assert!((seen / expected - 1.0).abs() <= share, "{seen}, not {expected}");
}

#[test]
fn many_servers_make_wait_as_erlang_says() {
    for (count, load) in [(1, 0.5), (1, 0.8), (2, 0.7), (4, 0.85), (16, 0.9)] {
        let window = long_run(&servers(count, 1.0), load);
        let (_, waits) = erlang(count, load * count as f64);
        assert_near(window.wait(), waits / (count as f64 * (1.0 - load)), 0.05);
    }
}

#[test]
fn servers_without_a_backlog_reject_as_erlang_says() {
    for (count, load) in [(1, 0.5), (8, 0.7), (40, 0.9), (100, 1.0)] {
        // What is lost does not depend on how the times are distributed.
        for shape in [1.0, 16.0] {
            let service = Service { backlog: 0, ..servers(count, shape) };
            let (lost, _) = erlang(count, load * count as f64);
            assert_near(long_run(&service, load).errors(), lost, 0.05);
        }
    }
}

#[test]
fn one_server_waits_by_how_times_vary_as_pollaczek_and_khinchine_say() {
    for (shape, load) in [(1.0, 0.7), (4.0, 0.8), (50.0, 0.8)] {
        let window = long_run(&servers(1, shape), load);
        let wait = load / (1.0 - load) * (1.0 + 1.0 / shape) / 2.0;
        assert_near(window.wait(), wait, 0.05);
    }
}

#[test]
fn response_times_of_one_exponential_server_are_exponential() {
    let mut window = long_run(&servers(1, 1.0), 0.8);
    for share in [0.5, 0.95, 0.99] {
        assert_near(window.quantile(share), -f64::ln(1.0 - share) / 0.2, 0.05);
    }
}

#[test]
fn service_times_vary_by_what_is_said_of_them() {
    for times in [
        Times::Gamma { shape: 4.0 },
        Times::LogNormal { variation: 1.5 },
        Times::Kinds { dear: 0.1, times: 10.0, shape: 8.0 },
    ] {
        let service = Service { work: Work { mean: 1.0, times }, ..servers(100, 1.0) };
        let window = long_run(&service, 0.02);
        assert_near(window.mean(), 1.0, 0.02);
        let squares: f64 = window.latencies.iter().map(|time| time * time).sum();
        let variation = squares / window.latencies.len() as f64 - 1.0;
        assert_near(variation, service.work.variation(), 0.1);
    }
}

#[test]
fn servers_are_busy_by_what_is_offered() {
    for load in [0.1, 0.5, 0.9] {
        assert_near(long_run(&servers(4, 4.0), load).busy(), 4.0 * load, 0.01);
    }
}

#[test]
fn what_is_in_flight_is_rate_times_time_as_little_says() {
    for (count, shape, load) in [(1, 1.0, 0.8), (8, 20.0, 0.95), (3, 2.0, 0.6)] {
        let window = long_run(&servers(count, shape), load);
        assert_near(window.busy() + window.waiting(), window.completed() * window.mean(), 0.01);
    }
}

#[test]
fn above_capacity_the_backlog_grows_by_what_is_too_much() {
    let mut random = Random::seed_from_u64(7);
    let phases = [Phase { seconds: 10_000.0, rate: 30.0 }];
    let windows = servers(20, 4.0).run(1, &phases, 1_000.0, &mut random);
    for (index, window) in windows.iter().enumerate() {
        assert_near(window.waiting(), 10_000.0 * (index as f64 + 0.5), 0.1);
        assert_near(window.completed(), 20.0, 0.02);
    }
}

#[test]
fn what_is_left_over_is_carried_into_the_next_level() {
    let mut random = Random::seed_from_u64(7);
    let phases = [Phase { seconds: 1_000.0, rate: 30.0 }, Phase { seconds: 1_000.0, rate: 10.0 }];
    let windows = servers(20, 4.0).run(1, &phases, 500.0, &mut random);
    // 10 a second too much, then 10 a second less than can be served: it takes as long to work off.
    assert_near(windows[2].completed(), 20.0, 0.02);
    assert!(windows[3].waiting() < windows[1].waiting());
}

#[test]
fn jobs_of_one_queue_wait_less_than_those_of_a_queue_for_each_task() {
    let mut random = Random::seed_from_u64(7);
    let mut wait = |layout, tasks: usize| {
        let service = Service { layout, ..servers(1, 1.0) };
        let phases = [Phase { seconds: 100_000.0, rate: 0.8 * tasks as f64 }];
        service.run(tasks, &phases, 100_000.0, &mut random).remove(0).wait()
    };
    let (_, waits) = erlang(4, 3.2);
    assert_near(wait(Layout::Pooled, 4), waits / 0.8, 0.05);
    assert_near(wait(Layout::PerTask, 4), 4.0, 0.05);
}

#[test]
fn batches_wait_for_their_own_members() {
    let window = long_run(&Service { batch: 3.0, ..servers(1, 1.0) }, 0.6);
    // With geometric batches, a request waits for those before it in its batch, (3 - 1) on average,
    // and all as long as a single server's queue of such batches makes them.
    assert_near(window.wait(), (0.6 + 2.0) / (1.0 - 0.6), 0.05);
}

#[test]
fn tasks_are_slow_until_they_are_warm() {
    let warm_up = WarmUp { extra: 1.0, seconds: 100.0 };
    let service = Service { warm_up, ..servers(100, 50.0) };
    let mut random = Random::seed_from_u64(7);
    let phases = [Phase { seconds: 1_000.0, rate: 20.0 }];
    let windows = service.run(1, &phases, 10.0, &mut random);
    assert_near(windows[0].mean(), 1.95, 0.05);
    assert_near(windows[99].mean(), 1.0, 0.05);
}

#[test]
fn more_requests_than_memory_holds_slow_all_of_them() {
    let slows = Slows::Crowding { limit: 50.0, swapping: 3.0 };
    let service = Service { slows, ..servers(150, 4.0) };
    assert_near(long_run(&service, 0.2).mean(), 1.0, 0.01);
    // With all of the 150 in service, each takes 1 + 3 * (150 / 50 - 1) seconds.
    let mut random = Random::seed_from_u64(7);
    let phases = [Phase { seconds: 2_000.0, rate: 100.0 }];
    let crowded = Service { backlog: 0, ..service }.run(1, &phases, 1_000.0, &mut random);
    assert_near(crowded[1].mean(), 7.0, 0.05);
}

#[test]
fn a_collector_takes_more_time_the_more_it_has_to_free() {
    let slows = Slows::Allocation { limit: 20.0 };
    let service = Service { slows, ..servers(1_000, 4.0) };
    let mut random = Random::seed_from_u64(7);
    let phases = [Phase { seconds: 20_000.0, rate: 16.0 }];
    let windows = service.run(1, &phases, 10_000.0, &mut random);
    assert_near(windows[1].mean(), 1.0 / (1.0 - f64::powi(0.8, 4)), 0.05);
}

#[test]
fn the_knee_is_where_the_formula_has_it() {
    let objective = Objective { latency: None, ..Settings::default().objective };
    for limit in [6.0, 10.0, 15.0] {
        let knee = Steady::new(&servers(1, 1.0), 3).knee((Quantile::P95, limit), &objective);
        assert_near(knee, 3.0 * (1.0 - f64::ln(20.0) / limit), 0.04);
    }
    // What is rejected breaks it, too: 30 servers lose a hundredth at 20.34 erlangs.
    let service = Service { backlog: 0, ..servers(30, 1.0) };
    let knee = Steady::new(&service, 1).knee((Quantile::P95, 100.0), &objective);
    assert_near(knee, 20.34, 0.02);
}

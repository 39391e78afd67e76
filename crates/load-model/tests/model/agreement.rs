//! The model agrees with the request-by-request models of advisor-bench.

use advice::settings::Objective as Limits;
use advisor_bench::models::{Draft, Model, ResponseLimit};
use advisor_bench::service::{
    Layout, Phase, Random, Service as Bench, Slows, Times as BenchTimes, WarmUp as BenchWarmUp,
};
use advisor_bench::steady::Steady;
use advisor_bench::window::Window;
use load_model::{Curve, Fleet, Interval, Objective, Service, Serving, Times};
use load_test::Quantile;
use rand::SeedableRng as _;

/// The service of a draft, if it is one that the model describes: each task has servers and a queue
/// of its own, and requests take as long as they take, however many there are.
fn described(draft: &Draft) -> Option<Service> {
    let service = &draft.service;
    if service.layout != Layout::PerTask || service.slows != Slows::Nothing || service.batch != 1.0
    {
        return None;
    }
    let times = match service.work.times {
        BenchTimes::Gamma { shape } => Times::Gamma { variation: shape.powf(-0.5) },
        BenchTimes::LogNormal { variation } => Times::LogNormal { variation },
        BenchTimes::Kinds { dear, times, shape } => {
            Times::TwoKinds { expensive: dear, times, variation: shape.powf(-0.5) }
        }
    };
    let objective = Objective::read("p95<1h").unwrap();
    let mut described = Service::new(service.capacity(), service.work.mean, objective);
    described.work.times = times;
    described.backlog = service.backlog as f64;
    described.timeout_seconds = 3_600.0;
    Some(described)
}

/// The total demand at which the draft's own objective breaks, with one task.
fn knee(draft: &Draft) -> f64 {
    let steady = Steady::new(&draft.service, 1);
    let limit = match draft.response_limit {
        ResponseLimit::Seconds(seconds) => seconds,
        ResponseLimit::Stretch(times) => times * steady.at_rest(Quantile::P95),
    };
    let limits = Limits { latency: None, errors: 0.01, completed: 0.95 };
    steady.knee((Quantile::P95, limit), &limits)
}

/// Many times as many requests as the bench itself takes: near the knee much is chance.
const REQUESTS: f64 = 250_000.0;
const RUNS: u64 = 4;

/// The utilization of a server and the 95th percentile of the response times at a rate that stays,
/// on average over long runs.
fn long_runs(draft: &Draft, rate: f64) -> (f64, f64) {
    let service = warm(&draft.service);
    let requests = REQUESTS * service.work.variation().max(1.0);
    let seconds = requests / rate;
    let run = |seed| {
        let mut random = Random::seed_from_u64(seed);
        let windows = service.run(1, &[Phase { seconds, rate }], seconds / 20.0, &mut random);
        // It begins empty; that is left out.
        let mut window = windows.into_iter().skip(1).reduce(Window::joined).unwrap();
        (window.busy() / service.servers as f64, window.quantile(0.95))
    };
    let runs: Vec<(f64, f64)> = (0..RUNS).map(run).collect();
    let mean = |of: fn(&(f64, f64)) -> f64| runs.iter().map(of).sum::<f64>() / RUNS as f64;
    (mean(|run| run.0), mean(|run| run.1))
}

fn warm(service: &Bench) -> Bench {
    Bench { warm_up: BenchWarmUp { extra: 0.0, seconds: 1.0 }, ..service.clone() }
}

#[test]
fn utilization_and_p95_agree_up_to_the_knee() {
    // The others have the services of these, with other metrics, or are not described.
    for (model, variants) in [
        (Model::Cpu, 1),
        (Model::Memory, 1),
        (Model::Workers, 1),
        (Model::Waiting, 1),
        (Model::HeavyTailed, 3),
        (Model::TwoKinds, 3),
    ] {
        for variant in 0..variants {
            let draft = model.draft(variant, &mut Random::seed_from_u64(variant as u64));
            let service = described(&draft).unwrap();
            let (curve, knee) = (Curve::of(&service), knee(&draft));
            for share in [0.4, 0.8, 1.0] {
                let rate = share * knee;
                let (truly_busy, true_p95) = long_runs(&draft, rate);
                let points = 100.0 * (curve.steady_use(rate).0 - truly_busy);
                let p95 = curve.quantile(&[(1.0, curve.steady(rate))], 0.95);
                let off = p95 / true_p95 - 1.0;
                let at = format!("{model} {variant} at {share} of the knee");
                assert!(points.abs() <= 3.0, "{at}: utilization is off by {points:.1} points");
                assert!(off.abs() <= 0.15, "{at}: p95 is off by {:.0}%", 100.0 * off);
            }
        }
    }
}

#[test]
fn what_is_too_much_is_carried_over_as_in_the_bench() {
    const TASKS: usize = 4;
    const SECONDS: f64 = 60.0;
    const BENCH_RUNS: u64 = 30;
    let draft = Model::Cpu.draft(0, &mut Random::seed_from_u64(3));
    let mut service = described(&draft).unwrap();
    service.timeout_seconds = 600.0;
    service.objective = Objective::read("p95<10m").unwrap();
    service.backlog = 1e5;
    let bench = Bench { backlog: 100_000, ..warm(&draft.service) };
    let capacity = service.sustained * TASKS as f64;
    let phases = [(300.0, 0.5), (180.0, 1.3), (600.0, 0.7)]
        .map(|(seconds, share)| Phase { seconds, rate: share * capacity });
    let run = |seed| {
        let windows = bench.run(TASKS, &phases, SECONDS, &mut Random::seed_from_u64(seed));
        windows.into_iter().map(|window| (window.busy(), window.waiting())).collect::<Vec<_>>()
    };
    let runs: Vec<_> = (0..BENCH_RUNS).map(run).collect();
    let mut fleet = Fleet::new(service).unwrap();
    fleet.set((0..TASKS as u64).map(|id| (id, Serving::Taking)), true);
    let rates =
        phases.iter().flat_map(|phase| std::iter::repeat_n(phase.rate, phase.seconds as usize));
    let passed: Vec<Interval> = rates.map(|rate| fleet.pass(1.0, rate)).collect();
    let (mut most, mut apart) = (0.0_f64, 0.0);
    for (place, passed) in passed.chunks(SECONDS as usize).enumerate() {
        let (busy, waiting) = runs.iter().fold((0.0, 0.0), |(busy, waiting), run| {
            (busy + run[place].0 / BENCH_RUNS as f64, waiting + run[place].1 / BENCH_RUNS as f64)
        });
        let mean = |of: fn(&Interval) -> f64| passed.iter().map(of).sum::<f64>() / SECONDS;
        let points = 100.0 * (mean(|second| second.busy) - busy / (TASKS * bench.servers) as f64);
        assert!(points.abs() <= 4.0, "utilization is off by {points:.1} points");
        apart += points.abs();
        let held = busy + waiting;
        let off = mean(|second| second.held) - held;
        most = most.max(held);
        // A share of the longest queue, too: where it ends is chance.
        let allowed = 0.1 * held + 0.02 * most;
        assert!(off.abs() <= allowed, "{held:.0} requests: off by {off:.0}");
    }
    let apart = apart / runs[0].len() as f64;
    assert!(apart <= 1.0, "utilization is off by {apart:.1} points on average");
    assert!(most > 20.0 * capacity, "{most} requests are no overload");
}

//! The three answers.

use advice::advice::{
    Advice, Assessment, Broken, Confidence, Correlation, Doubling, Fit, Headroom, Interval, Knee,
    Law, Level, Missing, Pattern, Plateau, Recognised, Recommendation, Rejection, Saturation, Usl,
    Verdict,
};
use advice::settings::{Runtime, Settings};
use load_test::{Kind, Quantile, Unit};

use super::service::{HOLD, LAMBDA, LEVELS, SIGMA, WARM_UP, cpu, disk, in_flight, mean_latency};

const OBJECTIVE: f64 = 0.25;

/// CPU is recommended, requests in flight are suitable, and memory and the disk are rejected.
pub fn recommended() -> Advice {
    Advice {
        verdict: Verdict::Recommended(Recommendation {
            metric: "cpu".to_owned(),
            index: 0,
            per_task: false,
            target: around(59.2, 2.9),
            at_knee: 70.6,
            headroom: Headroom { seconds: 240.0, rise: 0.2, share: 1.0 / 6.0 },
            proportional: true,
            confidence: Confidence { agreed: 0.97, resamples: 200 },
        }),
        pattern: Some(Recognised {
            pattern: Pattern::CpuBound,
            because: "cpu flattens at 94.4% while demand still rises".to_owned(),
        }),
        runtime: Runtime::Native,
        plateaus: plateaus(),
        objective: Some((Quantile::P95, OBJECTIVE)),
        objective_guessed: false,
        knee: Some(Knee {
            per_task: around(86.7, 3.1),
            law: Some(Usl { lambda: LAMBDA, sigma: SIGMA, kappa: 0.0, r_squared: 0.993 }),
            breaks: Broken::Latency,
        }),
        metrics: vec![
            Assessment {
                saturation: Some(Saturation { level: 94.4, per_task: 117.0 }),
                ..metric(
                    "cpu",
                    Kind::Cpu,
                    Unit::Percent,
                    [0.98, 0.96, -0.95, 0.52],
                    70.6,
                    Fit::Recommended,
                )
            },
            Assessment {
                per_task: true,
                ..metric(
                    "requests in flight",
                    Kind::Concurrency,
                    Unit::Count,
                    [0.99, 1.31, -1.3, 0.41],
                    9.85,
                    Fit::Suitable(
                        "rises faster than demand, and cpu is nearer to proportional".to_owned(),
                    ),
                )
            },
            metric(
                "memory",
                Kind::Memory,
                Unit::Percent,
                [0.12, 0.0, 0.0, 0.99],
                63.0,
                Fit::Rejected(Rejection::NotProportional { ratio: 0.99 }),
            ),
            Assessment {
                law: None,
                doubling: None,
                drift: Some(around(0.04, 0.2)),
                ..metric(
                    "disk bytes",
                    Kind::Traffic,
                    Unit::Bytes,
                    [0.31, 0.0, 0.0, 0.0],
                    1.4e6,
                    Fit::Rejected(Rejection::Uncorrelated { rank: 0.31 }),
                )
            },
        ],
        notes: vec![
            "The first 60 s of each level were left out: the service was not warm.".to_owned(),
            "cpu: 3 of 360 samples are missing.".to_owned(),
        ],
        settings: Settings::default(),
    }
}

/// The answer to the same test without CPU and requests in flight.
pub fn none_suitable() -> Advice {
    let mut advice = recommended();
    advice.verdict = Verdict::NoneSuitable {
        because: "memory does not fall with more tasks, and the disk does not follow demand"
            .to_owned(),
        measure_next: vec![
            "CPUUtilization of the service, average".to_owned(),
            "requests in flight, by the load balancer's RequestCount and TargetResponseTime"
                .to_owned(),
        ],
    };
    advice.pattern = None;
    advice.objective_guessed = true;
    for metric in &mut advice.metrics {
        metric.metric =
            format!("ECS/ContainerInsights_{}_ClusterName=demo_ServiceName=web", metric.metric);
    }
    advice.notes.pop();
    advice.metrics.drain(..2);
    for level in &mut advice.plateaus {
        level.metrics.drain(..2);
    }
    advice
}

/// The answer to the first seven levels of the same test.
pub fn not_enough() -> Advice {
    let mut advice = recommended();
    advice.verdict = Verdict::NotEnoughData { missing: vec![Missing::Doubling] };
    advice.pattern = None;
    advice.plateaus.truncate(7);
    for metric in &mut advice.metrics {
        metric.doubling = None;
        metric.saturation = None;
        metric.at_knee = None;
        metric.law = metric.law.map(|law| Law { tasks: None, ..law });
        if matches!(metric.verdict, Fit::Recommended | Fit::Suitable(_)) {
            metric.verdict = Fit::Rejected(Rejection::NotDoubled);
        }
    }
    advice
}

fn plateaus() -> Vec<Plateau> {
    let mut from = 0.0;
    let mut plateaus = Vec::new();
    for (tasks, demand) in LEVELS {
        let per_task = demand / tasks;
        let latency = 2.2 * mean_latency(per_task);
        let level = |value: f64, spread: f64| {
            Some(Level { value, error: spread * value, climb: Some(0.0) })
        };
        plateaus.push(Plateau {
            from,
            steady_from: from + WARM_UP,
            to: from + HOLD,
            tasks,
            demand,
            latency: Some(latency),
            mean_latency: Some(mean_latency(per_task)),
            errors: Some(if per_task > 100.0 { 0.03 } else { 0.0005 }),
            completed: Some(demand.min(116.0 * tasks)),
            shortfall: Some((1.0 - 116.0 * tasks / demand).max(0.0)),
            good: latency <= OBJECTIVE,
            metrics: vec![
                level(cpu(per_task), 0.01),
                level(in_flight(tasks, per_task), 0.02),
                level(63.0, 0.003),
                level(disk(from + HOLD / 2.0), 0.06),
            ],
        });
        from += HOLD;
    }
    plateaus
}

/// `[rank correlation, demand's exponent, the tasks' exponent, share with twice the tasks]`
fn metric(
    name: &str,
    kind: Kind,
    unit: Unit,
    found: [f64; 4],
    at_knee: f64,
    verdict: Fit,
) -> Assessment {
    let [rank, demand, tasks, ratio] = found;
    Assessment {
        metric: name.to_owned(),
        kind,
        unit,
        source: None,
        per_task: false,
        correlation: Some(Correlation {
            rank: around(rank, 0.01),
            linear: around(rank - 0.01, 0.02),
            p: if rank > 0.5 { 1e-7 } else { 0.3 },
        }),
        law: Some(Law {
            demand: around(demand, 0.05),
            tasks: Some(around(tasks, 0.06)),
            r_squared: 0.99,
        }),
        doubling: Some(Doubling { tasks: 2.0, more_tasks: 4.0, ratio: around(ratio, 0.03) }),
        saturation: None,
        highest: Some(1.1 * at_knee),
        drift: None,
        at_knee: Some(at_knee),
        verdict,
    }
}

fn around(value: f64, by: f64) -> Interval {
    Interval { value, low: value - by, high: value + by }
}

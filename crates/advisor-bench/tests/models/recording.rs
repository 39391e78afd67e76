//! What services show, and how it is recorded.

use advisor_bench::case::{Case, Question};
use advisor_bench::fault::Fault;
use advisor_bench::gauge::{Gauge, Load, Reader, Reading};
use advisor_bench::models::Model;
use advisor_bench::plan::{Plan, Run};
use advisor_bench::record::{Disturbance, record};
use advisor_bench::service::{Layout, Phase, Random, Service, Slows, WarmUp, Work};
use advisor_bench::window::Window;
use load_test::{Kind, Unit};
use rand::SeedableRng as _;

fn gauge(reading: Reading) -> Gauge {
    let (kind, unit) = (Kind::Other, Unit::Unknown);
    Gauge { name: "gauge", kind, unit, reading, total: false, most: 90.0 }
}

/// What the gauge shows in windows of ten seconds, in which two tasks complete so many a second.
fn shown(gauge: &Gauge, completed: &[usize]) -> Vec<f64> {
    let mut random = Random::seed_from_u64(1);
    let mut reader = Reader::new(gauge);
    reader.restart(0.0);
    let window = |completed| Window {
        seconds: 10.0,
        tasks: 2.0,
        latencies: vec![1.0; 10 * completed],
        ..Window::default()
    };
    completed.iter().map(|completed| reader.read(&window(*completed), &mut random)).collect()
}

const LOAD: Load = Load { idle: 10.0, busy: 0.0, waiting: 0.0, completed: 5.0 };

#[test]
fn a_load_is_that_of_one_task_up_to_the_most_that_it_can_be() {
    assert_eq!(shown(&gauge(Reading::Load(LOAD)), &[0, 4, 8, 100]), [10.0, 20.0, 30.0, 90.0]);
}

#[test]
fn a_total_adds_up_all_tasks() {
    let gauge = Gauge { total: true, ..gauge(Reading::Load(LOAD)) };
    assert_eq!(shown(&gauge, &[0, 4]), [20.0, 40.0]);
}

#[test]
fn memory_that_is_kept_does_not_fall() {
    assert_eq!(shown(&gauge(Reading::Kept(LOAD)), &[4, 8, 0, 12]), [20.0, 30.0, 30.0, 40.0]);
}

#[test]
fn a_leak_rises_at_any_demand() {
    let leak = Reading::Leak { level: 10.0, completed: 1.0, second: 0.1 };
    assert_eq!(shown(&gauge(leak), &[2, 2, 0]), [21.0, 32.0, 33.0]);
}

#[test]
fn a_heap_climbs_to_its_limit_and_falls_to_what_is_alive() {
    let heap = Reading::Sawtooth { alive: LOAD, completed: 0.0, second: 3.0 };
    assert_eq!(shown(&gauge(heap), &[8; 4]), [40.0, 70.0, 40.0, 70.0]);
}

#[test]
fn a_foreign_metric_continues_with_other_tasks() {
    let gauge = gauge(Reading::Walk { level: 50.0, spread: 20.0 });
    let mut random = Random::seed_from_u64(1);
    let mut reader = Reader::new(&gauge);
    let window = Window { seconds: 1.0, tasks: 1.0, ..Window::default() };
    let before = (0..5_000).map(|_| reader.read(&window, &mut random)).last().unwrap();
    reader.restart(5_000.0);
    assert!((reader.read(&window, &mut random) - before).abs() < 5.0);
}

/// What is recorded so of a metric that stays at 40, every ten seconds for ten hours.
fn recorded(disturbance: Disturbance) -> Vec<f64> {
    let steady = Load { idle: 40.0, ..Load::default() };
    let service = Service {
        layout: Layout::PerTask,
        servers: 4,
        backlog: 10,
        work: Work::gamma(0.1, 1.0),
        batch: 1.0,
        slows: Slows::Nothing,
        warm_up: WarmUp { extra: 0.0, seconds: 1.0 },
        gauges: vec![Gauge { most: f64::INFINITY, ..gauge(Reading::Load(steady)) }],
    };
    let runs = vec![Run { tasks: 1, phases: vec![Phase { seconds: 36_000.0, rate: 1.0 }] }];
    let plan = Plan { runs, pause: 0.0, interval: 10.0 };
    let mut random = Random::seed_from_u64(1);
    let mut test = record(&service, &plan, &disturbance, &mut random);
    test.metrics.remove(0).values
}

const NONE: Disturbance = Disturbance { noise: 0.0, outliers: 0.0, gaps: 0.0, uneven: 0.0 };

#[test]
fn noise_outliers_and_gaps_are_as_many_as_was_said() {
    assert!(recorded(NONE).iter().all(|value| *value == 40.0));
    let values = recorded(Disturbance { noise: 0.05, ..NONE });
    let variance = values.iter().map(|value| (value - 40.0).powi(2)).sum::<f64>() / 3_600.0;
    assert!((variance.sqrt() - 2.0).abs() < 0.1, "{variance}");
    let values = recorded(Disturbance { outliers: 0.02, ..NONE });
    let outliers = values.iter().filter(|value| (80.0..=200.0).contains(*value)).count();
    assert!((50..95).contains(&outliers), "{outliers}");
    let values = recorded(Disturbance { gaps: 0.1, ..NONE });
    let gaps = values.iter().filter(|value| value.is_nan()).count();
    assert!((290..400).contains(&gaps), "{gaps} of {}", values.len());
    assert!((3_350..3_490).contains(&values.len()), "{}", values.len());
}

/// What some faulty tests ask for, in shares of the first run's knee, run by run.
fn shares(fault: Fault) -> impl Iterator<Item = Vec<Vec<f64>>> {
    let share = |case: &Case, run: &Run| {
        run.phases.iter().map(|phase| phase.rate / case.truth.knee).collect()
    };
    (0..6).map(move |seed| {
        let case = Case::draw(Question::Fault(fault), seed);
        case.plan.runs.iter().map(|run| share(&case, run)).collect()
    })
}

#[test]
fn a_fault_is_in_the_test() {
    assert!(shares(Fault::NoDoubling).all(|runs| runs.len() == 1));
    assert!(shares(Fault::NoOverload).all(|runs| runs[0].iter().all(|share| *share < 0.66)));
    assert!(shares(Fault::NoUnderload).all(|runs| runs[0].iter().all(|share| *share > 1.19)));
    assert!(shares(Fault::TwoLevels).all(|runs| runs.iter().all(|run| run.len() == 2)));
    let near = |one: f64, other: f64| (one / other - 1.0).abs() < 0.13;
    assert!(shares(Fault::OtherDemands).all(|runs| {
        runs[1].iter().all(|share| runs[0].iter().all(|other| !near(*share, *other)))
    }));
    for seed in 0..6 {
        let case = |fault| Case::draw(Question::Fault(fault), seed);
        let held = |case: &Case| case.plan.runs[0].phases[0].seconds;
        assert!(held(&case(Fault::ShortLevels)) <= 30.0);
        assert!(held(&case(Fault::Ramp)) <= 10.0);
        assert!(case(Fault::NoMetrics).test.metrics.is_empty());
        let blind = case(Fault::NoObjective).test;
        assert!(
            blind.latency.mean.is_none() && blind.errors.is_none() && blind.completed.is_none()
        );
    }
}

#[test]
fn a_sound_test_has_all_that_it_takes() {
    for model in Model::ALL {
        let test = Case::draw(Question::Service(model), 1).test;
        assert!(test.latency.p95.is_some() && test.errors.is_some());
        assert!(test.metrics.iter().any(|metric| metric.kind == Kind::Cpu));
        assert!(test.metrics.iter().any(|metric| metric.kind == Kind::Memory));
    }
}

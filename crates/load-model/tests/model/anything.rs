//! Whatever the input is, it is read or refused by name, and no request is lost sight of.

use load_model::{Fleet, Load, Objective, Service, Serving, WarmUp};
use proptest::prelude::*;

/// Text that is nearly a shape.
fn shape() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        Just("step"),
        Just("ramp"),
        Just("spike"),
        Just("diurnal"),
        Just("flash-crowd"),
        Just("on-off"),
        Just("silence"),
        Just("sine"),
    ];
    let key = prop_oneof![
        Just("from"),
        Just("to"),
        Just("base"),
        Just("peak"),
        Just("at"),
        Just("for"),
        Just("low"),
        Just("high"),
        Just("on"),
        Just("off"),
        Just("length"),
    ];
    let value = prop_oneof![Just("5"), Just("1e9"), Just("-1"), Just("nan"), Just("90s"), Just("")];
    let parameters = prop::collection::vec((key, value), 0..5);
    (name, parameters).prop_map(|(name, parameters)| {
        let parameters: Vec<String> =
            parameters.iter().map(|(key, value)| format!("{key}={value}")).collect();
        format!("{name}:{}", parameters.join(","))
    })
}

proptest! {
    #[test]
    fn a_shape_is_read_or_refused_by_name(text in prop_oneof![shape(), any::<String>()]) {
        match Load::shape(&text) {
            Ok(load) => {
                prop_assert!(load.seconds() >= 60.0);
                for part in 0..=20 {
                    let rate = load.at(load.seconds() * f64::from(part) / 20.0);
                    prop_assert!((0.0..=1e9).contains(&rate), "{rate}");
                }
            }
            Err(error) => prop_assert!(!error.field.is_empty() && !error.problem.is_empty()),
        }
    }

    #[test]
    fn an_objective_is_read_or_refused_by_name(text in "[p0-9<ms%,.failed ]{0,24}") {
        match Objective::read(&text) {
            Ok(objective) => prop_assert!(objective.limit_seconds > 0.0),
            Err(error) => prop_assert_eq!(error.field, "objective"),
        }
    }

    #[test]
    fn a_series_is_read_or_refused_by_name(
        rates in prop::collection::vec(any::<f64>(), 0..5), period in any::<f64>(),
    ) {
        match Load::series(rates, period) {
            Ok(load) => prop_assert!(load.seconds() > 0.0),
            Err(error) => prop_assert_eq!(error.field, "load"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_request_is_lost_sight_of(
        steps in prop::collection::vec((0.0..300.0, 0_u64..6, any::<bool>()), 1..60),
        backlog in prop_oneof![Just(0.0), 1.0..100.0, Just(1e6)],
        extra in 0.0..2.0,
    ) {
        let objective = Objective::read("p95<1s").unwrap();
        let warm_up = WarmUp { extra, seconds: 10.0 };
        let service = Service { backlog, warm_up, ..Service::new(40.0, 0.1, objective) };
        let mut fleet = Fleet::new(service).unwrap();
        let mut held = 0.0;
        for (rate, tasks, finishing) in steps {
            let serving = |id| match finishing && id == 0 {
                true => Serving::Finishing,
                false => Serving::Taking,
            };
            fleet.set((0..tasks).map(|id| (id, serving(id))), false);
            let interval = fleet.pass(1.0, rate);
            let failed = interval.failed;
            prop_assert!((0.0..=1.0 + 1e-9).contains(&interval.busy), "{interval:?}");
            for part in [interval.served, failed.unserved, failed.shed, failed.cut, interval.held] {
                prop_assert!(part >= -1e-9, "{interval:?}");
            }
            // Those that timed out in a task were served, too late.
            let lost = if backlog < 1200.0 { failed.shed } else {
                interval.arrived + held - interval.served - failed.unserved - failed.cut - interval.held
            };
            let kept = held + interval.arrived - interval.served - failed.unserved - failed.cut - lost;
            prop_assert!((kept - interval.held).abs() < 1e-6, "{interval:?}");
            prop_assert!(lost >= -1e-6, "{interval:?}");
            held = interval.held;
        }
    }
}

//! The arithmetic against the model, and properties of every decision.

use proptest::option;
use proptest::prelude::*;

use super::*;

/// Steps without gap or overlap, from random cuts; whole ones, so that metrics fall on them.
fn steps(exact: bool) -> impl Strategy<Value = Vec<StepAdjustment>> {
    let adjustment = if exact { 0..40i32 } else { -150..300i32 };
    let small = if exact { 0..12i32 } else { -5..6i32 };
    let adjustments = prop::collection::vec(prop_oneof![adjustment, small], 6);
    let cuts = prop::collection::btree_set(-30..31i32, 1..5);
    (cuts, adjustments, any::<(bool, bool)>()).prop_map(|(cuts, adjustments, (below, above))| {
        let cuts: Vec<f64> = cuts.into_iter().map(f64::from).collect();
        let mut edges: Vec<Option<f64>> = cuts.iter().copied().map(Some).collect();
        // What the rules demand, and otherwise as it comes.
        if below || cuts[0] < 0.0 || cuts.len() == 1 {
            edges.insert(0, None);
        }
        if above || cuts[cuts.len() - 1] > 0.0 || edges.len() == 1 {
            edges.push(None);
        }
        let pairs = edges.windows(2).zip(adjustments);
        pairs.map(|(pair, adjustment)| step(pair[0], pair[1], adjustment)).collect()
    })
}

fn policies() -> impl Strategy<Value = Policy> {
    let kinds = prop_oneof![
        Just(AdjustmentType::ChangeInCapacity),
        Just(AdjustmentType::ExactCapacity),
        Just(AdjustmentType::PercentChangeInCapacity),
    ];
    let kinds =
        kinds.prop_flat_map(|kind| (Just(kind), steps(kind == AdjustmentType::ExactCapacity)));
    let cooldown = || prop_oneof![Just(0u32), 1..400u32];
    let parts = (
        kinds,
        option::of(1..9u32),
        0..12u32,
        0..30u32,
        cooldown(),
        cooldown(),
        option::of(0..101u32),
    );
    parts.prop_map(|((kind, steps), magnitude, min, more, out, inward, draining)| Policy {
        min_capacity: min,
        max_capacity: min + more,
        min_adjustment_magnitude: magnitude
            .filter(|_| kind == AdjustmentType::PercentChangeInCapacity),
        scale_out_cooldown: out,
        scale_in_cooldown: inward,
        max_draining_percent: draining,
        ..policy(kind, &steps)
    })
}

fn states() -> impl Strategy<Value = State> {
    let near = |desired: u32| prop_oneof![2 => Just(desired), 1 => 0..50u32];
    let services = (0..45u32)
        .prop_flat_map(move |desired| (Just(desired), near(desired), 1..3u32, any::<bool>()))
        .prop_map(|(desired, running, deployments, rolling_out)| {
            State::Service(Service {
                desired,
                running,
                pending: 0,
                deployments,
                rolling_out,
                scalable: true,
            })
        });
    let groups = (0..45u32)
        .prop_flat_map(move |desired| {
            let few = || prop_oneof![2 => Just(0u32), 1 => 1..6u32];
            let sizes = (0..20u32, 0..30u32);
            (Just(desired), near(desired), few(), few(), sizes, (0..9u32, 0..9u32))
        })
        .prop_map(|(desired, warm, warming, terminating, (min, more), (draining, active))| {
            State::Group(Group {
                desired,
                warm,
                warming,
                unregistered: warming / 2,
                terminating,
                min_size: min,
                max_size: min + more,
                managed: false,
                cluster: Cluster { instances: draining + active, draining },
                spare: None,
            })
        });
    prop_oneof![services, groups]
}

fn breaches() -> impl Strategy<Value = Breach> {
    let operator = prop_oneof![
        Just(Operator::GreaterThanThreshold),
        Just(Operator::GreaterThanOrEqualToThreshold),
        Just(Operator::LessThanThreshold),
        Just(Operator::LessThanOrEqualToThreshold),
    ];
    let metric = prop_oneof![
        6 => (15..86i32).prop_map(f64::from),
        2 => -1e6..1e6f64,
    ];
    (operator, metric)
        .prop_map(|(operator, metric)| Breach { operator: Some(operator), ..breach(metric) })
}

fn lasts() -> impl Strategy<Value = Option<LastScaling>> {
    let parts = (-400..1i64, any::<bool>(), 0..400u32, 0..45u32, 0..45u32, 0..45u32, any::<bool>());
    option::of(parts.prop_map(|(seconds, out, cooldown, from, base, to, same)| LastScaling {
        at: at(seconds),
        direction: if out { Direction::Out } else { Direction::In },
        cooldown,
        from,
        base,
        to,
        transition: Transition::of(&ALARM.parse().unwrap(), if same { at(-60) } else { at(-600) }),
    }))
}

/// The state after a decision was carried out and came to rest.
fn settled(state: &State, desired: u32) -> State {
    match state {
        State::Service(_) => service(desired, desired),
        State::Group(group) => State::Group(Group {
            min_size: group.min_size,
            max_size: group.max_size,
            ..a_group(desired, desired)
        }),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn the_arithmetic_is_that_of_the_literal_model(
        policy in policies(),
        breach in breaches(),
        state in states(),
        last in lasts(),
    ) {
        let decision = made(&policy, &breach, &state, last, at(0));
        let expected = model::desired_after(&policy, &breach, &state, last, at(0));
        prop_assert_eq!(capacity(&decision), expected, "{:#?}", decision);
    }

    #[test]
    fn a_value_is_unneeded_only_where_none_would_scale(
        policy in policies(),
        breach in breaches(),
        state in states(),
        last in lasts(),
    ) {
        let inputs = inputs(&policy, &breach, &state, last);
        if !may_scale(&inputs, at(0)) {
            prop_assert_eq!(capacity(&decide(inputs, at(0))), state.desired());
        }
    }

    #[test]
    fn percentages_are_those_of_the_literal_model(percent: i32, base: u32) {
        let kind = AdjustmentType::PercentChangeInCapacity;
        let change = crate::step::change(kind, percent, base, None);
        prop_assert_eq!(i128::from(change), model::percentage(percent, base.into()));
    }

    #[test]
    fn no_decision_leaves_the_bounds_or_reverses_direction(
        policy in policies(),
        breach in breaches(),
        state in states(),
        last in lasts(),
    ) {
        let decision = made(&policy, &breach, &state, last, at(0));
        let (from, to) = (state.desired(), capacity(&decision));
        let Bounds { min, max } = decision.inputs.bounds();
        prop_assert!(min <= max);
        prop_assert!((min..=max).contains(&to) || to == from);
        match decision.direction() {
            Some(Direction::Out) => prop_assert!(to >= from),
            Some(Direction::In) => prop_assert!(to <= from),
            None => prop_assert_eq!(to, from),
        }
        if to < from {
            prop_assert_eq!(decision.inputs.cooling(at(0)), None);
            let deploys = matches!(&state, State::Service(service) if service.is_deploying());
            prop_assert!(!deploys);
        }
        prop_assert_eq!(decision.remember.map(|last| last.to), (to != from).then_some(to));
        prop_assert!(decision.requeue_at.is_none_or(|again| again > at(0)));
        prop_assert!(serde_json::to_string(&decision).is_ok());
    }

    #[test]
    fn a_second_reconcile_within_the_cooldown_changes_nothing(
        policy in policies(),
        breach in breaches(),
        state in states(),
        last in lasts(),
        seconds in 0..60i64,
        at_rest: bool,
    ) {
        let first = made(&policy, &breach, &state, last, at(0));
        if let Outcome::Scale { to, .. } = first.outcome {
            let state = if at_rest { settled(&state, to) } else {
                match &state {
                    State::Service(service) => State::Service(Service { desired: to, ..service.clone() }),
                    State::Group(group) => State::Group(Group { desired: to, ..group.clone() }),
                }
            };
            let second = made(&policy, &breach, &state, first.remember, at(seconds));
            prop_assert_eq!(capacity(&second), to, "{:#?} {:#?}", first, second);
        }
    }

    #[test]
    fn the_farthest_numbers_do_not_panic(
        adjustment: i32,
        kind in 0..3usize,
        desired: u32,
        current: u32,
        magnitude: Option<u32>,
        cooldown: u32,
        metric: f64,
        threshold: f64,
        seconds in -377_000_000_000i64..250_000_000_000,
    ) {
        use AdjustmentType::{ChangeInCapacity, ExactCapacity, PercentChangeInCapacity};
        let kind = [ChangeInCapacity, ExactCapacity, PercentChangeInCapacity][kind];
        let policy = Policy {
            min_adjustment_magnitude: magnitude,
            scale_out_cooldown: cooldown,
            scale_in_cooldown: cooldown,
            max_capacity: u32::MAX,
            ..policy(kind, &beyond(adjustment))
        };
        let breach = Breach { threshold: Some(threshold), ..breach(metric) };
        let now = Time::from_unix_timestamp(seconds).unwrap_or(at(0));
        for state in [service(desired, current), State::Group(Group {
            terminating: current,
            max_size: u32::MAX,
            ..a_group(desired, current)
        })] {
            let first = made(&policy, &breach, &state, None, now);
            made(&policy, &breach, &state, first.remember, now);
        }
    }
}

//! Reasons not to scale, missing data, the time of the next reconcile, and the record.

use super::*;
use crate::memory::Remembered;

fn low() -> Breach {
    breach(40.0)
}

fn high() -> Breach {
    breach(60.0)
}

#[test]
fn what_forbids_all_scaling_comes_before_any_arithmetic() {
    let inputs = |policy, breach, state| inputs(policy, breach, state, None);
    let (sound, off) = (by(1), Policy { enabled: false, ..by(1) });
    let muted = Breach { muted: true, ..high() };
    let stale = Breach { event: Some(at(-61)), ..high() };
    let State::Service(plain) = service(10, 10) else { panic!("a service") };
    let daemon = State::Service(Service { scalable: false, ..plain });
    let managed = State::Group(Group { managed: true, ..a_group(10, 10) });
    let (fresh, rest) = (high(), service(10, 10));
    for (inputs, code) in [
        (inputs(&off, &fresh, &rest), "Disabled"),
        (inputs(&sound, &muted, &rest), "Muted"),
        (inputs(&sound, &stale, &rest), "StaleEvent"),
        (inputs(&sound, &fresh, &daemon), "TargetServicePutResourceAsUnscalable"),
        (inputs(&sound, &fresh, &managed), "ManagedByCapacityProvider"),
    ] {
        let decision = decide(inputs, at(0));
        assert_eq!(reason(&decision), Some(code));
        assert_eq!(decision.requeue_at, None, "{code}");
        assert_eq!(decision.remember, None, "{code}");
        // The record still has what would have been done.
        assert_eq!(working(&decision).wanted, 11, "{code}");
    }
    let current = Breach { event: Some(at(-60)), ..high() };
    assert_eq!(capacity(&made(&sound, &current, &rest, None, at(0))), 11);
}

#[test]
fn a_group_does_not_shrink_while_more_than_a_share_of_its_cluster_drains() {
    let draining = |draining| {
        let cluster = Cluster { instances: 8, draining };
        State::Group(Group { cluster, ..a_group(8, 8) })
    };
    let guarded = |policy: Policy| Policy { max_draining_percent: Some(25), ..policy };
    let inward =
        |draining_now| made(&guarded(by(-1)), &low(), &draining(draining_now), None, at(0));
    assert_eq!(capacity(&inward(2)), 7);
    assert_eq!(reason(&inward(3)), Some("ClusterDraining"));
    assert_eq!(inward(3).requeue_at, Some(at(60)));
    assert_eq!(result(&guarded(by(1)), 60.0, &draining(8)), 9);
    assert_eq!(result(&by(-1), 40.0, &draining(8)), 7);
}

#[test]
fn a_scale_in_waits_for_the_cooldown_of_a_scale_out() {
    let out = made(&by(2), &high(), &service(10, 10), None, at(0));
    let inward = made(&by(-1), &low(), &service(12, 12), out.remember, at(299));
    assert_eq!(inward.outcome, Outcome::NotScaled(Reason::Cooldown { until: at(300) }));
    assert_eq!(inward.requeue_at, Some(at(300)));
    assert_eq!(capacity(&made(&by(-1), &low(), &service(12, 12), out.remember, at(300))), 11);
}

#[test]
fn the_groups_own_bounds_hold_where_they_are_closer() {
    let state =
        |desired| State::Group(Group { min_size: 3, max_size: 6, ..a_group(desired, desired) });
    assert_eq!(result(&by(9), 60.0, &state(5)), 6);
    assert_eq!(result(&by(-9), 40.0, &state(5)), 3);
    let beyond = Policy { min_capacity: 8, max_capacity: 9, ..by(1) };
    let bounds = inputs(&beyond, &high(), &state(5), None).bounds();
    assert_eq!(bounds, Bounds { min: 6, max: 6 });
}

#[test]
fn without_a_metric_the_policy_says_what_is_done() {
    let composite = Breach { threshold: None, ..breach(None) };
    let with = |missing_data| Policy { missing_data, min_capacity: 2, max_capacity: 8, ..by(-1) };
    for breach in [breach(None), composite, breach(f64::NAN), breach(f64::INFINITY)] {
        let made = |missing_data| made(&with(missing_data), &breach, &service(5, 5), None, at(0));
        assert_eq!(reason(&made(MissingData::Hold)), Some("NoMetricValue"));
        assert_eq!(capacity(&made(MissingData::FirstStep)), 4);
        assert_eq!(made(MissingData::FirstStep).step.map(|chosen| chosen.number), Some(0));
        assert_eq!(capacity(&made(MissingData::ScaleTo(3))), 3);
        assert_eq!(capacity(&made(MissingData::ScaleTo(7))), 7);
        assert_eq!(capacity(&made(MissingData::AtLeast(7))), 7);
        assert_eq!(reason(&made(MissingData::AtLeast(3))), Some("AlreadyAtDesiredCapacity"));
    }
}

#[test]
fn without_a_metric_the_first_step_is_the_one_on_the_operators_side() {
    let steps = [step(None, 0.0, -1), step(0.0, 5.0, 1), step(5.0, None, 9)];
    let policy = Policy {
        missing_data: MissingData::FirstStep,
        ..policy(AdjustmentType::ChangeInCapacity, &steps)
    };
    let with = |operator| {
        let breach = Breach { operator, ..breach(None) };
        capacity(&made(&policy, &breach, &service(5, 5), None, at(0)))
    };
    assert_eq!(with(Some(Operator::LessThanThreshold)), 4);
    assert_eq!(with(Some(Operator::GreaterThanThreshold)), 6);
    assert_eq!(with(None), 6);
}

#[test]
fn a_duplicate_event_takes_one_step() {
    for (policy, metric, to) in [(by(2), 60.0, 12), (by(-2), 40.0, 8)] {
        let told = Breach { event: Some(at(-60)), ..breach(metric) };
        let first = made(&policy, &told, &service(10, 10), None, at(0));
        assert_eq!(capacity(&first), to);
        let soon = made(&policy, &told, &service(to, to), first.remember, at(1));
        assert_eq!((reason(&soon), soon.requeue_at), (Some("DuplicateEvent"), Some(at(300))));
        let late = made(&policy, &told, &service(to, to), first.remember, at(301));
        assert_eq!((reason(&late), late.requeue_at), (Some("DuplicateEvent"), Some(at(361))));
        // A requeue may scale further, and so may another transition.
        let requeue = made(&policy, &breach(metric), &service(to, to), first.remember, at(300));
        assert!(matches!(requeue.outcome, Outcome::Scale { .. }));
        let anew = Breach { since: at(20), event: Some(at(20)), ..breach(metric) };
        let anew = made(&policy, &anew, &service(to, to), first.remember, at(300));
        assert!(matches!(anew.outcome, Outcome::Scale { .. }));
    }
}

#[test]
fn a_duplicate_requeue_takes_one_step_without_a_cooldown() {
    for (policy, metric, to) in [(by(2), 60.0, 12), (by(-2), 40.0, 8)] {
        let policy = Policy { scale_out_cooldown: 0, scale_in_cooldown: 0, ..policy };
        let first = made(&policy, &breach(metric), &service(10, 10), None, at(0));
        assert_eq!(capacity(&first), to);
        let twice = made(&policy, &breach(metric), &service(to, to), first.remember, at(59));
        assert_eq!((reason(&twice), twice.requeue_at), (Some("Cooldown"), Some(at(60))));
        let next = made(&policy, &breach(metric), &service(to, to), first.remember, at(60));
        assert!(matches!(next.outcome, Outcome::Scale { .. }));
    }
}

#[test]
fn within_a_minute_the_largest_capacity_wins_in_any_order() {
    let quick = |policy: Policy| Policy { scale_out_cooldown: 0, scale_in_cooldown: 0, ..policy };
    let other = Breach { alarm: format!("{ALARM}-too").parse().unwrap(), ..high() };
    for (one, two) in [(2, 3), (3, 2)] {
        let first = made(&quick(by(one)), &high(), &service(10, 10), None, at(0));
        let desired = capacity(&first);
        let second = made(&quick(by(two)), &other, &service(desired, 10), first.remember, at(5));
        assert_eq!(capacity(&second), 13);
    }
}

#[test]
fn the_next_reconcile_is_in_a_minute_or_after_the_cooldown() {
    let one = made(&by(2), &high(), &service(10, 10), None, at(0));
    assert_eq!(one.requeue_at, Some(at(300)));
    let steps = [step(0.0, 20.0, 1), step(20.0, None, 3)];
    let two = policy(AdjustmentType::ChangeInCapacity, &steps);
    let small = made(&two, &high(), &service(10, 10), None, at(0));
    assert_eq!(small.requeue_at, Some(at(60)));
    let large = made(&two, &breach(80.0), &service(10, 10), None, at(0));
    assert_eq!(large.requeue_at, Some(at(300)));
    let still = made(&two, &breach(80.0), &service(13, 13), large.remember, at(100));
    assert_eq!(still.requeue_at, Some(at(300)));
    let full = Policy { max_capacity: 10, ..by(1) };
    let full = made(&full, &high(), &service(10, 10), None, at(0));
    assert_eq!((reason(&full), full.requeue_at), (Some("AlreadyAtMaxCapacity"), Some(at(60))));
}

#[test]
fn what_is_remembered_in_whole_seconds_ends_no_cooldown_early() {
    let now = at(0) + Duration::milliseconds(1);
    let first = made(&by(-1), &low(), &service(10, 10), None, now);
    let read: Remembered = first.remember.unwrap().to_string().parse().unwrap();
    let read = read.last;
    assert_eq!(Some(read), first.remember);
    let soon =
        made(&by(-1), &low(), &service(9, 9), Some(read), now + Duration::milliseconds(299_999));
    assert_eq!(reason(&soon), Some("Cooldown"));
}

#[test]
fn a_decision_is_one_record_with_all_it_rests_on() {
    let policy = Policy { max_capacity: 12, ..percent(30) };
    let breach = Breach { operator: Some(Operator::GreaterThanThreshold), ..high() };
    let decision = made(&policy, &breach, &service(10, 10), None, at(0));
    let text = serde_json::to_string(&decision).unwrap();
    assert!(!text.contains('\n'));
    let read: serde_json::Value = serde_json::from_str(&text).unwrap();
    let expected = serde_json::json!({
        "at": "2025-11-25T10:00:00Z",
        "breach": {
            "alarm": ALARM, "since": "2025-11-25T09:59:00Z", "event": null, "threshold": 50.0,
            "operator": "GreaterThanThreshold", "metric": 60.0, "muted": false,
        },
        "target": "service/tide/web",
        "state": {"service": {
            "desired": 10, "running": 10, "pending": 0, "deployments": 1, "rolling_out": false, "scalable": true,
        }},
        "last": null,
        "cooldown_until": null,
        "adjustment_type": "PercentChangeInCapacity",
        "min_adjustment_magnitude": null,
        "missing_data": "Hold",
        "step": {"number": 0, "step": {"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 30}},
        "bounds": {"min": 0, "max": 12},
        "direction": "out",
        "base": {"capacity": 10, "of": "running"},
        "change": 3,
        "wanted": 13,
        "clamp": "to_max",
        "outcome": {"scale": {"from": 10, "to": 12}},
        "remember": {
            "at": "2025-11-25T10:00:00Z", "direction": "out", "cooldown": 300,
            "from": 10, "base": 10, "to": 12,
            "transition": Transition::of(&ALARM.parse().unwrap(), at(-60)).to_string(),
        },
        "requeue_at": "2025-11-25T10:05:00Z",
    });
    assert_eq!(read, expected);
    let held = made(&policy, &breach, &service(12, 12), decision.remember, at(1));
    let held = serde_json::to_value(&held).unwrap();
    let reason = serde_json::json!({"code": "AlreadyAtMaxCapacity", "max_capacity": 12});
    assert_eq!(held["outcome"], serde_json::json!({"not_scaled": reason}));
    assert_eq!(held["last"], read["remember"]);
}

#[test]
fn a_group_keeps_the_instances_that_its_tasks_need() {
    let shrunk = |spare, adjustment| {
        let state = State::Group(Group { spare, ..a_group(6, 6) });
        made(&by(adjustment), &breach(40.0), &state, None, at(0))
    };
    assert_eq!(capacity(&shrunk(None, -4)), 2);
    assert_eq!(capacity(&shrunk(Some(5), -4)), 2);
    let held = shrunk(Some(1), -4);
    assert_eq!((capacity(&held), working(&held).clamp), (5, Some(Clamp::ToRoom)));
    let full = shrunk(Some(0), -4);
    assert_eq!(
        (reason(&full), working(&full).clamp),
        (Some("NoRoomForTasks"), Some(Clamp::ToRoom))
    );
    // It is reconciled again: tasks may stop.
    assert_eq!(full.requeue_at, Some(at(60)));
    assert_eq!(capacity(&shrunk(Some(0), 2)), 8);
}

#[test]
fn a_recorded_scaling_is_carried_out_by_the_next_reconcile() {
    let breach = Breach { event: Some(at(-60)), ..breach(60.0) };
    let first = made(&by(2), &breach, &service(10, 10), None, at(0));
    let tag = Remembered { last: first.remember.unwrap(), earlier: None };
    let again = |desired| {
        let in_force = tag.in_force(desired, at(30));
        made(&by(2), &breach, &service(desired, 10), in_force, at(30))
    };
    assert_eq!(capacity(&again(10)), 12);
    assert_eq!(reason(&again(12)), Some("DuplicateEvent"));
}

#[test]
fn a_larger_step_that_was_not_done_leaves_the_cooldown_of_the_first_in_force() {
    let first = made(&by(2), &breach(60.0), &service(10, 10), None, at(0)).remember;
    let second = made(&by(3), &breach(70.0), &service(12, 10), first, at(60)).remember;
    let tag = Remembered { last: second.unwrap(), earlier: first };
    // The process died before the update: 12 are desired, and run by now.
    let in_force = tag.in_force(12, at(120));
    let again = made(&by(3), &breach(70.0), &service(12, 12), in_force, at(120));
    assert_eq!(capacity(&again), 13);
    let inward = made(&by(-1), &breach(40.0), &service(12, 12), in_force, at(120));
    assert_eq!(reason(&inward), Some("Cooldown"));
}

#[test]
fn every_reason_is_serialized_by_its_code() {
    for reason in [
        Reason::AlreadyAtMaxCapacity { max_capacity: 1 },
        Reason::AlreadyAtMinCapacity { min_capacity: 1 },
        Reason::AlreadyAtDesiredCapacity { current_capacity: 1 },
        Reason::TargetServicePutResourceAsUnscalable,
        Reason::Cooldown { until: at(0) },
        Reason::DeploymentInProgress,
        Reason::InstancesWarming,
        Reason::ClusterDraining,
        Reason::NoRoomForTasks,
        Reason::ManagedByCapacityProvider,
        Reason::StaleEvent,
        Reason::DuplicateEvent,
        Reason::Muted,
        Reason::Disabled,
        Reason::NoMatchingStep,
        Reason::NoMetricValue,
    ] {
        assert_eq!(serde_json::to_value(reason).unwrap()["code"], reason.code());
    }
}

#[test]
fn the_value_need_not_be_known_where_no_step_would_scale() {
    let asked = |policy: &Policy, state: &State, last| {
        let breach = breach(None);
        may_scale(&inputs(policy, &breach, state, last), at(0))
    };
    assert!(asked(&by(1), &service(10, 10), None));
    assert!(!asked(&by(1), &service(1_000, 1_000), None));
    assert!(!asked(&by(-1), &deploying(10, 10), None));
    let cooling = made(&by(1), &breach(60.0), &service(9, 9), None, at(-10)).remember;
    assert!(!asked(&by(-1), &service(10, 10), cooling));
    assert!(!asked(&by(1), &service(10, 10), cooling));
    assert!(asked(&by(2), &service(10, 10), cooling));
    assert!(!asked(&Policy { enabled: false, ..by(1) }, &service(10, 10), None));
}

/// Its agent may never start, yet the instance exists.
#[test]
fn an_instance_that_is_not_registered_is_no_base_of_a_scale_out_and_holds_no_scale_in_up() {
    let state = State::Group(Group { warming: 0, unregistered: 1, ..a_group(5, 4) });
    let base = |direction| crate::capacity::base(&state, direction, None).capacity;
    assert_eq!((base(Direction::Out), base(Direction::In)), (4, 5));
    let policy = by(-1);
    assert_eq!(guard::towards(Direction::In, &policy, &state, None), Ok(()));
    let warming = State::Group(Group { warming: 1, ..a_group(5, 4) });
    let held = guard::towards(Direction::In, &policy, &warming, None);
    assert_eq!(held, Err(Reason::InstancesWarming));
}

//! Which of several policies of one target is applied.

use super::*;

fn decided(policy: Policy, metric: f64, state: &State) -> Decision {
    made(&policy, &breach(metric), state, None, at(0))
}

#[test]
fn a_scale_out_supersedes_a_scale_in() {
    let state = service(10, 10);
    let decisions = [decided(by(-5), 40.0, &state), decided(by(1), 60.0, &state)];
    assert_eq!(prevailing(&decisions), Some(1));
}

#[test]
fn a_scale_out_at_its_maximum_still_holds_a_scale_in() {
    let state = service(10, 10);
    let full = Policy { max_capacity: 10, ..by(1) };
    let inward = Policy { max_capacity: 10, ..by(-1) };
    let decisions = [decided(inward, 40.0, &state), decided(full, 60.0, &state)];
    assert_eq!(prevailing(&decisions), None);
}

#[test]
fn a_policy_that_is_off_or_asks_for_nothing_holds_nothing() {
    let state = service(10, 10);
    let off = Policy { enabled: false, ..by(5) };
    let decisions =
        [decided(off, 60.0, &state), decided(by(0), 60.0, &state), decided(by(-1), 40.0, &state)];
    assert_eq!(prevailing(&decisions), Some(2));
    assert_eq!(prevailing(&[]), None);
}

#[test]
fn of_equals_the_first_is_taken() {
    let state = service(10, 10);
    let decisions = [decided(by(2), 60.0, &state), decided(percent(20), 60.0, &state)];
    assert_eq!(prevailing(&decisions), Some(0));
}

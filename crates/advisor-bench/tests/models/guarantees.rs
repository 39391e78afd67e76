//! The guarantees of the advisor, on load tests with known right answers.

use advisor_bench::tally::Tally;

#[test]
fn the_right_metric_is_recommended_and_its_target_leaves_the_true_headroom() {
    let tally = Tally::of(0..500, |_| ());
    assert_eq!(tally.fails_doubling, [], "recommended, but does not halve with twice the tasks");
    assert_eq!(tally.guessed, [], "answered without sufficient data");
    assert!(tally.right() >= 0.99, "{tally}{:?}", tally.wrong);
    assert!(tally.near() >= 0.97, "{tally}{:?}", tally.far);
}

//! What the advisor promises, on load tests whose right answer is known.

use advisor_bench::tally::Tally;

#[test]
fn the_right_metric_is_recommended_and_its_target_leaves_the_true_headroom() {
    let tally = Tally::of(0..500, |_| ());
    assert_eq!(tally.fails_doubling, [], "recommended, though twice the tasks do not halve it");
    assert_eq!(tally.guessed, [], "answered, though the test does not tell");
    assert!(tally.right() >= 0.99, "{tally}{:?}", tally.wrong);
    assert!(tally.near() >= 0.97, "{tally}{:?}", tally.far);
}

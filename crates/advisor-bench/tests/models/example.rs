//! The load test of the README.

use std::fs;

use advisor_bench::case::{Case, Question};
use advisor_bench::csv;
use advisor_bench::models::Model;

#[test]
fn the_worker_pool_of_the_readme_is_a_modeled_one() {
    let case = Case::draw(Question::Service(Model::Workers), 58);
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../load-tests/worker-pool.csv");
    let mut written = Vec::new();
    csv::write(&case.test, &mut written).unwrap();
    assert_eq!(fs::read_to_string(file).unwrap().into_bytes(), written);
}

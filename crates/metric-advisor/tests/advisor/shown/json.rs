use advice::advice::{Advice, Interval};
use serde_json::Value;

use super::sample;

fn json(advice: &Advice) -> serde_json::Result<Value> {
    serde_json::from_str(&serde_json::to_string_pretty(advice)?)
}

#[test]
fn the_answer_is_the_first_thing_to_read_in_json() {
    let answers = [sample::recommended(), sample::none_suitable(), sample::not_enough()];
    let told =
        answers.map(|advice| json(&advice).expect("it is JSON")["verdict"]["answer"].clone());
    assert_eq!(told, ["recommended", "none_suitable", "not_enough_data"]);
}

#[test]
fn what_is_no_number_is_null_in_json() {
    let mut advice = sample::recommended();
    let law = advice.metrics[0].law.as_mut().expect("it has a law");
    law.demand = Interval { value: 1.0, low: f64::NEG_INFINITY, high: f64::NAN };
    let json = json(&advice).expect("it is JSON");
    let demand = &json["metrics"][0]["law"]["demand"];
    assert_eq!(demand["value"], 1.0);
    assert!(demand["low"].is_null() && demand["high"].is_null(), "{demand}");
}

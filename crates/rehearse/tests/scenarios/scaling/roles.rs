//! Compares the role of alarm-scaling with what the function does.

use std::collections::BTreeSet;

use scenarios::stack::{self, ALARM_SCALING};

use crate::role::{Need, assert_exact, of_lambda};
use crate::scaling::rehearsed::Rehearsed;
use crate::scaling::together::full;

/// Everything that alarm-scaling does: it scales both dimensions out and in.
async fn needs() -> BTreeSet<Need> {
    let rehearsed = Rehearsed::of(&full()).await;
    rehearsed.load(8.0);
    rehearsed.minutes(20).await;
    rehearsed.load(0.1);
    rehearsed.minutes(120).await;
    let made = rehearsed.0.made();
    let mut needs = of_lambda(&stack::wiring(&[]).unwrap(), ALARM_SCALING);
    needs.extend(made[ALARM_SCALING].iter().flat_map(Need::call));
    needs
}

#[tokio::test(start_paused = true)]
async fn the_role_of_alarm_scaling_allows_what_it_does_and_nothing_else() {
    let needs = needs().await;
    assert_exact(&stack::roles(&[]).unwrap()["AlarmScalingRole"], &needs);
}

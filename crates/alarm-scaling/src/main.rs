//! The binary of the alarm-scaling function.

use std::process::Termination;

use alarm_scaling::handler::AlarmScaling;

fn main() -> impl Termination {
    function::run::<AlarmScaling>(aws::load)
}

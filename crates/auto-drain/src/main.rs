//! The binary of the auto-drain function.

use std::process::Termination;

use auto_drain::handler::AutoDrain;

fn main() -> impl Termination {
    function::run::<AutoDrain>(aws::load)
}

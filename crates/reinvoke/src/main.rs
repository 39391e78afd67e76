//! The binary of the reinvoke function.

use std::process::Termination;

use reinvoke::Reinvoke;

fn main() -> impl Termination {
    function::run::<Reinvoke>(aws::load)
}

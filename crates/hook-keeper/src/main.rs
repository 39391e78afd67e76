//! The binary of the hook-keeper function.

use std::process::Termination;

use hook_keeper::handler::HookKeeper;

fn main() -> impl Termination {
    function::run::<HookKeeper>(aws::load)
}

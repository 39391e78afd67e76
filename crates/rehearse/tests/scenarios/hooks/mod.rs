//! hook-keeper against the simulated region.

mod cut_off;
mod fleet;
mod held;
mod kept;
mod left;
mod many;
mod removed;
mod roles;
mod turns;

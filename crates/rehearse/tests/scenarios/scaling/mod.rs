//! Scenarios of scaling on alarms: the real handlers, SDK and template, with the alarms of the real
//! stacks, against the simulated region.

mod beside;
mod costing;
mod crashing;
mod documents;
mod following;
mod guards;
mod late;
mod messages;
mod rehearsed;
mod roles;
mod together;
mod warming;

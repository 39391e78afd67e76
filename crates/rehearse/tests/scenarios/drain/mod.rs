//! Scenarios of drains, one for each guarantee: the real handlers, SDK and template, against the
//! simulated region.

mod cluster;

mod arriving;
mod clusters;
mod crashing;
mod deadline;
mod draining;
mod explaining;
mod ghosts;
mod groups;
mod instances;
mod looping;
mod opting;
mod returning;
mod stuck;

//! Random runs of drains with faults, checked by an oracle: thousands of seeds with the functions
//! as they are, and some with a broken rule, to prove that the oracle detects the violation.

mod roles;
mod seeds;
mod violations;

//! Each behaviour of AWS that the rest relies on, as one sentence.

mod apis;
mod draining;
mod groups;
mod hooks;
mod instances;
mod scheduling;
mod services;
mod size;

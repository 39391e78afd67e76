//! Which metric to scale on, from a [`load_test`]. No I/O, no SDK, no clock.
//!
//! * [`settings`] are the requirements of the user, and properties that the data do not show.
//! * [`advice`] is the answer.
//! * [`paste`] makes scaling policies of it.

pub mod advice;
mod advise;
mod assess;
mod choose;
mod headroom;
mod knee;
mod levels;
mod missing;
mod notes;
pub mod paste;
mod plateau;
mod runtime;
pub mod settings;
mod stats;
mod usl;

pub use advise::advise;

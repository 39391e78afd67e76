//! A setup that is ready to be rehearsed.

use load_model::{BadInput, Fleet};
use tokio::runtime::Builder;

use crate::course::Course;
use crate::drive::Drive;
use crate::error::Error;
use crate::policy::Policy;
use crate::setup::Setup;

/// A setup that was checked, with what its service does at each utilization: that takes a tenth of a
/// second, and is the same for every policy.
#[derive(Debug)]
pub struct Prepared<'a> {
    setup: &'a Setup,
    fleet: Fleet,
}

impl<'a> Prepared<'a> {
    /// Checks the setup.
    ///
    /// # Errors
    /// A field is out of range, or the service keeps to its objective at no rate.
    pub fn new(setup: &'a Setup) -> Result<Self, BadInput> {
        setup.check()?;
        Ok(Self { setup, fleet: Fleet::new(setup.service.clone())? })
    }

    pub const fn setup(&self) -> &'a Setup {
        self.setup
    }

    /// Requests per second with which a task keeps the objective.
    pub const fn task_sustains(&self) -> f64 {
        self.fleet.most()
    }

    /// Rehearses the load with a policy. The same seed gives the same course.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn rehearse(&self, policy: &Policy, seed: u64) -> Result<Course, Error> {
        let clock = Builder::new_current_thread().enable_time().start_paused(true).build();
        let play = Drive::play(self.setup, policy, seed, self.fleet.another());
        clock.map_err(Error::Clock)?.block_on(play)
    }
}

/// Rehearses the load of a setup once. See [`Prepared`].
///
/// # Errors
/// See [`Error`].
pub fn rehearse(setup: &Setup, policy: &Policy, seed: u64) -> Result<Course, Error> {
    Prepared::new(setup)?.rehearse(policy, seed)
}

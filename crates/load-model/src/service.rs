//! What a service is, as far as its response to a load depends on it.

use crate::error::BadInput;
use crate::objective::Objective;
use crate::work::{Times, Work};

/// A service, by what one of its tasks does.
#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    /// Requests per second with which a task has no time left.
    pub sustained: f64,
    pub work: Work,
    /// Requests that may wait at a task. More are turned away.
    pub backlog: f64,
    /// Seconds after which a client gives up.
    pub timeout_seconds: f64,
    /// CPU in percent of the reservation.
    pub cpu: Usage,
    /// Memory in percent of the reservation.
    pub memory: Usage,
    pub warm_up: WarmUp,
    pub objective: Objective,
}

/// The use of a resource by one task, in percent of its reservation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Usage {
    /// Without requests.
    pub idle: f64,
    /// At the sustained rate.
    pub full: f64,
}

impl Usage {
    /// At a utilization of 0 to 1.
    pub fn at(self, utilization: f64) -> f64 {
        self.idle + (self.full - self.idle) * utilization
    }
}

/// How much slower a task is at first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WarmUp {
    /// By what share requests take longer when the task begins to serve.
    pub extra: f64,
    /// In how many seconds that falls to 37%.
    pub seconds: f64,
}

impl WarmUp {
    /// How fast a task is that has served for so long, as a share of a warm one.
    pub fn speed(self, served_seconds: f64) -> f64 {
        if self.extra <= 0.0 || self.seconds <= 0.0 {
            return 1.0;
        }
        1.0 / (1.0 + self.extra * (-served_seconds / self.seconds).exp())
    }
}

impl Service {
    /// A service with this objective whose tasks sustain so many requests per second, each of
    /// which takes `work_seconds`. CPU is what saturates.
    pub fn new(sustained: f64, work_seconds: f64, objective: Objective) -> Self {
        Self {
            sustained,
            work: Work { mean_seconds: work_seconds, times: Times::Gamma { variation: 1.0 } },
            backlog: 1e6,
            timeout_seconds: 30.0,
            cpu: Usage { idle: 0.0, full: 100.0 },
            memory: Usage { idle: 30.0, full: 50.0 },
            warm_up: WarmUp { extra: 0.0, seconds: 0.0 },
            objective,
        }
    }

    /// Requests that a task serves at once.
    pub fn servers(&self) -> usize {
        (self.sustained * self.work.mean_seconds).round().max(1.0) as usize
    }

    /// Requests that may wait at a task until the last of them times out.
    pub fn waiting_room(&self) -> f64 {
        self.backlog.min(self.timeout_seconds * self.sustained)
    }

    /// Checks all fields.
    ///
    /// # Errors
    /// The first that is out of its range.
    pub fn check(&self) -> Result<(), BadInput> {
        let check = |field: &str, value: f64, low: f64, high: f64| {
            if (low..=high).contains(&value) {
                return Ok(());
            }
            Err(BadInput::new(field, format!("{value} is not from {low} to {high}")))
        };
        check("sustained", self.sustained, 0.001, 1e6)?;
        check("work", self.work.mean_seconds, 1e-5, 3_600.0)?;
        check("servers", self.sustained * self.work.mean_seconds, 0.0, 10_000.0)?;
        match self.work.times {
            Times::Gamma { variation } => check("variation", variation, 0.01, 1.5)?,
            Times::LogNormal { variation } => check("variation", variation, 0.01, 10.0)?,
            Times::TwoKinds { expensive, times, variation } => {
                check("expensive", expensive, 0.001, 0.999)?;
                check("times", times, 0.01, 100.0)?;
                check("variation", variation, 0.01, 1.5)?;
            }
        }
        check("backlog", self.backlog, 0.0, 1e9)?;
        check("timeout", self.timeout_seconds, 0.001, 86_400.0)?;
        for (name, usage) in [("cpu", self.cpu), ("memory", self.memory)] {
            check(&format!("{name}-idle"), usage.idle, 0.0, 1_000.0)?;
            check(&format!("{name}-full"), usage.full, usage.idle, 1_000.0)?;
        }
        check("warm-up-extra", self.warm_up.extra, 0.0, 100.0)?;
        check("warm-up", self.warm_up.seconds, 0.0, 86_400.0)?;
        if self.objective.limit_seconds > self.timeout_seconds {
            return Err(BadInput::new("objective", "the limit is beyond the timeout"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service() -> Service {
        Service::new(100.0, 0.08, Objective::read("p95<250ms").unwrap())
    }

    #[test]
    fn servers_follow_from_rate_and_work() {
        assert_eq!(service().servers(), 8);
        assert_eq!(Service { sustained: 1.0, ..service() }.servers(), 1);
    }

    #[test]
    fn a_cold_task_is_slower() {
        let warm_up = WarmUp { extra: 1.0, seconds: 10.0 };
        assert_eq!(warm_up.speed(0.0), 0.5);
        assert!(warm_up.speed(100.0) > 0.99);
        assert_eq!(WarmUp { extra: 0.0, seconds: 10.0 }.speed(0.0), 1.0);
    }

    #[test]
    fn a_field_out_of_range_is_named() {
        let bad = |service: Service| service.check().unwrap_err().to_string();
        assert_eq!(service().check(), Ok(()));
        let idle = Usage { idle: 50.0, full: 20.0 };
        assert_eq!(bad(Service { cpu: idle, ..service() }), "cpu-full: 20 is not from 50 to 1000");
        assert!(bad(Service { sustained: f64::NAN, ..service() }).starts_with("sustained: NaN"));
        assert!(bad(Service { timeout_seconds: 0.1, ..service() }).starts_with("objective: "));
    }
}

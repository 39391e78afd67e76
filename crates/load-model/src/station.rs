//! The requests that a task holds, from one step to the next.
//!
//! As many leave as leave a task that holds as many on average (the pointwise stationary fluid flow
//! approximation of W. P. Wang, D. Tipper and S. Banerjee, 1996). Where more come than a task
//! sustains, what is left over is carried into the next step.

use crate::curve::{Curve, Response, Row};

/// What a task does in a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Flow {
    /// Requests that it held at the end.
    pub(crate) held: f64,
    pub(crate) served: f64,
    /// Requests for which there was no room.
    pub(crate) lost: f64,
    /// The share of its time that it was busy.
    pub(crate) busy: f64,
    pub(crate) response: Response,
}

impl Curve {
    /// A task that held `held` requests gets `rate` more each second, for `seconds`. `speed` is its
    /// speed as a share of a warm task's.
    pub(crate) fn flow(&self, held: f64, rate: f64, seconds: f64, speed: f64) -> Flow {
        let most = seconds * self.sustained * speed;
        let arrived = seconds * rate;
        let all = held + arrived;
        // What is there, or has left, at the end of a step at each row.
        let passed = |row: &Row| row.held + most * row.busy + arrived * row.lost;
        let next = self.rows.partition_point(|row| passed(row) < all);
        let (Some(first), Some(second)) = (next.checked_sub(1), self.rows.get(next)) else {
            return if next == 0 {
                self.calm(all, most, speed)
            } else {
                self.full(held, arrived, most, speed)
            };
        };
        let Some(row) = self.rows.get(first) else { return self.calm(all, most, speed) };
        let share = (all - passed(row)) / (passed(second) - passed(row));
        let mix = |of: fn(&Row) -> f64| of(row) * (1.0 - share) + of(second) * share;
        let (busy, lost) = (mix(|row| row.busy), arrived * mix(|row| row.lost));
        let response = Response { place: first as f64 + share, behind: 0.0, speed };
        Flow { held: all - most * busy - lost, served: most * busy, lost, busy, response }
    }

    /// Below the first row, where hardly any request waits.
    fn calm(&self, all: f64, most: f64, speed: f64) -> Flow {
        let held = all * self.servers / (self.servers + most);
        let served = all - held;
        let response = Response { place: 0.0, behind: 0.0, speed };
        Flow { held, served, lost: 0.0, busy: served / most, response }
    }

    /// Beyond the last row: more comes than leaves.
    fn full(&self, held: f64, arrived: f64, most: f64, speed: f64) -> Flow {
        let all = held + arrived;
        let top = self.rows.last();
        let (queued, busy, lost) =
            top.map_or((0.0, 1.0, 0.0), |row| (row.held, row.busy, arrived * row.lost));
        let served = most.min(all - queued - lost).max(most * busy);
        let room = (self.servers + self.room).max(queued);
        let left = (all - served - lost).min(room);
        let behind = (f64::midpoint(held, left) - queued).max(0.0) / (self.sustained * speed);
        let place = self.rows.len().saturating_sub(1) as f64;
        let response = Response { place, behind, speed };
        Flow { held: left, served, lost: all - served - left, busy: served / most, response }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objective::Objective;
    use crate::service::Service;

    fn curve(backlog: f64) -> Curve {
        let objective = Objective::read("p95<10s").unwrap();
        let service = Service::new(20.0, 0.2, objective);
        Curve::of(&Service { backlog, timeout_seconds: 100.0, ..service })
    }

    fn after(curve: &Curve, rates: &[(f64, usize)]) -> Flow {
        let mut flow = curve.flow(0.0, 0.0, 1.0, 1.0);
        for (rate, steps) in rates {
            for _ in 0..*steps {
                let held = flow.held;
                flow = curve.flow(held, *rate, 1.0, 1.0);
                let kept = held + rate - flow.served - flow.lost;
                assert!((kept - flow.held).abs() < 1e-9, "nothing is lost sight of");
            }
        }
        flow
    }

    #[test]
    fn a_rate_that_stays_leads_to_its_row() {
        let curve = curve(1e6);
        for rate in [0.01, 2.0, 10.0, 16.0, 19.0] {
            let flow = after(&curve, &[(rate, 1_000)]);
            assert!((flow.busy - rate / 20.0).abs() < 1e-3, "{rate}: {flow:?}");
            assert!((flow.response.place - curve.steady(rate).place).abs() < 0.1, "{rate}");
        }
    }

    #[test]
    fn what_is_too_much_waits_and_is_worked_off_later() {
        let curve = curve(1e6);
        let flow = after(&curve, &[(30.0, 100)]);
        assert!((flow.held - 1_000.0).abs() < 10.0 && flow.busy == 1.0, "{flow:?}");
        assert!((flow.response.behind - 40.0).abs() < 15.0, "{flow:?}");
        assert!(after(&curve, &[(30.0, 100), (10.0, 60)]).busy > 0.99);
        assert!(after(&curve, &[(30.0, 100), (10.0, 200)]).busy < 0.6);
    }

    #[test]
    fn a_full_backlog_loses_what_is_too_much() {
        let flow = after(&curve(50.0), &[(30.0, 100)]);
        assert!((flow.lost - 10.0).abs() < 1e-6 && (flow.held - 54.0).abs() < 1e-6, "{flow:?}");
    }
}

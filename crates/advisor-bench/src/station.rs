//! A queue before a number of servers, first come, first served.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use crate::moment::Moment;

/// Servers with a bounded backlog, by the recursion of J. Kiefer and J. Wolfowitz ("On the theory
/// of queues with many servers", 1955): all that is to come of a request is known as it arrives.
#[derive(Debug, Clone)]
pub struct Station {
    servers: usize,
    backlog: usize,
    /// When each server that has work will be free of all that it was given.
    free: BinaryHeap<Reverse<Moment>>,
    /// When each request that waits will be served.
    starts: VecDeque<f64>,
}

/// What becomes of a request that is taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stay {
    /// When it came, in seconds.
    pub arrival: f64,
    /// When its service begins.
    pub start: f64,
    /// When it leaves.
    pub end: f64,
}

impl Station {
    /// An empty station, where at most `backlog` requests wait for `servers`.
    pub fn new(servers: usize, backlog: usize) -> Self {
        Self { servers, backlog, free: BinaryHeap::new(), starts: VecDeque::new() }
    }

    /// Let time pass until `now`, and count the requests in service and waiting.
    pub fn in_flight(&mut self, now: f64) -> usize {
        while self.starts.front().is_some_and(|start| *start <= now) {
            self.starts.pop_front();
        }
        while self.free.peek().is_some_and(|Reverse(free)| free.0 <= now) {
            self.free.pop();
        }
        self.free.len() + self.starts.len()
    }

    /// A request arrives at `now`, not before the last one, to be served for `service` seconds.
    /// `None` if the backlog is full.
    pub fn offer(&mut self, now: f64, service: f64) -> Option<Stay> {
        self.in_flight(now);
        if self.free.len() < self.servers {
            self.free.push(Reverse(Moment(now + service)));
            return Some(Stay { arrival: now, start: now, end: now + service });
        }
        if self.starts.len() >= self.backlog {
            return None;
        }
        let mut first = self.free.peek_mut()?;
        let start = first.0.0;
        self.starts.push_back(start);
        first.0 = Moment(start + service);
        Some(Stay { arrival: now, start, end: start + service })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts(station: &mut Station, arrivals: &[(f64, f64)]) -> Vec<Option<f64>> {
        arrivals.iter().map(|(at, work)| station.offer(*at, *work).map(|stay| stay.start)).collect()
    }

    #[test]
    fn requests_wait_for_the_first_server_that_is_free() {
        let mut station = Station::new(2, 10);
        let arrivals = [(0.0, 5.0), (0.0, 3.0), (1.0, 1.0), (1.0, 1.0), (9.0, 1.0)];
        let expected = [0.0, 0.0, 3.0, 4.0, 9.0].map(Some);
        assert_eq!(starts(&mut station, &arrivals), expected);
    }

    #[test]
    fn a_full_backlog_rejects() {
        let mut station = Station::new(1, 1);
        let arrivals = [(0.0, 2.0), (0.5, 2.0), (1.0, 2.0), (2.5, 2.0)];
        assert_eq!(starts(&mut station, &arrivals), [Some(0.0), Some(2.0), None, Some(4.0)]);
    }

    #[test]
    fn those_in_service_and_those_waiting_are_in_flight() {
        let mut station = Station::new(1, 5);
        starts(&mut station, &[(0.0, 2.0), (0.0, 2.0), (0.0, 2.0)]);
        assert_eq!([0.0, 2.0, 4.0, 6.0].map(|at| station.in_flight(at)), [3, 2, 1, 0]);
    }
}

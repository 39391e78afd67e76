//! ecs-tide and its peers in the same departures.

mod row;

use scenarios::Error;

use super::departure::Departure;
use super::outcome::Outcome;
use super::peers::Peer;
use super::product;

pub use self::row::{FIGURES, Row};

/// The number of seeds of a departure of few instances, whose lag and calls depend on when each of
/// their containers stops.
const SEEDS: u64 = 4;

/// The number of instances in the large departure.
pub(crate) const MANY: usize = 1000;

/// A departure in which drains are compared.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// Its name in the JSON document.
    pub name: &'static str,
    /// Its name in the tables.
    pub title: &'static str,
    departure: fn(u64) -> Departure,
    /// The number of consecutive random seeds.
    seeds: u64,
    /// The upper bound of the lag of ecs-tide, in seconds.
    pub(crate) longest_lag: f64,
}

/// The cases without throttling, whose results depend on the random seed only.
pub const UNTHROTTLED: [Case; 3] = [
    Case {
        name: "long_deregistration",
        title: "one instance, deregistration 260 s",
        departure: |seed| Departure::slow(1, seed),
        seeds: SEEDS,
        longest_lag: 5.0,
    },
    Case {
        name: "daemon",
        title: "one instance with a daemon, deregistration 60 s",
        departure: Departure::with_daemon,
        seeds: SEEDS,
        longest_lag: 5.0,
    },
    Case {
        name: "service_scaled_to_zero",
        title: "one instance, a service scaled to 0 before",
        departure: Departure::emptied,
        seeds: SEEDS,
        longest_lag: 5.0,
    },
];

/// The cases under AWS's throttle buckets.
pub(crate) const THROTTLED: [Case; 2] = [
    Case {
        name: "twenty",
        title: "20 instances at once, deregistration 60 s",
        departure: |seed| Departure::quick(20, seed).throttled(),
        seeds: SEEDS,
        longest_lag: 8.0,
    },
    Case {
        name: "thousand",
        title: "1000 instances at once, deregistration 260 s",
        departure: |seed| Departure::slow(MANY, seed).throttled(),
        seeds: 1,
        longest_lag: 180.0,
    },
];

/// A case with ecs-tide and with its peers.
#[derive(Debug)]
pub struct Compared {
    pub case: Case,
    /// ecs-tide with one process, and with two that take turns.
    pub ours: [Row; 2],
    pub peers: Vec<Row>,
}

/// One of the drains that are compared.
#[derive(Debug, Clone, Copy)]
enum Contender {
    EcsTide { processes: usize },
    Peer(Peer),
}

impl Contender {
    fn name(self) -> &'static str {
        match self {
            Self::EcsTide { processes: 1 } => "ecs-tide",
            Self::EcsTide { .. } => "ecs-tide, two processes",
            Self::Peer(peer) => peer.name(),
        }
    }

    async fn drain(self, departure: Departure) -> Result<Outcome, Error> {
        match self {
            Self::EcsTide { processes } => product::drain_with(processes, departure).await,
            Self::Peer(peer) => peer.drain(departure).await,
        }
    }
}

impl Case {
    /// Runs the case with every drain, from this random seed on. `step` is called with the name of
    /// each before it begins.
    ///
    /// # Errors
    /// The template is invalid, or the simulated region refuses the setup.
    pub async fn compare(self, seed: u64, step: &dyn Fn(&str)) -> Result<Compared, Error> {
        let ours = [
            self.row(Contender::EcsTide { processes: 1 }, seed, step).await?,
            self.row(Contender::EcsTide { processes: 2 }, seed, step).await?,
        ];
        let mut peers = Vec::new();
        for peer in Peer::ALL {
            peers.push(self.row(Contender::Peer(peer), seed, step).await?);
        }
        Ok(Compared { case: self, ours, peers })
    }

    async fn row(self, contender: Contender, seed: u64, step: &dyn Fn(&str)) -> Result<Row, Error> {
        step(&format!("{}: {}", self.title, contender.name()));
        let first = contender.drain((self.departure)(seed)).await?;
        let mut further = Vec::new();
        for number in 1..self.seeds {
            further.push(contender.drain((self.departure)(seed.wrapping_add(number))).await?);
        }
        Ok(Row { name: contender.name(), first, further })
    }
}

impl Compared {
    /// ecs-tide with one process and with two, then the peers.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.ours.iter().chain(&self.peers)
    }
}

//! A load test of which every request is known, for the formats that load generators write.

use load_test::{Kind, Unit};
use rand::SeedableRng as _;

use crate::gauge::{Gauge, Load, Reader, Reading};
use crate::service::{Layout, Phase, Random, Service, Slows, WarmUp, Work};
use crate::window::Timeline;

/// When the test begins, in seconds since 1970: 2026-11-26T08:00:00Z.
pub const BEGAN: f64 = 1_795_680_000.0;

/// Seconds that a level lasts.
const HOLD: f64 = 300.0;

/// Seconds until a request is refused.
const REFUSED_IN: f64 = 0.002;

/// Requests a second at each level, by the number of tasks. One task sustains about 20.
const RUNS: [(usize, &[f64]); 2] = [
    (1, &[3.0, 6.0, 9.0, 12.0, 15.0, 17.0, 19.0, 22.0]),
    (2, &[6.0, 12.0, 18.0, 24.0, 30.0, 36.0, 44.0]),
];

/// A load test.
#[derive(Debug, Clone, PartialEq)]
pub struct Log {
    /// In the order of time, without a gap between them.
    pub levels: Vec<Level>,
    /// What CloudWatch has of each minute.
    pub minutes: Vec<Minute>,
}

/// A stretch of constant demand.
#[derive(Debug, Clone, PartialEq)]
pub struct Level {
    /// In seconds since 1970.
    pub began: f64,
    /// How long it lasts.
    pub seconds: f64,
    /// Running tasks.
    pub tasks: usize,
    /// Requests a second that the load generator was configured to send.
    pub rate: f64,
    /// In the order in which they were sent.
    pub requests: Vec<Request>,
}

/// A request, which is always answered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Request {
    /// In seconds since 1970.
    pub sent: f64,
    /// Seconds until its answer.
    pub took: f64,
    /// The answer's HTTP status.
    pub status: u16,
}

/// A minute of a service's metrics.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Minute {
    /// In seconds since 1970.
    pub began: f64,
    /// `RunningTaskCount`.
    pub tasks: f64,
    /// `CPUUtilization` in percent.
    pub cpu: f64,
    /// `MemoryUtilization` in percent.
    pub memory: f64,
}

impl Log {
    /// The test of that seed: a service on which CPU saturates, with one task and then with two.
    pub fn draw(seed: u64) -> Self {
        let service = service();
        let mut random = Random::seed_from_u64(seed);
        let mut log = Self { levels: Vec::new(), minutes: Vec::new() };
        let mut began = BEGAN;
        for (tasks, rates) in RUNS {
            let phases: Vec<Phase> =
                rates.iter().map(|rate| Phase { seconds: HOLD, rate: *rate }).collect();
            let seconds = HOLD * phases.len() as f64;
            let mut timeline = Timeline::new(60.0, seconds, tasks as f64);
            let mut requests = vec![Vec::new(); phases.len()];
            service.serve(tasks, &phases, &mut random, |now, stay| {
                timeline.add(now, stay);
                let (took, status) =
                    stay.map_or((REFUSED_IN, 503), |stay| (stay.end - stay.arrival, 200));
                if let Some(requests) = requests.get_mut((now / HOLD) as usize) {
                    requests.push(Request { sent: began + now, took, status });
                }
            });
            for (index, (requests, rate)) in requests.into_iter().zip(rates).enumerate() {
                let began = began + HOLD * index as f64;
                log.levels.push(Level { began, seconds: HOLD, tasks, rate: *rate, requests });
            }
            let mut readers: Vec<Reader<'_>> = service.gauges.iter().map(Reader::new).collect();
            for (index, window) in timeline.into_windows().iter().enumerate() {
                let mut read = readers.iter_mut().map(|reader| reader.read(window, &mut random));
                log.minutes.push(Minute {
                    began: began + 60.0 * index as f64,
                    tasks: tasks as f64,
                    cpu: read.next().unwrap_or(f64::NAN),
                    memory: read.next().unwrap_or(f64::NAN),
                });
            }
            began += seconds;
        }
        log
    }

    /// All requests, in the order in which they were sent.
    pub fn requests(&self) -> impl Iterator<Item = &Request> {
        self.levels.iter().flat_map(|level| &level.requests)
    }

    /// All requests, in the order in which they ended.
    pub fn ended(&self) -> Vec<Request> {
        by_end(self.requests())
    }

    /// When the first level begins, in seconds since 1970.
    pub fn began(&self) -> f64 {
        self.levels.first().map_or(0.0, |level| level.began)
    }

    /// How long all levels last.
    pub fn seconds(&self) -> f64 {
        self.levels.iter().map(|level| level.seconds).sum()
    }
}

impl Level {
    /// When it is over, in seconds since 1970.
    pub fn end(&self) -> f64 {
        self.began + self.seconds
    }

    /// Its requests, in the order in which they ended.
    pub fn ended(&self) -> Vec<Request> {
        by_end(&self.requests)
    }

    /// When it is over and its last request is answered, in seconds since 1970.
    pub fn last_answer(&self) -> f64 {
        self.requests.iter().map(Request::end).fold(self.end(), f64::max)
    }

    /// Those that were answered before the level was over, as tools count that stop then.
    pub fn in_time(&self) -> impl Iterator<Item = &Request> {
        self.requests.iter().filter(|request| request.end() <= self.end())
    }
}

fn by_end<'a>(requests: impl IntoIterator<Item = &'a Request>) -> Vec<Request> {
    let mut all: Vec<Request> = requests.into_iter().copied().collect();
    all.sort_by(|one, other| one.end().total_cmp(&other.end()));
    all
}

impl Request {
    /// When the answer came, in seconds since 1970.
    pub fn end(&self) -> f64 {
        self.sent + self.took
    }

    /// Whether the answer was an error.
    pub const fn failed(&self) -> bool {
        self.status >= 400
    }
}

/// Four cores, before which requests wait; some are refused when too many do.
fn service() -> Service {
    let gauge = |name, kind, idle, busy| {
        let reading = Reading::Load(Load { idle, busy, ..Load::default() });
        Gauge { name, kind, unit: Unit::Percent, reading, total: false, most: 100.0 }
    };
    Service {
        layout: Layout::PerTask,
        servers: 4,
        backlog: 80,
        work: Work::gamma(0.2, 3.0),
        batch: 1.0,
        slows: Slows::Nothing,
        warm_up: WarmUp { extra: 0.3, seconds: 20.0 },
        gauges: vec![
            gauge("CPUUtilization", Kind::Cpu, 2.0, 24.0),
            gauge("MemoryUtilization", Kind::Memory, 31.0, 0.2),
        ],
    }
}

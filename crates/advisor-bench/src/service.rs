//! A service: stations, what slows them, and how a run of it goes.

use rand::RngExt as _;
use rand_distr::{Distribution as _, Exp1, Gamma, Geometric, LogNormal};

use crate::gauge::Gauge;
use crate::station::{Station, Stay};
use crate::window::{Timeline, Window};

/// The bench's generator: its numbers are the same on every machine.
pub type Random = rand::rngs::Xoshiro256PlusPlus;

/// A model of a service.
#[derive(Debug, Clone)]
pub struct Service {
    /// How the servers belong to the tasks.
    pub layout: Layout,
    /// Requests that are served at once, by a task or by what they share.
    pub servers: usize,
    /// Requests that may wait for those.
    pub backlog: usize,
    /// Seconds that a request takes.
    pub work: Work,
    /// Requests that come at once, on average; the batches come as a Poisson process.
    pub batch: f64,
    /// What makes them take longer.
    pub slows: Slows,
    /// How cold a task starts.
    pub warm_up: WarmUp,
    /// What is measured.
    pub gauges: Vec<Gauge>,
}

/// To whom servers belong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Each task has its own, and a balancer draws the task of each request.
    PerTask,
    /// Each task has its own, and all take from one queue.
    Pooled,
    /// All tasks wait for the same few.
    Shared,
}

/// Seconds of service.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Work {
    /// Average.
    pub mean: f64,
    /// How they are distributed.
    pub times: Times,
}

/// How the seconds of service are distributed around their average.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Times {
    /// A gamma distribution.
    Gamma {
        /// 1 is exponential; the coefficient of variation is `1 / shape.sqrt()`.
        shape: f64,
    },
    /// A log-normal distribution: a heavy tail.
    LogNormal {
        /// The coefficient of variation.
        variation: f64,
    },
    /// Requests of two kinds, each with a gamma distribution.
    Kinds {
        /// Share of the requests that are of the dear kind, above 0 and below 1.
        dear: f64,
        /// How many times as long they take as the others, on average.
        times: f64,
        /// Of both gamma distributions.
        shape: f64,
    },
}

impl Work {
    /// With a gamma distribution of that shape.
    pub const fn gamma(mean: f64, shape: f64) -> Self {
        Self { mean, times: Times::Gamma { shape } }
    }

    /// The squared coefficient of variation.
    pub fn variation(self) -> f64 {
        match self.times {
            Times::Gamma { shape } => 1.0 / shape,
            Times::LogNormal { variation } => variation.powi(2),
            Times::Kinds { dear, times, shape } => {
                let mean = 1.0 - dear + dear * times;
                let square = (1.0 - dear + dear * times * times) * (1.0 + 1.0 / shape);
                square / mean.powi(2) - 1.0
            }
        }
    }
}

/// What makes requests take longer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Slows {
    Nothing,
    /// More requests in flight at a station than there is memory for.
    Crowding {
        /// For how many there is.
        limit: f64,
        /// How much longer each takes, in times its own, at twice the limit; in proportion beyond.
        swapping: f64,
    },
    /// More requests a second at a station than a garbage collector keeps up with.
    Allocation {
        /// Requests in a second at which all time goes to the collector.
        limit: f64,
    },
}

/// Caches that fill and code that is compiled, from the start of a run on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WarmUp {
    /// By what share requests take longer at first.
    pub extra: f64,
    /// In how many seconds that falls to a third.
    pub seconds: f64,
}

/// Demand that stays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Phase {
    /// For how long.
    pub seconds: f64,
    /// Requests in a second, at all tasks.
    pub rate: f64,
}

/// Over how many seconds a collector's load is averaged.
const COLLECTION_SECONDS: f64 = 20.0;

/// The collector leaves at least this share of the time.
const LEFT_BY_COLLECTOR: f64 = 0.04;

/// After this many times its duration, a warm-up has no effect within floating-point precision.
const WARM: f64 = 40.0;

/// A station, and how many requests a second came to it of late.
struct Loaded {
    station: Station,
    rate: f64,
    last: f64,
}

impl Service {
    /// The requests a second at which one task, or what they share, has no time left.
    pub fn capacity(&self) -> f64 {
        match self.slows {
            Slows::Nothing => self.servers as f64 / self.work.mean,
            Slows::Crowding { limit, .. } => limit / self.work.mean,
            Slows::Allocation { limit } => limit.min(self.servers as f64 / self.work.mean),
        }
    }

    /// What `tasks` of it do under the phases, one after the other, from empty and cold; in
    /// windows of `interval` seconds.
    pub fn run(
        &self,
        tasks: usize,
        phases: &[Phase],
        interval: f64,
        random: &mut Random,
    ) -> Vec<Window> {
        let end: f64 = phases.iter().map(|phase| phase.seconds).sum();
        let mut timeline = Timeline::new(interval, end, tasks as f64);
        self.serve(tasks, phases, random, |now, stay| timeline.add(now, stay));
        timeline.into_windows()
    }

    /// The same, request by request: `served` gets when each came, and its stay, if it was not
    /// turned away.
    pub fn serve(
        &self,
        tasks: usize,
        phases: &[Phase],
        random: &mut Random,
        mut served: impl FnMut(f64, Option<Stay>),
    ) {
        let mut stations = self.stations(tasks);
        let draws = Draws::of(self);
        let mut begin = 0.0;
        for phase in phases {
            let end = begin + phase.seconds;
            let mean = self.batch / phase.rate;
            let mut now = begin + gap(mean, random);
            while now < end {
                for _ in 0..draws.batch(random) {
                    let drawn = random.random_range(0..stations.len().max(1));
                    let Some(loaded) = stations.get_mut(drawn) else { continue };
                    let slowed = self.warm_up.at(now) * self.slowed(loaded, now);
                    let service = slowed * draws.work(random);
                    served(now, loaded.station.offer(now, service));
                }
                now += gap(mean, random);
            }
            begin = end;
        }
    }

    fn stations(&self, tasks: usize) -> Vec<Loaded> {
        let (count, servers) = match self.layout {
            Layout::PerTask => (tasks, self.servers),
            Layout::Pooled => (1, tasks * self.servers),
            Layout::Shared => (1, self.servers),
        };
        let station = || Station::new(servers, self.backlog);
        (0..count).map(|_| Loaded { station: station(), rate: 0.0, last: 0.0 }).collect()
    }

    /// By what the time of a request that comes now is multiplied.
    fn slowed(&self, loaded: &mut Loaded, now: f64) -> f64 {
        match self.slows {
            Slows::Nothing => 1.0,
            Slows::Crowding { limit, swapping } => {
                let over = loaded.station.in_flight(now) as f64 / limit - 1.0;
                1.0 + swapping * over.max(0.0)
            }
            Slows::Allocation { limit } => {
                let kept = ((loaded.last - now) / COLLECTION_SECONDS).exp();
                loaded.rate = loaded.rate * kept + 1.0 / COLLECTION_SECONDS;
                loaded.last = now;
                let collecting = (loaded.rate / limit).powi(4);
                1.0 / (1.0 - collecting).max(LEFT_BY_COLLECTOR)
            }
        }
    }
}

/// Seconds until the next batch, `mean` on average.
fn gap(mean: f64, random: &mut Random) -> f64 {
    let gap: f64 = Exp1.sample(random);
    mean * gap
}

/// A service's distributions, made once for a run.
struct Draws {
    work: Option<Drawn>,
    more: Option<Geometric>,
}

/// Seconds of service, to be drawn.
enum Drawn {
    Gamma(Gamma<f64>),
    LogNormal(LogNormal<f64>),
    Kinds { dear: f64, times: f64, cheap: Gamma<f64> },
}

impl Drawn {
    fn of(Work { mean, times }: Work) -> Option<Self> {
        let gamma = |mean: f64, shape: f64| Gamma::new(shape, mean / shape).ok();
        Some(match times {
            Times::Gamma { shape } => Self::Gamma(gamma(mean, shape)?),
            Times::LogNormal { variation } => {
                Self::LogNormal(LogNormal::from_mean_cv(mean, variation).ok()?)
            }
            Times::Kinds { dear, times, shape } => {
                let cheap = mean / (1.0 - dear + dear * times);
                Self::Kinds { dear, times, cheap: gamma(cheap, shape)? }
            }
        })
    }

    fn draw(&self, random: &mut Random) -> f64 {
        match self {
            Self::Gamma(gamma) => gamma.sample(random),
            Self::LogNormal(normal) => normal.sample(random),
            Self::Kinds { dear, times, cheap } => {
                let times = if random.random_bool(*dear) { *times } else { 1.0 };
                times * cheap.sample(random)
            }
        }
    }
}

impl Draws {
    fn of(service: &Service) -> Self {
        let more = Geometric::new(1.0 / service.batch).ok().filter(|_| service.batch > 1.0);
        Self { work: Drawn::of(service.work), more }
    }

    /// Seconds of a request.
    fn work(&self, random: &mut Random) -> f64 {
        self.work.as_ref().map_or(0.0, |work| work.draw(random))
    }

    /// Requests that come at once.
    fn batch(&self, random: &mut Random) -> u64 {
        1 + self.more.as_ref().map_or(0, |more| more.sample(random))
    }
}

impl WarmUp {
    fn at(self, now: f64) -> f64 {
        if self.extra == 0.0 || now > WARM * self.seconds {
            return 1.0;
        }
        1.0 + self.extra * (-now / self.seconds).exp()
    }
}

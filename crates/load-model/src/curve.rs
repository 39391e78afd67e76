//! What a task does at each utilization once demand has stayed for a while.

use statrs::function::gamma::gamma_ur;

use crate::error::BadInput;
use crate::grid::Grid;
use crate::objective::Objective;
use crate::service::Service;
use crate::wait::{Table, Wait, waits};

/// The offered loads of the rows, from nothing to nearly all that a task sustains.
const LOADS: [f64; 30] = [
    0.001, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.74, 0.78,
    0.81, 0.84, 0.86, 0.88, 0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.99, 0.995,
];

/// Response times of the rows, in units of the average work.
const TIMES: Grid = Grid { shortest: 0.01, longest: 10_000.0, points: 300 };

/// Waits that response times are computed of at once.
const GROUP: usize = 5;

/// Response times of a task by its utilization, for one service.
#[derive(Debug)]
pub struct Curve {
    /// Requests that are served at once.
    pub(crate) servers: f64,
    /// Requests per second of a warm task without time left.
    pub(crate) sustained: f64,
    /// Requests that may wait.
    pub(crate) room: f64,
    work_seconds: f64,
    pub(crate) rows: Vec<Row>,
}

/// What happens at one offered load.
#[derive(Debug)]
pub(crate) struct Row {
    /// Requests per second, as a share of the sustained rate.
    pub(crate) offered: f64,
    /// The share of a task's time that is used.
    pub(crate) busy: f64,
    /// The share of requests that find no room to wait.
    pub(crate) lost: f64,
    /// Requests in service and waiting, on average.
    pub(crate) held: f64,
    /// The share of response times that are longer than each of [`TIMES`].
    survival: Vec<f64>,
}

/// The response times of some requests: those of a place on the curve, and a delay before it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Response {
    /// The number of the row, and how far towards the next.
    pub(crate) place: f64,
    /// Seconds that all of them wait behind what is left over.
    pub(crate) behind: f64,
    /// How fast the task is, as a share of a warm one.
    pub(crate) speed: f64,
}

impl Curve {
    pub fn of(service: &Service) -> Self {
        let servers = service.servers();
        let table = Table::of(service.work.times);
        // A request holds a server for as long as the sustained rate says, and takes its own time.
        let held_seconds = servers as f64 / service.sustained;
        let ratio = held_seconds / service.work.mean_seconds;
        let room = service.waiting_room().floor();
        let row = |load: f64| Row::of(&table, servers, load, room, ratio);
        Self {
            servers: servers as f64,
            sustained: service.sustained,
            room,
            work_seconds: service.work.mean_seconds,
            rows: LOADS.into_iter().map(row).collect(),
        }
    }

    /// The rows around a place, and the share of the second.
    fn around(&self, place: f64) -> Option<(&Row, &Row, f64)> {
        let first = (place.max(0.0) as usize).min(self.rows.len().saturating_sub(1));
        let row = self.rows.get(first)?;
        Some((row, self.rows.get(first + 1).unwrap_or(row), place.max(0.0).fract()))
    }

    /// The place of an offered load.
    fn place(&self, offered: f64) -> f64 {
        let next = self.rows.partition_point(|row| row.offered < offered);
        let (Some(first), Some(second)) = (next.checked_sub(1), self.rows.get(next)) else {
            return if next == 0 { 0.0 } else { (self.rows.len() - 1) as f64 };
        };
        let before = self.rows.get(first).map_or(0.0, |row| row.offered);
        first as f64 + (offered - before) / (second.offered - before)
    }

    /// The share of requests that take longer than so many seconds.
    pub fn survival(&self, response: Response, seconds: f64) -> f64 {
        let seconds = seconds - response.behind;
        if seconds <= 0.0 {
            return 1.0;
        }
        let Some((row, next, share)) = self.around(response.place) else { return 0.0 };
        let at = seconds * response.speed / self.work_seconds;
        row.beyond(at) * (1.0 - share) + next.beyond(at) * share
    }

    /// The response time in seconds that `share` of the requests do not exceed. Each response
    /// counts by its weight.
    pub fn quantile(&self, responses: &[(f64, Response)], share: f64) -> f64 {
        let all: f64 = responses.iter().map(|(weight, _)| weight).sum();
        let beyond = |seconds: f64| -> f64 {
            let late = responses.iter().map(|(weight, one)| weight * self.survival(*one, seconds));
            late.sum::<f64>() / all
        };
        let slowest = responses.iter().fold(0.0_f64, |slowest, (_, response)| {
            slowest.max(response.behind + TIMES.longest * self.work_seconds / response.speed)
        });
        let (mut low, mut high) = (TIMES.shortest * self.work_seconds, slowest);
        while high > 1.001 * low {
            let middle = (low * high).sqrt();
            *(if beyond(middle) > 1.0 - share { &mut low } else { &mut high }) = middle;
        }
        high
    }

    /// The response times at a rate in requests per second that stays.
    pub fn steady(&self, rate: f64) -> Response {
        Response { place: self.place(rate / self.sustained), behind: 0.0, speed: 1.0 }
    }

    /// The utilization and the share of lost requests at a rate that stays.
    pub fn steady_use(&self, rate: f64) -> (f64, f64) {
        self.around(self.place(rate / self.sustained)).map_or((0.0, 0.0), |(row, next, share)| {
            let mix = |of: fn(&Row) -> f64| of(row) * (1.0 - share) + of(next) * share;
            (mix(|row| row.busy), mix(|row| row.lost))
        })
    }

    /// The most requests per second with which a task keeps to the objective.
    ///
    /// # Errors
    /// It keeps to it at no rate.
    pub fn most(&self, objective: &Objective) -> Result<f64, BadInput> {
        let keeps = |offered: f64| {
            let rate = offered * self.sustained;
            let late = self.survival(self.steady(rate), objective.limit_seconds);
            let (_, lost) = self.steady_use(rate);
            late <= 1.0 - objective.statistic.share() && lost <= objective.failed
        };
        let (mut good, mut bad) = (0.001, 1.0);
        if !keeps(good) {
            let response = [(1.0, self.steady(good * self.sustained))];
            let name = objective.statistic.name();
            let least = 1e3 * self.quantile(&response, objective.statistic.share());
            let problem =
                format!("a task that is nearly idle already has a {name} of {least:.0} ms");
            return Err(BadInput::new("objective", problem));
        }
        for _ in 0..20 {
            let middle = f64::midpoint(good, bad);
            *(if keeps(middle) { &mut good } else { &mut bad }) = middle;
        }
        Ok(good * self.sustained)
    }
}

impl Row {
    /// At an offered load, with `room` for requests that wait. Each holds a server for `ratio`
    /// times as long as it takes.
    fn of(table: &Table, servers: usize, load: f64, room: f64, ratio: f64) -> Self {
        let wait = Wait::of(table, servers as f64, load);
        let waits = waits(servers, load);
        // Those that a request leaves waiting came while it waited, so that their number is that of
        // a Poisson process; and it is as likely to be found as to be left behind.
        let arrivals = load * servers as f64;
        let admitted: Vec<(f64, f64)> = wait
            .values()
            .map(|(wait, share)| (wait, share * fewer(room, arrivals * wait)))
            .collect();
        let full = waits * (1.0 - admitted.iter().map(|(_, share)| share).sum::<f64>()).max(0.0);
        let lost = (1.0 - load) * full / (1.0 - load * full);
        let taken = 1.0 - full;
        let mean_wait: f64 = admitted.iter().map(|(wait, share)| wait * share).sum();
        let busy = load * (1.0 - lost);
        let held = servers as f64 * busy * (1.0 + waits * mean_wait / taken);
        let groups: Vec<(f64, f64)> = admitted.chunks(GROUP).filter_map(average).collect();
        let beyond = |at: f64| {
            let mut all = (1.0 - waits) * table.survival(at);
            for (wait, share) in &groups {
                all += waits * share * table.survival(at - wait * ratio);
            }
            all / taken
        };
        let survival = (0..TIMES.points).map(|place| beyond(TIMES.time(place))).collect();
        Self { offered: load, busy, lost, held, survival }
    }

    fn beyond(&self, at: f64) -> f64 {
        TIMES.read(&self.survival, at)
    }
}

/// The average of waits, weighted by their shares, and the sum of these.
fn average(waits: &[(f64, f64)]) -> Option<(f64, f64)> {
    let share: f64 = waits.iter().map(|(_, share)| share).sum();
    let sum: f64 = waits.iter().map(|(wait, share)| wait * share).sum();
    (share > 1e-9).then(|| (sum / share, share))
}

/// The probability that a Poisson number of that mean is below `room`.
fn fewer(room: f64, mean: f64) -> f64 {
    if room < 1.0 {
        0.0
    } else if mean <= 0.0 || room > mean + 10.0 * mean.sqrt() + 10.0 {
        1.0
    } else if room < mean - 10.0 * mean.sqrt() {
        0.0
    } else {
        gamma_ur(room, mean)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(servers: f64, backlog: f64) -> Service {
        let objective = Objective::read("p95<10s").unwrap();
        Service { backlog, timeout_seconds: 1e3, ..Service::new(servers, 1.0, objective) }
    }

    #[test]
    fn one_exponential_server_has_exponential_response_times() {
        let curve = Curve::of(&service(1.0, 1e6));
        for (load, share) in [(0.3, 0.5), (0.5, 0.95), (0.8, 0.95), (0.9, 0.99)] {
            let seen = curve.quantile(&[(1.0, curve.steady(load))], share);
            let expected = -f64::ln(1.0 - share) / (1.0 - load);
            assert!((seen / expected - 1.0).abs() < 0.03, "{load}: {seen}, not {expected}");
        }
    }

    #[test]
    fn servers_without_room_lose_as_erlang_says() {
        let curve = Curve::of(&service(30.0, 0.0));
        // 30 servers lose a hundredth at 20.34 erlangs.
        let (busy, lost) = curve.steady_use(20.34);
        assert!((lost - 0.01).abs() < 0.001, "{lost}");
        assert!((busy - 20.34 * 0.99 / 30.0).abs() < 0.001, "{busy}");
        let most = curve.most(&Objective::read("p95<10s,failed<1%").unwrap()).unwrap();
        assert!((most - 20.34).abs() < 0.2, "{most}");
    }

    #[test]
    fn the_most_a_task_takes_follows_from_the_objective() {
        let curve = Curve::of(&service(1.0, 1e6));
        let most = curve.most(&Objective::read("p95<6s").unwrap()).unwrap();
        assert!((most - (1.0 - f64::ln(20.0) / 6.0)).abs() < 0.02, "{most}");
        let error = curve.most(&Objective::read("p95<1s").unwrap()).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("objective: a task that is nearly idle already has a p95 of")
        );
    }
}

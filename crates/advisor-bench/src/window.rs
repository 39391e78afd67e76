//! What happened in a stretch of time.

use crate::station::Stay;

/// Sums over some seconds, of all tasks together.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Window {
    /// How long it is.
    pub seconds: f64,
    /// Running tasks.
    pub tasks: f64,
    /// Requests that came.
    pub arrivals: f64,
    /// Requests that were turned away.
    pub rejected: f64,
    /// Seconds that servers were busy.
    pub busy: f64,
    /// Seconds that requests waited.
    pub waiting: f64,
    /// Requests whose service began.
    pub started: f64,
    /// Seconds that those had waited.
    pub waited: f64,
    /// Response times of the requests that left, in seconds.
    pub latencies: Vec<f64>,
}

impl Window {
    /// Both, one after the other.
    pub fn joined(mut self, mut next: Self) -> Self {
        self.latencies.append(&mut next.latencies);
        Self {
            seconds: self.seconds + next.seconds,
            tasks: self.tasks,
            arrivals: self.arrivals + next.arrivals,
            rejected: self.rejected + next.rejected,
            busy: self.busy + next.busy,
            waiting: self.waiting + next.waiting,
            started: self.started + next.started,
            waited: self.waited + next.waited,
            latencies: self.latencies,
        }
    }

    /// Servers that are busy, on average.
    pub fn busy(&self) -> f64 {
        self.busy / self.seconds
    }

    /// Requests that wait, on average.
    pub fn waiting(&self) -> f64 {
        self.waiting / self.seconds
    }

    /// Requests that are done in a second.
    pub fn completed(&self) -> f64 {
        self.latencies.len() as f64 / self.seconds
    }

    /// Share of the requests that are turned away.
    pub fn errors(&self) -> f64 {
        share(self.rejected, self.arrivals)
    }

    /// Average response time; NaN without any.
    pub fn mean(&self) -> f64 {
        self.latencies.iter().sum::<f64>() / self.latencies.len() as f64
    }

    /// How long those had waited whose service began, on average.
    pub fn wait(&self) -> f64 {
        share(self.waited, self.started)
    }

    /// The response time that `share` of the requests stay below, 0 to 1; NaN without any.
    pub fn quantile(&mut self, share: f64) -> f64 {
        let last = self.latencies.len().saturating_sub(1);
        let nth = (share * last as f64).round() as usize;
        if nth >= self.latencies.len() {
            return f64::NAN;
        }
        *self.latencies.select_nth_unstable_by(nth, f64::total_cmp).1
    }
}

/// `part` of `whole`; 0 of nothing.
fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

/// Windows of equal length, side by side, from 0 on.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    seconds: f64,
    windows: Vec<Window>,
}

impl Timeline {
    /// As many windows of so many seconds as begin before `end`.
    pub fn new(seconds: f64, end: f64, tasks: f64) -> Self {
        let empty = Window { seconds, tasks, ..Window::default() };
        Self { seconds, windows: vec![empty; (end / seconds).round() as usize] }
    }

    /// A request came, and stays, or is turned away.
    pub fn add(&mut self, arrival: f64, stay: Option<Stay>) {
        if let Some(window) = self.at(arrival) {
            window.arrivals += 1.0;
            window.rejected += f64::from(u8::from(stay.is_none()));
        }
        let Some(Stay { arrival, start, end }) = stay else { return };
        if let Some(window) = self.at(start) {
            window.started += 1.0;
            window.waited += start - arrival;
        }
        if let Some(window) = self.at(end) {
            window.latencies.push(end - arrival);
        }
        self.overlaps(arrival, start, |window, seconds| window.waiting += seconds);
        self.overlaps(start, end, |window, seconds| window.busy += seconds);
    }

    /// All windows, in the order of time.
    pub fn into_windows(self) -> Vec<Window> {
        self.windows
    }

    fn at(&mut self, time: f64) -> Option<&mut Window> {
        self.windows.get_mut((time / self.seconds) as usize)
    }

    /// Give each window the seconds that it shares with the stretch.
    fn overlaps(&mut self, from: f64, to: f64, give: impl Fn(&mut Window, f64)) {
        if to <= from {
            return;
        }
        let seconds = self.seconds;
        let first = (from / seconds) as usize;
        let last = (to / seconds) as usize;
        for (index, window) in self.windows.iter_mut().enumerate().take(last + 1).skip(first) {
            let begin = index as f64 * seconds;
            let shared = to.min(begin + seconds) - from.max(begin);
            give(window, shared.max(0.0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stay_over_several_windows_is_shared_out() {
        let mut timeline = Timeline::new(10.0, 30.0, 1.0);
        timeline.add(4.0, Some(Stay { arrival: 4.0, start: 12.0, end: 25.0 }));
        let windows = timeline.into_windows();
        let sums = |of: fn(&Window) -> f64| windows.iter().map(of).collect::<Vec<_>>();
        assert_eq!(sums(|window| window.waiting), [6.0, 2.0, 0.0]);
        assert_eq!(sums(|window| window.busy), [0.0, 8.0, 5.0]);
        assert_eq!(sums(|window| window.arrivals), [1.0, 0.0, 0.0]);
        assert_eq!(sums(|window| window.waited), [0.0, 8.0, 0.0]);
        assert_eq!(sums(Window::completed), [0.0, 0.0, 0.1]);
    }

    #[test]
    fn what_is_turned_away_is_an_error_and_no_latency() {
        let mut timeline = Timeline::new(10.0, 10.0, 1.0);
        timeline.add(1.0, None);
        timeline.add(2.0, Some(Stay { arrival: 2.0, start: 2.0, end: 3.0 }));
        let windows = timeline.into_windows();
        assert_eq!((windows[0].errors(), windows[0].mean()), (0.5, 1.0));
    }

    #[test]
    fn a_quantile_is_a_response_time_that_occurred() {
        let latencies = (1..=101).rev().map(f64::from).collect();
        let mut window = Window { latencies, ..Window::default() };
        assert_eq!(
            [0.0, 0.5, 0.95, 1.0].map(|share| window.quantile(share)),
            [1.0, 51.0, 96.0, 101.0]
        );
        assert!(Window::default().quantile(0.5).is_nan());
    }
}

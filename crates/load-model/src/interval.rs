//! What a service did in a stretch of time.

/// Requests that failed, by why.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Failed {
    /// No task was there to take them.
    pub unserved: f64,
    /// The task had no room for them.
    pub shed: f64,
    /// They waited or took longer than the client does.
    pub timed_out: f64,
    /// The task that had them ended.
    pub cut: f64,
}

impl Failed {
    pub fn all(self) -> f64 {
        self.unserved + self.shed + self.timed_out + self.cut
    }
}

/// What the service did in a stretch of time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Interval {
    /// Seconds.
    pub seconds: f64,
    /// Requests that came.
    pub arrived: f64,
    /// Requests that tasks finished, late ones included.
    pub served: f64,
    pub failed: Failed,
    /// Requests that were served within the client's patience, but beyond the objective's limit.
    pub slow: f64,
    /// Tasks that take requests.
    pub taking: usize,
    /// The share of time that tasks which take requests were busy, on average.
    pub busy: f64,
    /// CPU of all tasks in percent of the reservation, on average over them.
    pub cpu: f64,
    /// Memory likewise.
    pub memory: f64,
    /// Requests in tasks at the end.
    pub held: f64,
    /// Average response time in seconds; none if nothing was served.
    pub mean_seconds: Option<f64>,
    /// The objective's statistic of the response times in seconds; none if nothing was served.
    pub latency: Option<f64>,
    /// Whether the objective was kept.
    pub kept: bool,
}

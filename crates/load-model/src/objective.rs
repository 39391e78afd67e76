//! What a service must keep to.

use crate::error::BadInput;
use crate::words::{duration, share};

/// A statistic of response times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statistic {
    P50,
    P90,
    P95,
    P99,
}

impl Statistic {
    /// The share of requests that it is not below, 0 to 1.
    pub const fn share(self) -> f64 {
        match self {
            Self::P50 => 0.5,
            Self::P90 => 0.9,
            Self::P95 => 0.95,
            Self::P99 => 0.99,
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::P50 => "p50",
            Self::P90 => "p90",
            Self::P95 => "p95",
            Self::P99 => "p99",
        }
    }
}

/// A limit of response times, and of failed requests.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Objective {
    pub statistic: Statistic,
    /// Its limit in seconds, above 0.
    pub limit_seconds: f64,
    /// The largest share of requests that may fail, 0 to 1.
    pub failed: f64,
}

impl Objective {
    /// Reads `p95<250ms` or `p95<250ms,failed<1%`. Without the second part, 1% may fail.
    ///
    /// # Errors
    /// A part is missing, repeated or unknown.
    pub fn read(text: &str) -> Result<Self, BadInput> {
        let bad = |problem: &str| BadInput::new("objective", problem);
        let mut latency = None;
        let mut failed = None;
        for part in text.split(',').map(str::trim) {
            let (name, limit) =
                part.split_once('<').ok_or_else(|| bad("give it as p95<250ms,failed<1%"))?;
            let statistic = match name.trim() {
                "p50" => Statistic::P50,
                "p90" => Statistic::P90,
                "p95" => Statistic::P95,
                "p99" => Statistic::P99,
                "failed" => {
                    let limit = share(limit.trim()).map_err(|problem| bad(&problem))?;
                    if failed.replace(limit).is_some() {
                        return Err(bad("`failed` is given twice"));
                    }
                    continue;
                }
                other => {
                    return Err(bad(&format!("`{other}` is not p50, p90, p95, p99 or failed")));
                }
            };
            let limit = duration(limit.trim()).map_err(|problem| bad(&problem))?;
            if limit <= 0.0 {
                return Err(bad("the limit of the response time must be more than 0"));
            }
            if latency.replace((statistic, limit)).is_some() {
                return Err(bad("give one limit of the response time"));
            }
        }
        let (statistic, limit_seconds) =
            latency.ok_or_else(|| bad("a limit of the response time is missing, as p95<250ms"))?;
        Ok(Self { statistic, limit_seconds, failed: failed.unwrap_or(0.01) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_objective_is_a_latency_and_a_share_that_may_fail() {
        let read = |text| Objective::read(text).unwrap();
        let one = read("p95<250ms");
        assert_eq!((one.statistic, one.limit_seconds, one.failed), (Statistic::P95, 0.25, 0.01));
        let other = read("p99 < 2s, failed < 0.1%");
        assert_eq!(
            (other.statistic, other.limit_seconds, other.failed),
            (Statistic::P99, 2.0, 0.001)
        );
    }

    #[test]
    fn bad_objectives_name_their_part() {
        for (text, part) in [
            ("250ms", "give it as"),
            ("p42<1s", "`p42`"),
            ("p95<0s", "more than 0"),
            ("p95<x", "`x`"),
            ("failed<1%", "is missing"),
            ("p95<1s,p99<2s", "one limit"),
            ("p95<1s,failed<2", "`2`"),
        ] {
            let error = Objective::read(text).unwrap_err().to_string();
            assert!(error.starts_with("objective: ") && error.contains(part), "{text}: {error}");
        }
    }
}

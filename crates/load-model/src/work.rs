//! The seconds that requests take, and how they are distributed.

use statrs::function::erf::erfc;
use statrs::function::gamma::gamma_ur;

use crate::error::BadInput;
use crate::words::Words;

/// The seconds of service of a request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Work {
    /// Average seconds, above 0.
    pub mean_seconds: f64,
    pub times: Times,
}

/// How the seconds of service are distributed around their average.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Times {
    /// A gamma distribution.
    Gamma {
        /// The coefficient of variation, above 0: 1 is exponential.
        variation: f64,
    },
    /// A log-normal distribution: a few requests take very long.
    LogNormal {
        /// The coefficient of variation, above 0.
        variation: f64,
    },
    /// Requests of two kinds, each with a gamma distribution.
    TwoKinds {
        /// The share of requests that are of the expensive kind, above 0 and below 1.
        expensive: f64,
        /// How many times as long they take as the others, on average; above 0.
        times: f64,
        /// The coefficient of variation of both, above 0.
        variation: f64,
    },
}

impl Times {
    /// Reads `gamma:variation=1`, `log-normal:variation=2` or
    /// `two-kinds:expensive=0.1,times=8,variation=0.5`.
    ///
    /// # Errors
    /// The distribution or a parameter of it is unknown.
    pub fn read(text: &str) -> Result<Self, BadInput> {
        let mut words = Words::read(text)?;
        let times = match words.name.as_str() {
            "gamma" => Self::Gamma { variation: words.number("variation", None)? },
            "log-normal" => Self::LogNormal { variation: words.number("variation", None)? },
            "two-kinds" => Self::TwoKinds {
                expensive: words.number("expensive", None)?,
                times: words.number("times", None)?,
                variation: words.number("variation", Some(0.5))?,
            },
            other => {
                let problem = format!("`{other}` is not gamma, log-normal or two-kinds");
                return Err(BadInput::new("work-times", problem));
            }
        };
        words.end()?;
        Ok(times)
    }

    /// The squared coefficient of variation.
    pub fn squared_variation(self) -> f64 {
        match self {
            Self::Gamma { variation } | Self::LogNormal { variation } => variation.powi(2),
            Self::TwoKinds { expensive, times, variation } => {
                let mean = 1.0 - expensive + expensive * times;
                let square =
                    (1.0 - expensive + expensive * times * times) * (1.0 + variation.powi(2));
                square / mean.powi(2) - 1.0
            }
        }
    }

    /// The share of requests that take longer than `times` times the average.
    pub fn survival(self, times: f64) -> f64 {
        if times <= 0.0 {
            return 1.0;
        }
        match self {
            Self::Gamma { variation } => gamma(times, variation),
            Self::LogNormal { variation } => {
                let variance = variation.powi(2).ln_1p();
                let deviations = (times.ln() + variance / 2.0) / variance.sqrt();
                erfc(deviations / std::f64::consts::SQRT_2) / 2.0
            }
            Self::TwoKinds { expensive, times: ratio, variation } => {
                let cheap = 1.0 / (1.0 - expensive + expensive * ratio);
                (1.0 - expensive) * gamma(times / cheap, variation)
                    + expensive * gamma(times / (cheap * ratio), variation)
            }
        }
    }
}

/// The survival function of a gamma distribution with mean 1.
fn gamma(times: f64, variation: f64) -> f64 {
    let shape = variation.powi(-2);
    gamma_ur(shape, shape * times)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_of_longer_work_is_that_of_the_distribution() {
        let exponential = Times::read("gamma:variation=1").unwrap();
        assert!((exponential.survival(2.0) - f64::exp(-2.0)).abs() < 1e-9);
        let mixed = Times::read("two-kinds:expensive=0.1,times=11").unwrap();
        // The cheap ones take half of the average, the others five and a half times as much.
        assert!((mixed.survival(2.0) - 0.1).abs() < 0.02, "{}", mixed.survival(2.0));
        let tailed = Times::LogNormal { variation: 2.0 };
        assert!((tailed.survival(1.0 / 5.0_f64.sqrt()) - 0.5).abs() < 1e-9);
        assert_eq!(tailed.survival(0.0), 1.0);
    }

    #[test]
    fn bad_distributions_name_the_field() {
        let error = |text| Times::read(text).unwrap_err().to_string();
        assert!(error("normal").starts_with("work-times: `normal` is not gamma"));
        assert_eq!(error("gamma"), "gamma.variation: is missing");
        assert_eq!(error("gamma:variation=1,times=2"), "gamma.times: is not a parameter of gamma");
    }
}

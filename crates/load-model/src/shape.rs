//! Loads that are described by a shape.

use std::f64::consts::TAU;

use crate::error::BadInput;
use crate::words::Words;

/// A load by its shape. Rates are in requests per second, times in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shape {
    /// From one rate to another at once.
    Step { from: f64, to: f64, at: f64 },
    /// From one rate to another, evenly.
    Ramp { from: f64, to: f64, at: f64, over: f64 },
    /// A higher rate for some time.
    Spike { base: f64, peak: f64, at: f64, lasts: f64 },
    /// A day: lowest at the beginning and the end, highest half way.
    Diurnal { low: f64, high: f64, period: f64 },
    /// A rate that rises fast, lasts and decays: at each `decay`, to 37%.
    FlashCrowd { base: f64, peak: f64, at: f64, rise: f64, lasts: f64, decay: f64 },
    /// One rate and another by turns, beginning with the higher.
    OnOff { on: f64, off: f64, on_for: f64, off_for: f64 },
    /// No requests for some time.
    Silence { base: f64, at: f64, lasts: f64 },
}

/// The names of all shapes.
pub(crate) const NAMES: &str = "step, ramp, spike, diurnal, flash-crowd, on-off or silence";

impl Shape {
    /// Reads a shape, and how many seconds it lasts in all. `length` of any shape sets them.
    ///
    /// # Errors
    /// The shape is unknown, or a parameter is.
    pub fn read(text: &str) -> Result<(Self, f64), BadInput> {
        let mut words = Words::read(text)?;
        let name = words.name.clone();
        let shape = Self::of(&mut words, &name)?;
        let length = words.seconds("length", Some(shape.length()))?;
        words.end()?;
        let field = |key: &str| format!("{name}.{key}");
        if length < 60.0 {
            return Err(BadInput::new(field("length"), "must be at least a minute"));
        }
        for (key, seconds) in shape.spans() {
            if seconds <= 0.0 {
                return Err(BadInput::new(field(key), "must be more than 0"));
            }
        }
        Ok((shape, length))
    }

    fn of(words: &mut Words, name: &str) -> Result<Self, BadInput> {
        let at = Some(1_800.0);
        Ok(match name {
            "step" => Self::Step {
                from: words.number("from", None)?,
                to: words.number("to", None)?,
                at: words.seconds("at", at)?,
            },
            "ramp" => Self::Ramp {
                from: words.number("from", None)?,
                to: words.number("to", None)?,
                at: words.seconds("at", at)?,
                over: words.seconds("over", at)?,
            },
            "spike" => Self::Spike {
                base: words.number("base", None)?,
                peak: words.number("peak", None)?,
                at: words.seconds("at", at)?,
                lasts: words.seconds("for", Some(300.0))?,
            },
            "diurnal" => Self::Diurnal {
                low: words.number("low", None)?,
                high: words.number("high", None)?,
                period: words.seconds("period", Some(86_400.0))?,
            },
            "flash-crowd" => Self::FlashCrowd {
                base: words.number("base", None)?,
                peak: words.number("peak", None)?,
                at: words.seconds("at", at)?,
                rise: words.seconds("rise", Some(60.0))?,
                lasts: words.seconds("for", Some(300.0))?,
                decay: words.seconds("decay", Some(1_200.0))?,
            },
            "on-off" => Self::OnOff {
                on: words.number("on", None)?,
                off: words.number("off", None)?,
                on_for: words.seconds("on-for", Some(900.0))?,
                off_for: words.seconds("off-for", Some(1_800.0))?,
            },
            "silence" => Self::Silence {
                base: words.number("base", None)?,
                at: words.seconds("at", at)?,
                lasts: words.seconds("for", Some(3_600.0))?,
            },
            other => {
                return Err(BadInput::new("shape", format!("`{other}` is not {NAMES}")));
            }
        })
    }

    /// The spans of time that must not be empty, by the names of their parameters.
    fn spans(self) -> Vec<(&'static str, f64)> {
        match self {
            Self::Step { .. } => Vec::new(),
            Self::Ramp { over, .. } => vec![("over", over)],
            Self::Spike { lasts, .. } | Self::Silence { lasts, .. } => vec![("for", lasts)],
            Self::Diurnal { period, .. } => vec![("period", period)],
            Self::FlashCrowd { rise, decay, .. } => vec![("rise", rise), ("decay", decay)],
            Self::OnOff { on_for, off_for, .. } => vec![("on-for", on_for), ("off-for", off_for)],
        }
    }

    /// The seconds of a load that shows the whole shape, and an hour of what follows it.
    fn length(self) -> f64 {
        const AFTER: f64 = 3_600.0;
        match self {
            Self::Step { at, .. } => at + AFTER,
            Self::Ramp { at, over, .. } => at + over + AFTER,
            Self::Spike { at, lasts, .. } | Self::Silence { at, lasts, .. } => at + lasts + AFTER,
            Self::Diurnal { period, .. } => period,
            Self::FlashCrowd { at, rise, lasts, decay, .. } => {
                at + rise + lasts + 3.0 * decay + AFTER
            }
            Self::OnOff { on_for, off_for, .. } => 4.0 * (on_for + off_for),
        }
    }

    /// Requests per second at a time.
    pub fn at(self, second: f64) -> f64 {
        match self {
            Self::Step { from, to, at } => {
                if second < at {
                    from
                } else {
                    to
                }
            }
            Self::Ramp { from, to, at, over } => {
                from + (to - from) * ((second - at) / over).clamp(0.0, 1.0)
            }
            Self::Spike { base, peak, at, lasts } => {
                if (at..at + lasts).contains(&second) {
                    peak
                } else {
                    base
                }
            }
            Self::Diurnal { low, high, period } => {
                low + (high - low) * (1.0 - (TAU * second / period).cos()) / 2.0
            }
            Self::FlashCrowd { base, peak, at, rise, lasts, decay } => {
                let risen = ((second - at) / rise).clamp(0.0, 1.0);
                let over = (second - at - rise - lasts).max(0.0);
                base + (peak - base) * risen * (-over / decay).exp()
            }
            Self::OnOff { on, off, on_for, off_for } => {
                if second.rem_euclid(on_for + off_for) < on_for { on } else { off }
            }
            Self::Silence { base, at, lasts } => {
                if (at..at + lasts).contains(&second) {
                    0.0
                } else {
                    base
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(text: &str, seconds: &[f64]) -> Vec<f64> {
        let (shape, _) = Shape::read(text).unwrap();
        seconds.iter().map(|second| shape.at(*second).round()).collect()
    }

    #[test]
    fn shapes_have_the_rates_of_their_parameters() {
        assert_eq!(rates("step:from=5,to=9,at=1m", &[59.0, 60.0]), [5.0, 9.0]);
        let ramp = "ramp:from=10,to=20,at=0s,over=100s";
        assert_eq!(rates(ramp, &[0.0, 50.0, 100.0, 900.0]), [10.0, 15.0, 20.0, 20.0]);
        let spike = "spike:base=50,peak=500,at=30m,for=5m";
        assert_eq!(rates(spike, &[1799.0, 1800.0, 2099.0, 2100.0]), [50.0, 500.0, 500.0, 50.0]);
        let day = "diurnal:low=10,high=30";
        assert_eq!(rates(day, &[0.0, 21_600.0, 43_200.0, 86_400.0]), [10.0, 20.0, 30.0, 10.0]);
        let crowd = "flash-crowd:base=0,peak=100,at=10s,rise=10s,for=10s,decay=10s";
        assert_eq!(rates(crowd, &[10.0, 15.0, 20.0, 30.0, 40.0]), [0.0, 50.0, 100.0, 100.0, 37.0]);
        let turns = "on-off:on=9,off=1,on-for=10s,off-for=20s";
        assert_eq!(rates(turns, &[0.0, 10.0, 29.0, 30.0]), [9.0, 1.0, 1.0, 9.0]);
        assert_eq!(rates("silence:base=7,at=1m,for=1m", &[59.0, 60.0, 120.0]), [7.0, 0.0, 7.0]);
    }

    #[test]
    fn a_shape_lasts_until_it_is_seen_whole() {
        let length = |text| Shape::read(text).unwrap().1;
        assert_eq!(length("spike:base=1,peak=2,at=10m,for=5m"), 4_500.0);
        assert_eq!(length("diurnal:low=1,high=2"), 86_400.0);
        assert_eq!(length("step:from=1,to=2,length=2h"), 7_200.0);
    }

    #[test]
    fn bad_shapes_name_the_field() {
        for (text, message) in [
            ("sine:low=1", "shape: `sine` is not step, ramp"),
            ("step:from=1", "step.to: is missing"),
            ("spike:base=1,peak=many", "spike.peak: `many` is not a number"),
            ("ramp:from=1,to=2,over=0s", "ramp.over: must be more than 0"),
            ("step:from=1,to=2,length=5s", "step.length: must be at least a minute"),
            ("diurnal:low=1,high=2,at=5m", "diurnal.at: is not a parameter of diurnal"),
        ] {
            let error = Shape::read(text).unwrap_err().to_string();
            assert!(error.starts_with(message), "{text}: {error}");
        }
    }
}

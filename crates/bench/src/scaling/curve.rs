//! Loads over time.

use std::f64::consts::TAU;

/// A load over time, in tasks that it keeps fully busy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Curve {
    /// The load triples, and stays.
    StepUp,
    /// The load grows to five times as much in half an hour, and stays.
    Ramp,
    /// The load is four times as much for six minutes.
    Spike,
    /// The load falls to a fifth, and stays.
    StepDown,
    /// A day's load, compressed to an hour and a half.
    Sine,
}

impl Curve {
    /// All curves.
    pub const ALL: [Self; 5] = [Self::StepUp, Self::Ramp, Self::Spike, Self::StepDown, Self::Sine];

    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::StepUp => "step up",
            Self::Ramp => "ramp",
            Self::Spike => "spike",
            Self::StepDown => "step down",
            Self::Sine => "sine",
        }
    }

    /// The number of minutes until scaling has settled.
    pub fn minutes(self) -> u32 {
        match self {
            Self::StepUp => 30,
            Self::Ramp => 60,
            Self::Spike => 60,
            Self::StepDown => 90,
            Self::Sine => 180,
        }
    }

    /// The load after this many minutes.
    pub fn at(self, minute: u32) -> f64 {
        let began = minute >= 5;
        match self {
            Self::StepUp => {
                if began {
                    6.0
                } else {
                    2.0
                }
            }
            Self::Ramp => 2.0 + 8.0 * (f64::from(minute.saturating_sub(5)) / 30.0).min(1.0),
            Self::Spike => {
                if began && minute < 11 {
                    8.0
                } else {
                    2.0
                }
            }
            Self::StepDown => {
                if began {
                    1.2
                } else {
                    6.0
                }
            }
            Self::Sine => 6.0 - 4.0 * (TAU * f64::from(minute) / 90.0).cos(),
        }
    }

    /// The number of tasks at the start, which are about half busy.
    pub fn begins_with(self) -> u32 {
        match self {
            Self::StepDown => 12,
            _ => 4,
        }
    }
}

//! How a load changes.

use std::f64::consts::TAU;

/// A load over time, in tasks that it keeps wholly busy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Curve {
    /// It trebles, and stays.
    StepUp,
    /// It grows to five times as much in half an hour, and stays.
    Ramp,
    /// It is four times as much for six minutes.
    Spike,
    /// It falls to a fifth, and stays.
    StepDown,
    /// A day in an hour and a half.
    Sine,
}

impl Curve {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::StepUp, Self::Ramp, Self::Spike, Self::StepDown, Self::Sine];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::StepUp => "step up",
            Self::Ramp => "ramp",
            Self::Spike => "spike",
            Self::StepDown => "step down",
            Self::Sine => "sine",
        }
    }

    /// How many minutes it takes until nothing more happens.
    pub fn minutes(self) -> u32 {
        match self {
            Self::StepUp => 30,
            Self::Ramp => 60,
            Self::Spike => 60,
            Self::StepDown => 90,
            Self::Sine => 180,
        }
    }

    /// The load after so many minutes.
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

    /// With how many tasks it begins: about half of each is busy.
    pub fn begins_with(self) -> u32 {
        match self {
            Self::StepDown => 12,
            _ => 4,
        }
    }
}

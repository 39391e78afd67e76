//! The value of an alarm's state.

/// The value of an alarm's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StateValue {
    Ok,
    Alarm,
    /// `INSUFFICIENT_DATA`
    InsufficientData,
}

impl StateValue {
    /// Reads CloudWatch's name.
    pub fn read(name: &str) -> Option<Self> {
        match name {
            "OK" => Some(Self::Ok),
            "ALARM" => Some(Self::Alarm),
            "INSUFFICIENT_DATA" => Some(Self::InsufficientData),
            _ => None,
        }
    }
}

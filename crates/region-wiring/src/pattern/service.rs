//! The services that read patterns: which operators each takes, and how it refuses.

/// Why a service does not take a pattern, in AWS's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is refused with {code}: {message}")]
pub struct Refusal {
    /// The code of AWS's error.
    pub code: &'static str,
    /// Its message, without the place in the JSON text that AWS adds.
    pub message: String,
}

/// A service that reads patterns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    EventBridge,
    Sns,
    Lambda,
}

impl Service {
    pub(crate) fn refusal(self, reason: &str) -> Refusal {
        let (code, message) = match self {
            Self::EventBridge => (
                "InvalidEventPatternException",
                format!("Event pattern is not valid. Reason: {reason}"),
            ),
            Self::Sns => (
                "InvalidParameter",
                format!("Invalid parameter: Attributes Reason: FilterPolicy: {reason}"),
            ),
            Self::Lambda => (
                "InvalidParameterValueException",
                format!("Invalid filter pattern definition. ({reason})"),
            ),
        };
        Refusal { code, message }
    }

    /// Whether `operator` may stand in a list of values.
    pub(super) fn takes(self, operator: &str) -> bool {
        match operator {
            "anything-but" | "cidr" | "equals-ignore-case" | "exactly" | "exists" | "numeric"
            | "prefix" | "suffix" => true,
            "wildcard" => self == Self::EventBridge,
            _ => false,
        }
    }

    /// Whether `anything-but` may hold `operator`.
    pub(super) fn takes_inside_anything_but(self, operator: &str) -> bool {
        match self {
            Self::EventBridge => {
                matches!(operator, "equals-ignore-case" | "prefix" | "suffix" | "wildcard")
            }
            Self::Sns => operator == "prefix",
            Self::Lambda => false,
        }
    }

    /// Whether `prefix` and `suffix` may hold `equals-ignore-case`.
    pub(super) fn takes_affixes_of_any_case(self) -> bool {
        self != Self::Sns
    }
}

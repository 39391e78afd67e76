//! Event patterns: what EventBridge, SNS and Lambda match events and messages with.
//!
//! All three match by [Event Ruler](https://github.com/aws/event-ruler), AWS's own library. Where
//! AWS's documentation is silent, its source decides.

mod alternatives;
mod anything_but;
mod complexity;
mod condition;
mod leaves;
mod network;
mod number;
mod service;
mod wildcard;

#[cfg(test)]
mod tests;

use serde_json::Value;

use alternatives::Alternative;
pub use service::Refusal;
pub(crate) use service::Service;

/// A pattern that its service accepts.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    alternatives: Vec<Alternative>,
}

impl Pattern {
    /// The pattern of an EventBridge rule.
    ///
    /// # Errors
    /// `InvalidEventPatternException`, as `PutRule` answers it.
    pub fn of_rule(pattern: &Value) -> Result<Self, Refusal> {
        Self::read(Service::EventBridge, pattern)
    }

    /// One filter of an event source mapping.
    ///
    /// # Errors
    /// `InvalidParameterValueException`, as `CreateEventSourceMapping` answers it, with the reason
    /// that AWS does not give.
    pub fn of_mapping(pattern: &Value) -> Result<Self, Refusal> {
        Self::read(Service::Lambda, pattern)
    }

    pub(crate) fn read(service: Service, pattern: &Value) -> Result<Self, Refusal> {
        let read = alternatives::read(service, pattern);
        read.map(|alternatives| Self { alternatives }).map_err(|reason| service.refusal(&reason))
    }

    /// Whether `event`, an object, matches.
    pub fn matches(&self, event: &Value) -> bool {
        event.is_object() && self.alternatives.iter().any(|one| one.matches(event))
    }

    /// The paths that it tests, with keys joined by dots.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.alternatives.iter().flat_map(Alternative::paths)
    }
}

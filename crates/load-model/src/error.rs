//! What is wrong with an input.

/// A field with a value that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct BadInput {
    /// The name of the field, as the input has it, such as `spike.peak`.
    pub field: String,
    /// What is wrong with it, and what to do.
    pub problem: String,
}

impl BadInput {
    pub fn new(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { field: field.into(), problem: problem.into() }
    }

    /// The same fault in a field of the part with this name.
    #[must_use]
    pub fn within(self, part: &str) -> Self {
        Self { field: format!("{part}.{}", self.field), ..self }
    }
}

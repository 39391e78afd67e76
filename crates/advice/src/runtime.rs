//! What the tasks run on, by their metrics.

use load_test::{Kind, LoadTest};

use crate::settings::Runtime;

/// As told, or guessed by the metrics' names and kinds: a heap is Java's, a collector alone is
/// another runtime's.
pub(crate) fn runtime(test: &LoadTest, told: Runtime) -> Runtime {
    let has = |kind: Kind| test.metrics.iter().any(|metric| metric.kind == kind);
    let java = || test.metrics.iter().any(|metric| metric.name.to_lowercase().contains("jvm"));
    match told {
        Runtime::Guess if java() || has(Kind::Heap) => Runtime::Java,
        Runtime::Guess if has(Kind::Collection) => Runtime::Collected,
        Runtime::Guess => Runtime::Native,
        told => told,
    }
}

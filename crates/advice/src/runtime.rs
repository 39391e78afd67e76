//! What the tasks run on, guessed from their metrics.

use load_test::{Kind, LoadTest};

use crate::settings::Runtime;

/// The given runtime, or a guess from the names and kinds of the metrics: a heap means Java, a
/// collector alone means another runtime.
pub(crate) fn runtime(test: &LoadTest, given: Runtime) -> Runtime {
    let has = |kind: Kind| test.metrics.iter().any(|metric| metric.kind == kind);
    let java = || test.metrics.iter().any(|metric| metric.name.to_lowercase().contains("jvm"));
    match given {
        Runtime::Guess if java() || has(Kind::Heap) => Runtime::Java,
        Runtime::Guess if has(Kind::Collection) => Runtime::Collected,
        Runtime::Guess => Runtime::Native,
        given => given,
    }
}

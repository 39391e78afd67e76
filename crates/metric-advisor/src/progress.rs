//! Progress of long work, on standard error if that is a terminal.

use std::borrow::Cow;

use indicatif::{ProgressBar, ProgressStyle};

const BYTES: &str = "{msg} {wide_bar} {binary_bytes}/{binary_total_bytes}, {eta} left";
const STREAMED: &str = "{msg} {binary_bytes}, {binary_bytes_per_sec}";
const COUNTED: &str = "{msg} {wide_bar} {pos}/{len}, {eta} left";

/// A file of fewer bytes is read before its bar is seen.
const WORTH_A_BAR: u64 = 1 << 20;

/// Bars, or none.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// Whether no bar is wanted.
    pub quiet: bool,
}

impl Progress {
    /// A bar of the bytes of a file, as many as `size` if that is known.
    pub fn reading(self, name: &str, size: Option<u64>) -> ProgressBar {
        match size {
            Some(size) if size < WORTH_A_BAR => ProgressBar::hidden(),
            Some(size) => self.bar(ProgressBar::new(size), BYTES, name.to_owned()),
            None => self.bar(ProgressBar::no_length(), STREAMED, name.to_owned()),
        }
    }

    /// A bar of resampled tests.
    pub fn resampling(self) -> ProgressBar {
        self.bar(ProgressBar::no_length(), COUNTED, "resampling")
    }

    fn bar(self, bar: ProgressBar, style: &str, what: impl Into<Cow<'static, str>>) -> ProgressBar {
        if self.quiet {
            return ProgressBar::hidden();
        }
        let style =
            ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.with_style(style).with_message(what)
    }
}

//! The texts that the terminal and the report share.

mod answer;
mod metric;
mod missing;
mod number;

pub(crate) use answer::{Answer, latency, load, objective, sentence};
pub(crate) use metric::{Verdict, because, name, subject, verdict};
pub(crate) use number::{interval, quantity};
pub(crate) use report_page::number::{clock, number, seconds, share, tick, two};

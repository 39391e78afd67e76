//! Prints the measurements of drains.

use time::Duration;

use super::bill::Bill;
use super::cost::{self, Item, MONTH, Usage};
use super::departure::Outcome;
use crate::target::places;
use scenarios::table::{billed, calls_table, seconds, table};

/// Prints the calls and the result of a departure.
pub(super) fn departure(title: &str, outcome: &Outcome) {
    heading(title);
    println!("{}\n", calls_table(&outcome.bill.operations));
    let Bill { invocations, errors, billed_milliseconds, .. } = outcome.bill;
    println!("{invocations} invocations, {errors} errors, {} billed", billed(billed_milliseconds));
    println!(
        "requeue messages after the last release: {} calls, {} invocations, {} billed",
        outcome.tail.calls(),
        outcome.tail.invocations,
        billed(outcome.tail.billed_milliseconds),
    );
    println!("counts reach 0 at {}; tasks are STOPPED {}", seconds(outcome.counts_zero), {
        let (first, last) = outcome.stopped.unzip();
        format!("from {} to {}", seconds(first), seconds(last))
    });
    let lags = outcome.lags();
    println!(
        "{} of {} drained; lag {} median, {} longest; {:.2} calls each",
        outcome.drains.len() - outcome.undrained(),
        outcome.drains.len(),
        seconds(median(&lags)),
        seconds(lags.last().copied()),
        outcome.calls_each(),
    );
}

/// Prints the minimum, maximum and median of sorted values.
pub(super) fn spread(what: &str, values: &[u64]) {
    let shown = |value: Option<&u64>| value.copied().unwrap_or_default();
    println!(
        "{what} over {} seeds: {} to {}, median {}",
        values.len(),
        shown(values.first()),
        shown(values.last()),
        shown(values.get(values.len() / 2)),
    );
}

/// Prints the usage of an idle span, and the costs of a month of it.
pub(super) fn idle(title: &str, usage: &Usage) {
    heading(title);
    println!("{}\n", calls_table(&usage.bill.operations));
    let months = MONTH.as_secs_f64() / usage.span.as_secs_f64();
    let items = [usage.items(), usage.standing()].concat();
    let mut shown = table(&["item", "a day", "USD a month"]);
    for Item { what, amount, usd } in &items {
        shown.add_row([(*what).to_owned(), places(*amount), format!("{:.4}", usd * months)]);
    }
    let sum = format!("{:.4}", cost::sum(&items) * months);
    shown.add_row(["in all".to_owned(), String::new(), sum]);
    println!("{shown}\n{} billed", billed(usage.bill.billed_milliseconds));
}

/// Prints the usage of a busy span, without the standing costs of polls and metrics.
pub(super) fn busy(title: &str, usage: &Usage) {
    heading(title);
    println!("{}\n", calls_table(&usage.bill.operations));
    let mut shown = table(&["item", "amount", "USD"]);
    let items = usage.items();
    for Item { what, amount, usd } in &items {
        shown.add_row([(*what).to_owned(), places(*amount), format!("{usd:.6}")]);
    }
    shown.add_row(["in all".to_owned(), String::new(), format!("{:.6}", cost::sum(&items))]);
    println!("{shown}\n{} billed", billed(usage.bill.billed_milliseconds));
}

/// Prints a table of ecs-tide and its peers on the same departure.
pub(super) fn beside(leaving: usize, rows: &[(&str, Outcome)]) {
    heading(&match leaving {
        1 => "beside the peers, one instance leaves".to_owned(),
        _ => format!("beside the peers, {leaving} instances leave at once, throttled"),
    });
    let mut shown = table(&[
        "",
        "calls each",
        "invocations",
        "billed",
        "median lag",
        "longest",
        "too early",
        "tasks cut short",
        "by time-out",
    ]);
    for (name, outcome) in rows {
        let lags = outcome.lags();
        let milliseconds = outcome.bill.billed_milliseconds + outcome.tail.billed_milliseconds;
        shown.add_row([
            (*name).to_owned(),
            format!("{:.1}", outcome.calls_each()),
            (outcome.bill.invocations + outcome.tail.invocations).to_string(),
            billed(milliseconds),
            seconds(median(&lags)),
            seconds(lags.last().copied()),
            outcome.too_early().to_string(),
            outcome.cut_short().to_string(),
            outcome.by_time_out().to_string(),
        ]);
    }
    println!("{shown}");
}

fn heading(title: &str) {
    println!("\n{title}\n");
}

fn median(sorted: &[Duration]) -> Option<Duration> {
    sorted.get(sorted.len() / 2).copied()
}

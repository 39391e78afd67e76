//! Shows the measurements of drains.

use std::fmt;

use time::Duration;

use super::bill::Bill;
use super::cost::{self, Item, MONTH, Usage};
use super::outcome::Outcome;
use super::{Compared, MANY, Measurements};
use crate::scaling::show as scaling;
use crate::target::{self, places};
use scenarios::table::{billed, calls_table, seconds, table};

pub(super) fn all(f: &mut fmt::Formatter<'_>, all: &Measurements) -> fmt::Result {
    let [one, few, many] = &all.departures;
    departure(f, "one instance, four tasks behind a load balancer", &one.ours)?;
    spread(f, "calls", &all.calls)?;
    spread(f, "calls with two processes in turns", &all.calls_by_two)?;
    let title = format!("{MANY} instances at once, under AWS's throttle buckets");
    departure(f, &title, &many.ours)?;
    idle(f, "a day in which nothing drains", &all.idle_day)?;
    let title = "a deployment that stops a thousand tasks, while nothing drains";
    busy(f, title, &all.deployment)?;
    [one, few, many].into_iter().try_for_each(|compared| beside(f, compared))?;
    scaling::all(f, &all.scaling)?;
    target::show(f, &all.targets)
}

/// Shows the calls and the result of a departure.
fn departure(f: &mut fmt::Formatter<'_>, title: &str, outcome: &Outcome) -> fmt::Result {
    heading(f, title)?;
    writeln!(f, "{}\n", calls_table(&outcome.bill.operations))?;
    let Bill { invocations, errors, billed_milliseconds, .. } = outcome.bill;
    writeln!(
        f,
        "{invocations} invocations, {errors} errors, {} billed",
        billed(billed_milliseconds)
    )?;
    writeln!(
        f,
        "requeue messages after the last release: {} calls, {} invocations, {} billed",
        outcome.tail.calls(),
        outcome.tail.invocations,
        billed(outcome.tail.billed_milliseconds),
    )?;
    writeln!(f, "counts reach 0 at {}; tasks are STOPPED {}", seconds(outcome.counts_zero), {
        let (first, last) = outcome.stopped.unzip();
        format!("from {} to {}", seconds(first), seconds(last))
    })?;
    let lags = outcome.lags();
    writeln!(
        f,
        "{} of {} drained; lag {} median, {} longest; {:.2} calls each",
        outcome.drains.len() - outcome.undrained(),
        outcome.drains.len(),
        seconds(median(&lags)),
        seconds(lags.last().copied()),
        outcome.calls_each(),
    )
}

/// Shows the minimum, maximum and median of sorted values.
fn spread(f: &mut fmt::Formatter<'_>, what: &str, values: &[u64]) -> fmt::Result {
    let shown = |value: Option<&u64>| value.copied().unwrap_or_default();
    writeln!(
        f,
        "{what} over {} seeds: {} to {}, median {}",
        values.len(),
        shown(values.first()),
        shown(values.last()),
        shown(values.get(values.len() / 2)),
    )
}

/// Shows the usage of an idle span, and the costs of a month of it.
fn idle(f: &mut fmt::Formatter<'_>, title: &str, usage: &Usage) -> fmt::Result {
    heading(f, title)?;
    writeln!(f, "{}\n", calls_table(&usage.bill.operations))?;
    let months = MONTH.as_secs_f64() / usage.span.as_secs_f64();
    let items = [usage.items(), usage.standing()].concat();
    let mut shown = table(&["item", "a day", "USD a month"]);
    for Item { what, amount, usd } in &items {
        shown.add_row([(*what).to_owned(), places(*amount), format!("{:.4}", usd * months)]);
    }
    let sum = format!("{:.4}", cost::sum(&items) * months);
    shown.add_row(["in all".to_owned(), String::new(), sum]);
    writeln!(f, "{shown}\n{} billed", billed(usage.bill.billed_milliseconds))
}

/// Shows the usage of a busy span, without the standing costs of polls and metrics.
fn busy(f: &mut fmt::Formatter<'_>, title: &str, usage: &Usage) -> fmt::Result {
    heading(f, title)?;
    writeln!(f, "{}\n", calls_table(&usage.bill.operations))?;
    let mut shown = table(&["item", "amount", "USD"]);
    let items = usage.items();
    for Item { what, amount, usd } in &items {
        shown.add_row([(*what).to_owned(), places(*amount), format!("{usd:.6}")]);
    }
    shown.add_row(["in all".to_owned(), String::new(), format!("{:.6}", cost::sum(&items))]);
    writeln!(f, "{shown}\n{} billed", billed(usage.bill.billed_milliseconds))
}

/// Shows a table of ecs-tide and its peers on the same departure.
fn beside(f: &mut fmt::Formatter<'_>, compared: &Compared) -> fmt::Result {
    let Compared { leaving, ours, peers } = compared;
    heading(
        f,
        &match *leaving {
            1 => "beside the peers, one instance leaves".to_owned(),
            _ => format!("beside the peers, {leaving} instances leave at once, throttled"),
        },
    )?;
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
    let ours = [("ecs-tide", ours)];
    let peers = peers.iter().map(|(name, outcome)| (*name, outcome));
    for (name, outcome) in ours.into_iter().chain(peers) {
        let lags = outcome.lags();
        let milliseconds = outcome.bill.billed_milliseconds + outcome.tail.billed_milliseconds;
        shown.add_row([
            name.to_owned(),
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
    writeln!(f, "{shown}")
}

fn heading(f: &mut fmt::Formatter<'_>, title: &str) -> fmt::Result {
    writeln!(f, "\n{title}\n")
}

fn median(sorted: &[Duration]) -> Option<Duration> {
    sorted.get(sorted.len() / 2).copied()
}

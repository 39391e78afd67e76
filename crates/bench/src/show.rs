//! Shows the measurements of drains.

use std::{fmt, iter};

use super::Measurements;
use super::bill::Bill;
use super::comparison::{Compared, FIGURES, MANY};
use super::cost::{self, Item, MONTH, Usage};
use super::outcome::{Outcome, median};
use crate::fleet::show as fleet;
use crate::scaling::show as scaling;
use crate::target::{self, places};
use scenarios::table::{billed, calls_table, seconds, table};

pub(super) fn all(f: &mut fmt::Formatter<'_>, all: &Measurements) -> fmt::Result {
    let [Compared { ours: [one, _], .. }, ..] = &all.alone;
    departure(f, "one instance, four tasks behind a load balancer", &one.first)?;
    spread(f, "calls", &all.calls)?;
    spread(f, "calls with two processes in turns", &all.calls_by_two)?;
    let title = format!("{MANY} instances at once, under AWS's throttle buckets");
    let [_, Compared { ours: [many, _], .. }] = &all.together;
    departure(f, &title, &many.first)?;
    idle(f, "a day in which nothing drains", &all.idle_day)?;
    let title = "a deployment that stops a thousand tasks, while nothing drains";
    busy(f, title, &all.deployment)?;
    all.alone.iter().chain(&all.together).try_for_each(|compared| beside(f, compared))?;
    fleet::all(f, &all.fleet)?;
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

/// Shows a table of ecs-tide and its peers in the same departures.
fn beside(f: &mut fmt::Formatter<'_>, compared: &Compared) -> fmt::Result {
    let titles: Vec<&str> = iter::once(compared.case.title).chain(FIGURES).collect();
    let mut shown = table(&titles);
    for row in compared.rows() {
        shown.add_row(iter::once(row.name.to_owned()).chain(row.figures()));
    }
    writeln!(f, "\n{shown}")
}

fn heading(f: &mut fmt::Formatter<'_>, title: &str) -> fmt::Result {
    writeln!(f, "\n{title}\n")
}

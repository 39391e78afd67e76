//! Shows the measurements of many clusters.

use std::fmt;

use scenarios::table::table;

use super::lags::Lags;
use super::{Measurements, neighbor};

pub(crate) fn all(f: &mut fmt::Formatter<'_>, all: &Measurements) -> fmt::Result {
    let mut idle = table(&[
        "idle clusters, of five groups and twenty instances",
        "calls a day",
        "invocations a day",
        "USD a month",
        "alarms of a service and a group in each",
    ]);
    for one in &all.idle {
        idle.add_row([
            one.clusters.to_string(),
            format!("{:.0}", one.calls()),
            format!("{:.0}", one.invocations()),
            format!("{:.2}", one.usd()),
            format!("{:.2}", one.usd_of_scaling()),
        ]);
    }
    writeln!(f, "\n{idle}")?;
    writeln!(
        f,
        "\na million task stops a day in clusters that have not opted in: {} calls and {} \
         invocations in {} s, {:.2} USD a month",
        all.stops.bill.calls(),
        all.stops.bill.invocations,
        all.stops.span.as_secs(),
        all.stops.a_month(),
    )?;
    let mut together = table(&["clusters that lose one", "calls each", "median lag", "longest"]);
    for one in &all.together {
        let calls = format!("{:.1}", one.calls_each());
        together.add_row([vec![one.clusters.to_string(), calls], lags(&one.lags)].concat());
    }
    writeln!(f, "\n{together}")?;
    let mut beside = table(&["twelve clusters that lose one each", "median lag", "longest"]);
    for neighbor::Beside { neighbor, lags: of_others } in &all.beside {
        beside.add_row([vec![format!("beside {neighbor}")], lags(of_others)].concat());
    }
    writeln!(f, "\n{beside}")
}

fn lags(lags: &Lags) -> Vec<String> {
    [lags.median(), lags.longest()].map(|lag| format!("{lag:.1} s")).to_vec()
}

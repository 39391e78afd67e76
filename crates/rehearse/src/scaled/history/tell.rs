//! Telling a history: the stack and the load, what goes wrong, and everything that happened.

use std::fmt::Write as _;

use super::{Act, Cast, History, Outcome, Part};
use crate::history::words;

/// The history in words, and what came of it; the journal too, if one was kept.
pub fn tell(history: &History, outcome: &Outcome) -> String {
    let mut told = String::new();
    let mut line = |text: String| {
        let _infallible = writeln!(told, "{text}");
    };
    line(format!("seed {}", history.seed));
    cast(&history.cast).into_iter().for_each(&mut line);
    if history.parts.is_empty() {
        line("nothing goes wrong".to_owned());
    }
    for part in &history.parts {
        line(format!("  {}", part_words(part)));
    }
    if let Some(journal) = &outcome.journal {
        line(String::new());
        words::lines(journal).into_iter().for_each(&mut line);
    }
    line(String::new());
    let scaled = outcome.scalings;
    line(format!(
        "tasks scaled {} times out and {} in, instances {} and {}; {} calls in {} s",
        scaled.tasks_out,
        scaled.tasks_in,
        scaled.instances_out,
        scaled.instances_in,
        outcome.calls,
        outcome.seconds
    ));
    for violation in &outcome.violations {
        line(format!("BROKEN at {}: {violation}", violation.at.time()));
    }
    if outcome.violations.is_empty() {
        line("no promise was broken".to_owned());
    }
    told
}

fn cast(cast: &Cast) -> Vec<String> {
    let parameters: Vec<String> =
        cast.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let whose = if cast.cluster_too { "service and group" } else { "the service alone" };
    let (min, max) = cast.sizes;
    let mut told = vec![
        format!("stack: {}, scales {whose}", parameters.join(" ")),
        format!("{} tasks on {} instances, {min} to {max}", cast.tasks, cast.instances),
    ];
    told.extend(cast.loads.iter().map(|(second, cpu, memory)| {
        format!("from second {second} work for {cpu:.1} tasks, {memory:.1} by memory")
    }));
    told.push(words::medium(cast.medium));
    told
}

fn part_words(part: &Part) -> String {
    match part {
        Part::Call { number, fault } => format!("call {number} {}", fault.words()),
        Part::Outage { second, for_seconds, fault } => {
            format!("from second {second}, for {for_seconds} s every call {}", fault.words())
        }
        Part::Message { number, fault } => words::message(*number, *fault),
        Part::Act { second, act } => format!("at second {second} {}", deed(act)),
    }
}

fn deed(act: &Act) -> String {
    match act {
        Act::Deploy => "the service is deployed".to_owned(),
        Act::SetTasks(tasks) => format!("an operator sets {tasks} tasks"),
        Act::SetInstances(instances) => format!("an operator sets {instances} instances"),
        Act::SetAlarm(place) => format!("an operator sets alarm {place} to ALARM"),
        Act::Sham(place, ago) => format!("a message says that alarm {place} went off {ago} s ago"),
        Act::Kill => "EC2 takes an instance away".to_owned(),
        Act::SwitchOff => "scaling is switched off".to_owned(),
    }
}

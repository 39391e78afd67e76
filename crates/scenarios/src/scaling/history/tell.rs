//! Prints the trace of a random run of scaling.

use region::services::LateSamples;

use super::{Act, Cast, History, Outcome, Part};
use crate::draining::history::words;

/// The trace: the setup, the faults, the journal if one was kept, and the result.
pub fn tell(history: &History, outcome: &Outcome) -> String {
    let scaled = outcome.scalings;
    let summary = format!(
        "tasks scaled {} times out and {} in, instances {} and {}; {} calls in {} s",
        scaled.tasks_out,
        scaled.tasks_in,
        scaled.instances_out,
        scaled.instances_in,
        outcome.calls,
        outcome.seconds
    );
    let violations = outcome.violations.iter();
    words::told(
        history.seed,
        cast(&history.cast),
        history.parts.iter().map(part_words).collect(),
        outcome.journal.as_ref(),
        summary,
        violations.map(|violation| format!("{}: {violation}", violation.at.time())).collect(),
    )
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
    told.extend(cast.late.as_ref().map(|late| {
        let LateSamples { minutes_percent, samples_percent, seconds, .. } = late;
        let (least, most) = (samples_percent.start(), samples_percent.end());
        let (first, last) = (seconds.start(), seconds.end());
        format!(
            "in {minutes_percent}% of the minutes of a metric, {least}% to {most}% of its samples \
             arrive {first} to {last} s late"
        )
    }));
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
        Act::Sham(place, ago) => {
            format!("a message says that alarm {place} went into ALARM {ago} s ago")
        }
        Act::Kill => "EC2 terminates an instance".to_owned(),
        Act::SwitchOff => "scaling is switched off".to_owned(),
    }
}

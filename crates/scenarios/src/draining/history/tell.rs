//! Prints the trace of a random run of a drain.

use super::{Act, Cast, History, Outcome, Part, words};

/// The trace: the setup, the faults, the journal if one was kept, and the result.
pub fn tell(history: &History, outcome: &Outcome) -> String {
    let lag = outcome
        .lags
        .iter()
        .max()
        .map_or(String::new(), |lag| format!(", longest lag {:.1} s", lag.as_seconds_f64()));
    let summary = format!("{} drains, {} calls{lag}", outcome.drains, outcome.calls);
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
    let mut told = vec![format!("stack: {}", parameters.join(" "))];
    let scaled = |capacities: &[(u64, usize)]| {
        let each = capacities.iter().map(|(wait, desired)| format!("after {wait} s to {desired}"));
        each.collect::<Vec<_>>().join(", ")
    };
    told.push(format!("{} instances, scaled in {}", cast.instances, scaled(&cast.scale_ins)));
    if let Some(returns) = &cast.warm_pool {
        told.push(format!("they go to a warm pool; the group is scaled {}", scaled(returns)));
    }
    for service in &cast.services {
        let work = &service.workload;
        let kind = if service.daemon { "daemon".to_owned() } else { service.desired.to_string() };
        let balancer = work
            .deregistration_seconds
            .map_or("no load balancer".to_owned(), |delay| format!("deregistration {delay} s"));
        told.push(format!(
            "service {}: {kind}, minimum {}%, {balancer}, healthy after {} s, stops in {} to {} s",
            service.name,
            service.minimum_healthy_percent,
            work.health_seconds,
            work.stop_min_seconds,
            work.stop_max_seconds
        ));
    }
    for (place, task) in &cast.jobs {
        let ends = task
            .ends_after_seconds
            .map_or("never ends".to_owned(), |s| format!("ends after {s} s"));
        told.push(format!("standalone task on instance {place}: {ends}"));
    }
    told.push(words::medium(cast.medium));
    told
}

fn part_words(part: &Part) -> String {
    match part {
        Part::Call { number, fault } => format!("call {number} {}", fault.words()),
        Part::Outage { second, for_seconds, fault } => format!(
            "{second} s after the first scale-in, for {for_seconds} s every call {}",
            fault.words()
        ),
        Part::Message { number, fault } => words::message(*number, *fault),
        Part::Act { second, act } => format!("{second} s after the first scale-in {}", deed(act)),
    }
}

fn deed(act: &Act) -> String {
    match act {
        Act::LoseAgent(place) => format!("the agent of instance {place} is lost"),
        Act::FindAgent(place) => format!("the agent of instance {place} is back"),
        Act::Kill(place) => format!("EC2 terminates instance {place}"),
        Act::Deregister(place) => format!("instance {place} is deregistered by force"),
        Act::Crowd => "other tasks take all remaining capacity".to_owned(),
        Act::Relieve => "these tasks end".to_owned(),
        Act::DeleteHook => "the hook is deleted".to_owned(),
        Act::UpdateStack(deadline) => {
            format!("the stack is updated, with a deadline of {deadline} s")
        }
        Act::DrainByHand(place) => format!("an operator drains instance {place}"),
        Act::Activate(place) => format!("an operator sets instance {place} ACTIVE"),
        Act::Interrupt(place, true) => {
            format!("EC2 Spot interrupts instance {place} in two minutes")
        }
        Act::Interrupt(place, false) => {
            format!("EC2 Spot warns instance {place} and does not interrupt it")
        }
        Act::FillAttributes(place) => format!("instance {place} has no space for a drain record"),
    }
}

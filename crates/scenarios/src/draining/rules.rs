//! The invariants of a stack in numbers, from the template and docs/semantics.md. They do not use
//! the functions' own configuration, which may be wrong.

use region::wiring::Wiring;
use time::Duration;

use super::oracle::{AtDeadline, DelayClassRule, DrainSettings, Rules, at_deadline};
use crate::random::Parameters;
use crate::stack;

/// The invariants of a stack with these parameters.
pub(super) fn rules(wiring: &Wiring, parameters: &Parameters) -> Rules {
    let text = |name: &str| parameters.get(name).map(String::as_str);
    let seconds = |name: &str, default: i64| {
        Duration::seconds(text(name).and_then(|value| value.parse().ok()).unwrap_or(default))
    };
    let agent_gone = seconds("AgentGoneSeconds", 0);
    let delay_class = |name: &str, queue: &str, delay| DelayClassRule {
        name: name.to_owned(),
        queue: queue.to_owned(),
        delay,
    };
    let topic = |id: &str| {
        let topic = wiring.topics.iter().find(|topic| topic.logical_id == id);
        topic.map(|topic| topic.arn.clone()).unwrap_or_default()
    };
    let later = seconds("LaterSeconds", 240);
    Rules {
        hook: stack::HOOK.to_owned(),
        lifecycle_topic: topic("LifecycleTopic"),
        reinvoke_topic: topic("ReinvokeTopic"),
        delay_classes: vec![
            delay_class("soon", "SoonQueue", seconds("SoonSeconds", 6)),
            delay_class("later", "LaterQueue", later),
        ],
        heartbeat: seconds("HeartbeatSeconds", 1_800),
        later,
        settings: DrainSettings {
            deadline: seconds("DeadlineSeconds", 7_200),
            at_deadline: text("AtDeadline").and_then(at_deadline).unwrap_or(AtDeadline::Continue),
            stops_standalone: text("StandaloneTasks") == Some("stop"),
            agent_gone: agent_gone.is_positive().then_some(agent_gone),
        },
        grace: Duration::seconds(450),
        ghost: Duration::minutes(10),
        reconcile: Duration::seconds(60),
        patience: Duration::seconds(660),
        interruption: Duration::minutes(10),
    }
}

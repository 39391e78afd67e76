//! The invariants of a stack in numbers, from the template and docs/semantics.md. They do not use
//! the functions' own configuration, which may be wrong.

use region::wiring::Wiring;
use time::Duration;

use super::oracle::{AtDeadline, DelayClassRule, Rules};
use crate::random::Parameters;

/// The invariants of a stack with these parameters.
pub(super) fn rules(wiring: &Wiring, parameters: &Parameters) -> Rules {
    let text = |name: &str| parameters.get(name).map(String::as_str);
    let seconds = |name: &str, default: i64| {
        Duration::seconds(text(name).and_then(|value| value.parse().ok()).unwrap_or(default))
    };
    let deadline = seconds("DeadlineSeconds", 7_200);
    let stops_standalone = text("StandaloneTasks") == Some("stop");
    let grace = Duration::seconds(450);
    let agent_gone = seconds("AgentGoneSeconds", 0);
    let delay_class = |name: &str, queue: &str, delay| DelayClassRule {
        name: name.to_owned(),
        queue: queue.to_owned(),
        delay,
    };
    let reinvoke_topic = wiring.topics.iter().find(|topic| topic.logical_id == "ReinvokeTopic");
    Rules {
        hook: wiring.hooks.first().map(|hook| hook.name.clone()).unwrap_or_default(),
        reinvoke_topic: reinvoke_topic.map(|topic| topic.arn.clone()).unwrap_or_default(),
        delay_classes: vec![
            delay_class("soon", "SoonQueue", seconds("SoonSeconds", 6)),
            delay_class("later", "LaterQueue", seconds("LaterSeconds", 240)),
        ],
        heartbeat: seconds("HeartbeatSeconds", 1_800),
        deadline,
        grace,
        deadline_at_most: deadline + grace,
        at_deadline: match text("AtDeadline") {
            Some("abandon") => AtDeadline::Abandon,
            Some("wait") => AtDeadline::Wait,
            _ => AtDeadline::Continue,
        },
        stops_standalone,
        agent_gone: agent_gone.is_positive().then_some(agent_gone),
        ghost: Duration::minutes(10),
        reconcile: Duration::seconds(60),
        patience: Duration::seconds(660),
        interruption: Duration::minutes(10),
    }
}

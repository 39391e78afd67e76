//! Instances that a termination hook holds and that are not in our cluster.

use requeue::DelayClass;
use time::Duration;

use super::{Action, ActionResult, Decision, End, Plan, Question, Verdict};
use crate::Time;
use crate::seen::{Answer, Elsewhere, Instance};
use crate::settings::{AtDeadline, Settings};

/// How long after the start of a termination the instance may still be registering, or be missing
/// in a stale read.
const YOUNG: Duration = Duration::seconds(30);

/// Decides about an instance in a terminating wait state that has no container instance in our
/// cluster.
pub(super) fn decide(instance: &Instance, settings: &Settings, now: Time) -> Decision {
    let since = match instance.terminating_since {
        Answer::Unasked => return Decision::Read(vec![Question::TerminatingSince]),
        Answer::Known(since) => since,
        Answer::Failed => None,
    };
    let waiting = |verdict, actions, delay_class| {
        Decision::Plan(Plan::new(actions, verdict, Some(delay_class)))
    };
    let Some(since) = since.filter(|since| now >= *since + YOUNG) else {
        return waiting(Verdict::Unregistered, Vec::new(), DelayClass::Soon);
    };
    let end = |end, result| {
        let complete = Action::Complete { result, drain_records: Vec::new() };
        let verdict = Verdict::Ended { end, began: Some(since), tasks: 0, last_stop: None };
        Decision::Plan(Plan::new(vec![complete], verdict, None))
    };
    match &instance.elsewhere {
        Answer::Unasked => Decision::Read(vec![Question::Elsewhere]),
        Answer::Failed => waiting(Verdict::Unregistered, Vec::new(), DelayClass::Soon),
        Answer::Known(Elsewhere::Nowhere) => end(End::NotRegistered, ActionResult::Continue),
        Answer::Known(Elsewhere::OtherCluster | Elsewhere::NoSuchCluster) => {
            let overdue = now >= since + settings.deadline;
            match settings.at_deadline {
                AtDeadline::Continue if overdue => end(End::Deadline, ActionResult::Continue),
                AtDeadline::Abandon if overdue => end(End::Deadline, ActionResult::Abandon),
                // No container instance of this cluster can hold the record of a heartbeat.
                _ => {
                    let beat = vec![Action::Heartbeat { drain_records: Vec::new() }];
                    waiting(Verdict::WrongCluster, beat, DelayClass::Later)
                }
            }
        }
    }
}

//! Instances that a termination hook holds and our cluster does not know.

use tick::Pace;
use time::Duration;

use super::{Action, ActionResult, Decision, End, Plan, Question, Verdict};
use crate::Time;
use crate::seen::{Answer, Elsewhere, Instance};
use crate::settings::{AtDeadline, Settings};

/// How long a termination is young: its instance may still be registering, or not
/// show in a stale read.
const YOUNG: Duration = Duration::seconds(30);

/// An instance in a terminating wait state without a container instance in our cluster.
pub(super) fn decide(instance: &Instance, group: &str, settings: &Settings, now: Time) -> Decision {
    let since = match instance.terminating_since {
        Answer::Unasked => return Decision::LookCloser(vec![Question::TerminatingSince]),
        Answer::Known(since) => since,
        Answer::Failed => None,
    };
    let waiting =
        |verdict, actions, pace| Decision::Plan(Plan { actions, verdict, again: Some(pace) });
    let Some(since) = since.filter(|since| now >= *since + YOUNG) else {
        return waiting(Verdict::Unregistered, Vec::new(), Pace::Soon);
    };
    let end = |end, result| {
        Decision::Plan(Plan {
            actions: vec![Action::Complete { group: group.to_owned(), result, notes: Vec::new() }],
            verdict: Verdict::Ended { end, began: Some(since), tasks: 0, last_stop: None },
            again: None,
        })
    };
    match &instance.elsewhere {
        Answer::Unasked => Decision::LookCloser(vec![Question::Elsewhere]),
        Answer::Failed => waiting(Verdict::Unregistered, Vec::new(), Pace::Soon),
        Answer::Known(Elsewhere::Nowhere) => end(End::NotRegistered, ActionResult::Continue),
        Answer::Known(Elsewhere::Cluster(_) | Elsewhere::NoSuchCluster) => {
            let overdue = now >= since + settings.deadline;
            match settings.at_deadline {
                AtDeadline::Continue if overdue => end(End::Deadline, ActionResult::Continue),
                AtDeadline::Abandon if overdue => end(End::Deadline, ActionResult::Abandon),
                // There is no container instance of ours to note a heartbeat on.
                _ => {
                    let group = group.to_owned();
                    let beat = vec![Action::Heartbeat { group, notes: Vec::new() }];
                    waiting(Verdict::WrongCluster, beat, Pace::Later)
                }
            }
        }
    }
}

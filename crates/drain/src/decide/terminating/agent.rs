//! Agents that are disconnected: recorded, and given up if so set.

use super::{Course, hook_drain_record};
use crate::decide::{Action, Decision, End};
use crate::seen::{Registration, Status};

impl Course<'_> {
    pub(super) fn agent_gone(&self) -> Option<Decision> {
        let limit = self.settings.agent_gone?;
        // A returning agent emits an event, and the reconcile that it triggers may still read the
        // state from before.
        let away = self.live.iter().filter(|r| !r.agent_connected && !self.said_connected(r));
        let gone = away.filter_map(|r| hook_drain_record(r)?.agent_gone).min();
        gone.filter(|gone| self.now >= *gone + limit).map(|_| self.end(End::AgentGone))
    }

    pub(super) fn said_connected(&self, registration: &Registration) -> bool {
        self.triggers.connected.contains(&registration.arn)
    }

    /// Drain records of agents that were lost or came back, if the setting needs them.
    pub(super) fn agent_drain_records(&self) -> Vec<Action> {
        if self.settings.agent_gone.is_none() {
            return Vec::new();
        }
        let changed = |r: &&Registration| {
            let drain_record = hook_drain_record(r)?;
            (drain_record.agent_gone.is_none() != r.agent_connected).then(|| {
                let since = (!r.agent_connected).then_some(self.now);
                Action::DrainRecord {
                    arn: r.arn.clone(),
                    drain_record: drain_record.agent_gone_since(since),
                }
            })
        };
        self.live.iter().filter(|r| r.status == Status::Draining).filter_map(changed).collect()
    }
}

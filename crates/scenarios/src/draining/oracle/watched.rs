//! What the oracle remembers of one instance.

use region::Time;
use time::Duration;

use super::DrainSettings;

/// What the oracle remembers of one instance.
#[derive(Debug, Clone, Default)]
pub(super) struct Watched {
    /// When a terminating hook last held it.
    pub(super) held: Option<Time>,
    /// Whether a terminating hook held it at the last check.
    pub(super) was_held: bool,
    /// When it was last InService.
    pub(super) served: Option<Time>,
    /// When its Spot interruption was announced.
    pub(super) interrupted: Option<Time>,
    /// Whether an operator drains it.
    pub(super) by_hand: bool,
    /// Since when an agent is disconnected, or was when a reconcile may have read it.
    agent_away: Option<Time>,
    /// When that agent reconnected.
    agent_back: Option<Time>,
    /// When an operator last set it ACTIVE, or registered it in another cluster, where it is ACTIVE.
    pub(super) activated: Option<Time>,
    /// Since when it could be released.
    pub(super) could_go: Option<Time>,
    /// Since when it is InService and DRAINING, though no operator drains it.
    pub(super) idle: Option<Time>,
    /// Whether it was in no cluster when it was last held on its way into the warm pool. The
    /// functions cannot distinguish it from one that a launch hook prepares, so no guarantee
    /// covers it.
    pub(super) unknown_in_pool: bool,
    /// The number of its lifecycle actions that were checked.
    pub(super) checked: usize,
    /// Since when a terminating hook holds it.
    pub(super) held_from: Option<Time>,
    /// The settings that its drain may have begun with.
    pub(super) settings: Vec<DrainSettings>,
    /// Whether these settings are written on its container instance.
    pub(super) is_settled: bool,
    /// When our hook last held it.
    pub(super) ours: Option<Time>,
    /// Whether our hook held it at the last check.
    pub(super) was_ours: bool,
    /// Whether a violation was already recorded for the present wait.
    pub(super) reported: bool,
}

impl Watched {
    /// How long its agent has been disconnected, or was within the last `Rules::reconcile`.
    pub(super) fn agent_away_for(&self, now: Time) -> Duration {
        self.agent_away.map_or(Duration::ZERO, |since| self.agent_back.unwrap_or(now) - since)
    }

    pub(super) fn agent(&mut self, now: Time, away: bool, reconcile: Duration) {
        if away && (self.agent_away.is_none() || self.agent_back.is_some()) {
            (self.agent_away, self.agent_back) = (Some(now), None);
        } else if !away && self.agent_away.is_some() {
            let back = *self.agent_back.get_or_insert(now);
            if now - back > reconcile {
                (self.agent_away, self.agent_back) = (None, None);
            }
        }
    }
}

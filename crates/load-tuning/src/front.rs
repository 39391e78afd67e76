//! The settings that no other setting beats in both respects.

use crate::knob::Setting;
use crate::score::Score;

/// Settings in ascending order of their cost, each with fewer violations than the one before.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Front(Vec<(Setting, Score)>);

impl Front {
    /// Takes a setting in, unless it is beaten, and drops those that it beats.
    pub(crate) fn offer(&mut self, setting: &Setting, score: Score) {
        if self.0.iter().any(|(_, known)| known.dominates(&score) || *known == score) {
            return;
        }
        self.0.retain(|(_, known)| !score.dominates(known));
        let place = self.0.partition_point(|(_, known)| known.cost < score.cost);
        self.0.insert(place, (setting.clone(), score));
    }

    pub(crate) fn settings(&self) -> &[(Setting, Score)] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_settings_that_are_not_beaten_stay() {
        let mut front = Front::default();
        for (violation_percent, cost) in
            [(3.0, 3.0), (1.0, 5.0), (2.0, 2.0), (4.0, 4.0), (2.0, 2.0)]
        {
            front.offer(&Setting::new(), Score { violation_percent, cost });
        }
        let costs: Vec<f64> = front.settings().iter().map(|(_, score)| score.cost).collect();
        assert_eq!(costs, [2.0, 5.0]);
    }
}

//! The headroom for demand that arrives while tasks start.

use crate::advice::{Headroom, Plateau};
use crate::settings::Settings;

/// Share of the knee's demand from which a rise counts. From almost zero, any rise is steep.
const LOADED: f64 = 0.3;

/// The largest headroom, as a share. Larger rises need scaling ahead of time, on a schedule or with
/// predictive scaling.
const MOST: f64 = 0.6;

/// The headroom for the rise in the settings, or else for the steepest rise between levels below
/// `knee`, the demand per task.
pub(crate) fn headroom(settings: &Settings, plateaus: &[Plateau], knee: f64) -> Headroom {
    let seconds = settings.start_up + settings.reaction;
    let set = settings.ramp.map(|ramp| ramp * seconds / 60.0);
    let rise = set.unwrap_or_else(|| steepest(plateaus, knee, seconds)).max(0.0);
    Headroom { seconds, rise, share: (rise / (1.0 + rise)).min(MOST) }
}

/// The steepest rise within `seconds`, as a share.
fn steepest(plateaus: &[Plateau], knee: f64, seconds: f64) -> f64 {
    let counts = |level: &&Plateau| (LOADED * knee..=knee).contains(&level.per_task());
    let rises =
        plateaus.iter().enumerate().filter(|(_, level)| counts(level)).flat_map(|(at, low)| {
            plateaus
                .iter()
                .skip(at + 1)
                .take_while(move |high| high.from - low.to <= seconds && high.tasks == low.tasks)
                .filter(counts)
                .map(move |high| high.demand / low.demand - 1.0)
        });
    rises.fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knee::tests::mm1;

    fn ladder() -> Vec<Plateau> {
        [10.0, 40.0, 50.0, 60.0, 75.0, 120.0]
            .into_iter()
            .enumerate()
            .map(|(at, demand)| {
                let from = 300.0 * at as f64;
                Plateau { from, to: from + 290.0, ..mm1(1.0, demand) }
            })
            .collect()
    }

    #[test]
    fn the_steepest_rise_is_between_levels_below_the_knee() {
        let found = headroom(&Settings::default(), &ladder(), 90.0);
        assert_eq!(found.seconds, 240.0);
        assert!((found.rise - 0.25).abs() < 1e-9, "{found:?}");
        assert!((found.share - 0.2).abs() < 1e-9);
    }

    #[test]
    fn a_rise_in_the_settings_replaces_the_steepest_level() {
        let settings = Settings { ramp: Some(0.10), ..Settings::default() };
        let found = headroom(&settings, &ladder(), 90.0);
        assert!((found.rise - 0.4).abs() < 1e-9);
        let steep = Settings { ramp: Some(5.0), ..Settings::default() };
        assert_eq!(headroom(&steep, &ladder(), 90.0).share, MOST);
    }
}

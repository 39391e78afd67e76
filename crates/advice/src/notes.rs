//! Remarks about the data that accompany the answer.

use load_test::Kind;

use crate::advice::{Assessment, Confidence, Headroom, Interval, Knee, Plateau, Verdict};

/// The largest ratio of the first bad level to the last good one that gets no remark.
const WIDE: f64 = 1.3;

/// The smallest share of resampled tests in agreement that gets no remark.
const SURE: f64 = 0.8;

/// The largest ratio of the 95th percentile of response times to their average, at low load, that
/// gets no remark. It is 3 for an exponential distribution.
const EVEN: f64 = 4.0;

/// `low_load` is the average and the 95th percentile of the response times at low load, in seconds.
pub(crate) fn notes(
    plateaus: &[Plateau],
    knee: Option<&Knee>,
    assessed: &[Assessment],
    low_load: Option<(f64, f64)>,
    verdict: &Verdict,
) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(Interval { low, high, .. }) = knee.map(|knee| knee.per_task)
        && high > WIDE * low
    {
        notes.push(format!(
            "there is no level between {low:.1} and {high:.1} a second per task: test rates in \
             between for a more exact target"
        ));
    }
    let unknown = plateaus.iter().filter(|level| level.errors.is_none()).count();
    if unknown > 0 {
        let levels = match unknown {
            all if all == plateaus.len() => "every level".to_owned(),
            some => format!("{some} of {} levels", plateaus.len()),
        };
        notes.push(format!(
            "errors are unknown at {levels}: there, only response times and completions decide \
             whether the objective holds"
        ));
    }
    let following = plateaus.iter().zip(plateaus.iter().skip(1));
    if !following.clone().any(|(high, low)| high.tasks == low.tasks && low.demand < high.demand) {
        notes.push(
            "demand never falls while the number of tasks stays the same: the test does not show \
             whether memory is released"
                .to_owned(),
        );
    }
    if let Verdict::Recommended(recommended) = verdict {
        let kind = assessed.get(recommended.index).map(|one| one.kind);
        if let Some((mean, p95)) = low_load.filter(|(mean, p95)| *p95 > EVEN * mean)
            && matches!(kind, Some(Kind::Concurrency | Kind::Throughput))
        {
            notes.push(format!(
                "response times differ widely: at low load {mean:.3} s on average, {p95:.3} s at \
                 p95. The target holds \
                 only for the mix of requests that was tested: test again when it changes"
            ));
        }
        let Confidence { agreed, .. } = recommended.confidence;
        if agreed < SURE {
            notes.push(format!(
                "only {:.0}% of the resampled tests recommend the same metric: hold each rate \
                 longer for a more certain answer",
                100.0 * agreed
            ));
        }
        let Headroom { rise, share, seconds } = recommended.headroom;
        if share < rise / (1.0 + rise) {
            notes.push(format!(
                "demand can rise by {:.0}% in the {seconds:.0} s before new tasks serve traffic, \
                 more than the headroom \
                 allows for: also scale ahead of time, on a schedule or with predictive scaling",
                100.0 * rise
            ));
        }
    }
    notes
}

//! What the reader should know beside the answer.

use load_test::Kind;

use crate::advice::{Assessment, Confidence, Headroom, Interval, Knee, Plateau, Verdict};

/// How many times the last good level the first bad one may be, without a word about it.
const WIDE: f64 = 1.3;

/// The share of resampled tests that should say the same.
const SURE: f64 = 0.8;

/// How many times the average the 95th percentile of response times may be at low load, without a
/// word about it. Requests of one kind, exponentially distributed, have 3.
const EVEN: f64 = 4.0;

/// `low_load` is the average and the 95th percentile of response times there, in seconds.
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
            "there is no level between {low:.1} and {high:.1} a second for each task: test there for a more exact target"
        ));
    }
    let unknown = plateaus.iter().filter(|level| level.errors.is_none()).count();
    if unknown > 0 {
        let levels = match unknown {
            all if all == plateaus.len() => "every level".to_owned(),
            some => format!("{some} of {} levels", plateaus.len()),
        };
        notes.push(format!(
            "errors are unknown at {levels}: response times and completions alone say whether the \
             objective holds there"
        ));
    }
    let following = plateaus.iter().zip(plateaus.iter().skip(1));
    if !following.clone().any(|(high, low)| high.tasks == low.tasks && low.demand < high.demand) {
        notes.push(
            "demand never falls while the tasks stay: whether memory is released was not seen"
                .to_owned(),
        );
    }
    if let Verdict::Recommended(recommended) = verdict {
        let kind = assessed.get(recommended.index).map(|one| one.kind);
        if let Some((mean, p95)) = low_load.filter(|(mean, p95)| *p95 > EVEN * mean)
            && matches!(kind, Some(Kind::Concurrency | Kind::Throughput))
        {
            notes.push(format!(
                "requests differ much in the time they take: at low load {mean:.3} s on average, {p95:.3} s \
                 at p95. The target holds for the mix of requests that was tested: test again when it changes"
            ));
        }
        let Confidence { agreed, .. } = recommended.confidence;
        if agreed < SURE {
            notes.push(format!(
                "only {:.0} % of the resampled tests say the same: hold each rate longer to be surer",
                100.0 * agreed
            ));
        }
        let Headroom { rise, share, seconds } = recommended.headroom;
        if share < rise / (1.0 + rise) {
            notes.push(format!(
                "demand can rise by {:.0} % in the {seconds:.0} seconds until new tasks take load, more than head-room \
                 can hold: scale ahead of time too, by a schedule or by prediction",
                100.0 * rise
            ));
        }
    }
    notes
}

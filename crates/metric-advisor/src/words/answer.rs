//! The answer in plain sentences.

use advice::advice::{Advice, Broken, Missing, Pattern, Recognised, Recommendation, Verdict};
use load_test::{Quantile, Unit};

use super::{interval, missing, number, quantity, seconds, share, subject};

/// The answer, the most important part first.
pub(crate) struct Answer {
    /// What to do.
    pub(crate) headline: String,
    /// Why, a sentence each.
    pub(crate) sentences: Vec<String>,
    /// What to record next.
    pub(crate) next: Vec<String>,
}

impl Answer {
    pub(crate) fn of(advice: &Advice) -> Self {
        match &advice.verdict {
            Verdict::Recommended(recommended) => Self::recommended(advice, recommended),
            Verdict::NoneSuitable { because, measure_next } => Self {
                headline: "None of these metrics is suitable for scaling.".to_owned(),
                sentences: [Some(sentence(because)), pattern(advice)]
                    .into_iter()
                    .flatten()
                    .collect(),
                next: measure_next.iter().map(|next| sentence(next)).collect(),
            },
            Verdict::NotEnoughData { missing } => Self::undecided(missing),
        }
    }

    fn recommended(advice: &Advice, recommended: &Recommendation) -> Self {
        let subject = subject(&recommended.metric, recommended.per_task);
        let unit = unit(advice, recommended.index);
        let show = |value| quantity(value, unit);
        let headroom = recommended.headroom;
        let mut sentences = vec![
            at_the_knee(advice, &subject, &show(recommended.at_knee)),
            format!(
                "The target leaves {} headroom, enough for a rise of {} in the {} before new tasks \
                 serve traffic.",
                share(headroom.share),
                share(headroom.rise),
                seconds(headroom.seconds),
            ),
            if recommended.proportional {
                "The metric is proportional enough for target tracking.".to_owned()
            } else {
                "The metric is not proportional enough for target tracking: use step scaling."
                    .to_owned()
            },
        ];
        if recommended.confidence.resamples > 0 {
            sentences.push(format!(
                "Confidence: {} of {} resampled tests recommend the same metric.",
                share(recommended.confidence.agreed),
                recommended.confidence.resamples,
            ));
        }
        sentences.extend(pattern(advice));
        Self {
            headline: format!(
                "Scale on {subject}, held at {}.",
                interval(recommended.target, show)
            ),
            sentences,
            next: Vec::new(),
        }
    }

    fn undecided(missing: &[Missing]) -> Self {
        Self {
            headline: "This test does not have enough data to choose a metric.".to_owned(),
            sentences: vec![
                "metric-advisor plan prints a script that runs a complete test.".to_owned(),
            ],
            next: missing.iter().map(|&missing| missing::sentence(missing).to_owned()).collect(),
        }
    }
}

/// The objective in words, with its limits.
pub(crate) fn objective(advice: &Advice) -> String {
    let limits = advice.settings.objective;
    let mut parts = Vec::new();
    if let Some((quantile, limit)) = advice.objective {
        let guessed = if advice.objective_guessed {
            " (a guess: three times that of the lowest level that holds)"
        } else {
            ""
        };
        parts.push(format!("{} at most {}{guessed}", latency(quantile), seconds(limit)));
    }
    parts.push(format!("at most {} failed", share(limits.errors)));
    parts.push(format!("at least {} completed", share(limits.completed)));
    parts.join(", ")
}

/// The service type, if it was recognized.
fn pattern(advice: &Advice) -> Option<String> {
    let recognised = advice.pattern.as_ref()?;
    let kind = match recognised.pattern {
        Pattern::CpuBound => "is CPU-bound",
        Pattern::MemoryBound => "is memory-bound",
        Pattern::WorkerBased => "has a fixed number of workers",
        Pattern::Waiting => "waits on the services that it calls",
        Pattern::Leaking => "leaks memory",
        Pattern::GarbageCollected => "runs on a garbage-collected runtime",
        Pattern::JobProcessor => "processes jobs from a queue",
    };
    Some(sentence(&format!("The service {kind}: {}", recognised.because)))
}

fn at_the_knee(advice: &Advice, subject: &str, value: &str) -> String {
    let Some(knee) = &advice.knee else {
        return format!("{subject} is at {value} when the objective breaks.");
    };
    let limits = advice.settings.objective;
    let breaks = match (knee.breaks, advice.objective) {
        (Broken::Latency, Some((quantile, limit))) => {
            format!("{} exceeds {}", latency(quantile), seconds(limit))
        }
        (Broken::Latency, None) => "latency breaks the objective".to_owned(),
        (Broken::Errors, _) => format!("more than {} fail", share(limits.errors)),
        (Broken::Completions, _) => format!("fewer than {} are completed", share(limits.completed)),
    };
    format!(
        "One task sustains {} {}; above that, {breaks}. At that load, {subject} is at {value}.",
        number(knee.per_task.value),
        load(advice),
    )
}

/// The unit of demand.
pub(crate) const fn load(advice: &Advice) -> &'static str {
    match &advice.pattern {
        Some(Recognised { pattern: Pattern::JobProcessor, .. }) => "jobs/s",
        _ => "requests/s",
    }
}

pub(crate) const fn latency(quantile: Quantile) -> &'static str {
    match quantile {
        Quantile::Mean => "average latency",
        Quantile::P50 => "median latency",
        Quantile::P95 => "p95 latency",
        Quantile::P99 => "p99 latency",
    }
}

fn unit(advice: &Advice, index: usize) -> Unit {
    advice.metrics.get(index).map_or(Unit::Unknown, |metric| metric.unit)
}

/// The text with a full stop at its end.
pub(crate) fn sentence(text: &str) -> String {
    let text = text.trim_end();
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

//! What to record if a test has not enough data.

use advice::advice::Missing;

/// What is missing, and the series or column that supplies it.
pub(super) const fn sentence(missing: Missing) -> &'static str {
    match missing {
        Missing::Samples => {
            "There are too few samples: record the whole test, with at least one sample a minute."
        }
        Missing::Plateaus => {
            "No level of demand is held for long enough: hold each rate for five minutes or \
             longer, so that the service warms up."
        }
        Missing::Levels => {
            "There are too few levels of demand: test five rates or more with the same number of \
             tasks."
        }
        Missing::Doubling => {
            "Only one number of tasks was tested: test the same rates again with twice the tasks."
        }
        Missing::SameDemand => {
            "The two series of rates share no demand: in the series with more tasks, repeat rates \
             of the series with fewer."
        }
        Missing::Overload => "The objective holds at every level: raise the rate until it breaks.",
        Missing::Underload => {
            "The objective breaks at every level: begin at a lower rate, at which it holds."
        }
        Missing::Objective => {
            "The test does not show when the service is overloaded: also record latency, errors or \
             completions."
        }
        Missing::Metrics => {
            "There is no metric to scale on: also record CPU, memory, and connections or the queue \
             length."
        }
    }
}

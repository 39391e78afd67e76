//! What to record, where a test does not tell.

use advice::advice::Missing;

/// What is missing, and the run or column that would supply it.
pub(super) const fn sentence(missing: Missing) -> &'static str {
    match missing {
        Missing::Samples => {
            "There are too few samples: record the whole of a test, one sample a minute or more often."
        }
        Missing::Plateaus => {
            "Demand is never steady for long enough: hold each rate for five minutes or longer, until the service is warm."
        }
        Missing::Levels => {
            "There are too few levels of demand: raise the rate in five steps or more, at one number of tasks."
        }
        Missing::Doubling => {
            "Only one number of tasks was tested: run the same rates again with twice the tasks."
        }
        Missing::SameDemand => {
            "The runs with fewer and with more tasks share no demand: run rates of the first again in the second."
        }
        Missing::Overload => {
            "The objective holds throughout: raise the rate further, until it breaks."
        }
        Missing::Underload => {
            "The objective is broken throughout: begin at a lower rate, at which it holds."
        }
        Missing::Objective => {
            "Nothing says when the service is overloaded: record latency, errors or completions too."
        }
        Missing::Metrics => {
            "There is no metric to scale on: record CPU, memory, and connections or the queue's length too."
        }
    }
}

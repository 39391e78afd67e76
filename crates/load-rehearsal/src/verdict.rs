//! What a course comes to.

use load_model::{Elasticity, Rises};
use schemars::JsonSchema;
use serde::Serialize;

use crate::change::Target;
use crate::course::Course;
use crate::policy::Policy;
use crate::setup::Setup;

/// Seconds of a step of the instability: the period of the metrics that policies see.
const STEP: usize = 60;

/// What a policy made of a load.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Verdict {
    /// The policy as it was given.
    pub policy: String,
    /// The share of the time with requests in which the objective was not kept, in percent.
    pub violated_time_percent: f64,
    /// The share of requests that were slow or failed, in percent.
    pub violated_requests_percent: f64,
    pub requests: Requests,
    pub elasticity: Provisioning,
    pub rises: RiseTimes,
    pub adaptations: Adaptations,
    pub cost: Cost,
    /// All of it in a sentence.
    pub sentence: String,
}

/// Requests, by what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Requests {
    pub arrived: f64,
    /// Served beyond the limit of the objective.
    pub slow: f64,
    /// No task was there.
    pub unserved: f64,
    /// The task had no room.
    pub shed: f64,
    /// The client gave up.
    pub timed_out: f64,
    /// Their task ended before they did.
    pub cut: f64,
}

/// The elasticity metrics of the SPEC Research Group, in percent. Demand is the fewest tasks that
/// keep the objective; accuracies are normalized by it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Provisioning {
    /// What was lacking, on average over time.
    pub theta_u: f64,
    /// What was too much, on average over time.
    pub theta_o: f64,
    /// The share of time in which too few tasks served.
    pub tau_u: f64,
    /// The share of time in which too many did.
    pub tau_o: f64,
    /// The share of minutes in which supply changed otherwise than demand.
    pub instability: f64,
}

/// How long supply lagged when demand rose above it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct RiseTimes {
    pub count: usize,
    /// Rises that the end of the load found without enough tasks.
    pub unmet: usize,
    /// Seconds until another task served: the median. Null if there never was one.
    pub first_seconds: Option<usize>,
    /// Seconds until enough tasks served: the median of those that were met.
    pub enough_seconds: Option<usize>,
    /// The longest of these.
    pub longest_seconds: Option<usize>,
}

/// How often capacities were changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Adaptations {
    pub tasks: usize,
    pub instances: usize,
}

/// What it took.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Cost {
    pub task_hours: f64,
    pub instance_hours: f64,
    /// Of the instances; null without a price.
    pub dollars: Option<f64>,
}

impl Verdict {
    pub fn of(setup: &Setup, policy: &Policy, course: &Course) -> Self {
        let failed = course.failed;
        let outside = course.slow + failed.all();
        let elasticity = Elasticity::of(&course.samples, STEP);
        let count = |target| course.changes.iter().filter(|one| one.target == target).count();
        let instance_hours = course.instance_seconds / 3_600.0;
        let mut verdict = Self {
            policy: policy.to_string(),
            violated_time_percent: percent(course.violated, course.seconds),
            violated_requests_percent: percent(outside, course.arrived),
            requests: Requests {
                arrived: course.arrived,
                slow: course.slow,
                unserved: failed.unserved,
                shed: failed.shed,
                timed_out: failed.timed_out,
                cut: failed.cut,
            },
            elasticity: Provisioning {
                theta_u: elasticity.under_accuracy,
                theta_o: elasticity.over_accuracy,
                tau_u: elasticity.under_time,
                tau_o: elasticity.over_time,
                instability: elasticity.instability,
            },
            rises: RiseTimes::of(&Rises::of(&course.samples)),
            adaptations: Adaptations {
                tasks: count(Target::Tasks),
                instances: count(Target::Instances),
            },
            cost: Cost {
                task_hours: course.task_seconds / 3_600.0,
                instance_hours,
                dollars: setup.cluster.price.map(|price| price * instance_hours),
            },
            sentence: String::new(),
        };
        verdict.sentence = verdict.say();
        verdict
    }

    fn say(&self) -> String {
        let Requests { slow, arrived, .. } = self.requests;
        let slow = percent(slow, arrived);
        let failed = self.violated_requests_percent - slow;
        let kept = 100.0 - self.violated_time_percent;
        let rise = match (self.rises.count, self.rises.longest_seconds, self.rises.unmet) {
            (0, ..) => "there were always enough tasks".to_owned(),
            (_, _, 1..) => "at the end there were still too few tasks".to_owned(),
            (_, longest, _) => {
                let minutes = longest.unwrap_or_default() as f64 / 60.0;
                format!("the longest lack of tasks lasted {minutes:.1} min")
            }
        };
        format!(
            "{} kept the objective for {kept:.1}% of the time: {slow:.2}% of requests were slow and \
             {failed:.2}% failed, {rise}; it took {:.1} task-hours and {:.1} instance-hours.",
            self.policy, self.cost.task_hours, self.cost.instance_hours
        )
    }
}

fn percent(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { 100.0 * part / whole } else { 0.0 }
}

impl RiseTimes {
    fn of(rises: &Rises) -> Self {
        let times = |of: fn(&load_model::Rise) -> Option<usize>| {
            let mut times: Vec<usize> = rises.0.iter().filter_map(of).collect();
            times.sort_unstable();
            times
        };
        let median = |times: &[usize]| times.get(times.len() / 2).copied();
        let (first, enough) = (times(|rise| rise.first), times(|rise| rise.enough));
        Self {
            count: rises.0.len(),
            unmet: rises.0.len() - enough.len(),
            first_seconds: median(&first),
            enough_seconds: median(&enough),
            longest_seconds: enough.last().copied(),
        }
    }
}

//! Verdicts side by side, as text.

use std::fmt;

use scenarios::table::table;

use crate::verdict::Verdict;

/// The verdicts on several policies.
#[derive(Debug, Clone, Copy)]
pub struct Comparison<'a>(pub &'a [Verdict]);

impl fmt::Display for Comparison<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let titles: Vec<&str> =
            std::iter::once("").chain(self.0.iter().map(|one| one.policy.as_str())).collect();
        let mut table = table(&titles);
        for (name, value) in ROWS {
            let values = self.0.iter().map(value);
            table.add_row(std::iter::once((*name).to_owned()).chain(values));
        }
        writeln!(f, "{table}\n")?;
        for (place, verdict) in self.0.iter().enumerate() {
            if place > 0 {
                writeln!(f)?;
            }
            write!(f, "{}", verdict.sentence)?;
        }
        Ok(())
    }
}

pub(crate) type Value = fn(&Verdict) -> String;

/// What is compared, by its name.
pub(crate) const ROWS: &[(&str, Value)] = &[
    ("time outside the objective", |one| percent(one.violated_time_percent)),
    ("requests outside the objective", |one| percent(one.violated_requests_percent)),
    ("slow requests", |one| count(one.requests.slow)),
    ("failed for lack of tasks", |one| count(one.requests.unserved)),
    ("shed", |one| count(one.requests.shed)),
    ("timed out", |one| count(one.requests.timed_out)),
    ("cut by a task's end", |one| count(one.requests.cut)),
    ("lacking tasks (theta_U)", |one| percent(one.elasticity.theta_u)),
    ("idle tasks (theta_O)", |one| percent(one.elasticity.theta_o)),
    ("time with too few (tau_U)", |one| percent(one.elasticity.tau_u)),
    ("time with too many (tau_O)", |one| percent(one.elasticity.tau_o)),
    ("instability", |one| percent(one.elasticity.instability)),
    ("rises above the supply", |one| one.rises.count.to_string()),
    ("median time to another task", |one| seconds(one.rises.first_seconds)),
    ("median time to enough tasks", |one| seconds(one.rises.enough_seconds)),
    ("longest time to enough tasks", |one| seconds(one.rises.longest_seconds)),
    ("changes of tasks", |one| one.adaptations.tasks.to_string()),
    ("changes of instances", |one| one.adaptations.instances.to_string()),
    ("task-hours", |one| format!("{:.1}", one.cost.task_hours)),
    ("instance-hours", |one| format!("{:.1}", one.cost.instance_hours)),
    ("dollars", |one| one.cost.dollars.map_or_else(|| "-".to_owned(), |cost| format!("{cost:.2}"))),
];

fn percent(value: f64) -> String {
    format!("{value:.2}%")
}

fn count(value: f64) -> String {
    format!("{value:.0}")
}

fn seconds(value: Option<usize>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value} s"))
}

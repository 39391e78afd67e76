//! Recomputes the numbers of docs/scaling.md from the stacks.

use crate::page::{Table, cell, read, section, tables};
use crate::stacks::steps::Policy;
use crate::stacks::{DEMO, load, parameters};

pub const PAGE: &str = "docs/scaling.md";
pub const SERVICE: &str = "stacks/service-scaling.yaml";
pub const CLUSTER: &str = "stacks/cluster-scaling.yaml";

/// More readings than the last bound of any step.
const READINGS: u32 = 250;

fn policies(stack: &str) -> [Policy; 2] {
    [Policy::read(stack, "OutPolicy", "OutAlarm"), Policy::read(stack, "InPolicy", "InAlarm")]
}

/// A parameter's default in the stack that has one.
fn default(name: &str) -> f64 {
    let declared = [SERVICE, CLUSTER, DEMO].into_iter().flat_map(parameters);
    let mut of_name = declared.filter(|parameter| parameter.name == name);
    let text = of_name.find_map(|parameter| parameter.default);
    text.and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("no number for {name}"))
}

/// Whether a chain of comparisons such as `70 ≤ CPU < 90` holds for a reading.
fn holds(condition: &str, reading: f64) -> bool {
    let words: Vec<&str> = condition.split_whitespace().collect();
    let value = |word: &str| word.parse().unwrap_or(reading);
    words.windows(3).step_by(2).all(|chain| match chain[1] {
        "<" => value(chain[0]) < value(chain[2]),
        "≤" => value(chain[0]) <= value(chain[2]),
        other => panic!("`{other}` in `{condition}` compares nothing"),
    })
}

/// The numbers in a table's heading, for example 3 for `of 3 tasks` or `N = 3`.
fn capacities(heading: &[String]) -> Vec<f64> {
    heading.iter().filter_map(|cell| cell.split(' ').find_map(|word| word.parse().ok())).collect()
}

fn recompute(table: &Table, policies: &[Policy], least: f64, most: f64) {
    let capacities = capacities(table.heading.get(2..).unwrap());
    assert_eq!(capacities.len() + 2, table.heading.len(), "{:?}", table.heading);
    for reading in (0..READINGS).map(f64::from) {
        let rows: Vec<_> = table.rows.iter().filter(|row| holds(cell(row, 0), reading)).collect();
        let [row] = rows[..] else { panic!("{} rows are of {reading}", rows.len()) };
        let words = policies.iter().find_map(|policy| policy.words(policy.default(), reading));
        assert_eq!(cell(row, 1), words.as_deref().unwrap_or("none"), "{row:?} at {reading}");
        for (column, capacity) in capacities.iter().enumerate() {
            let applied = policies.iter().find_map(|p| p.apply(p.default(), reading, *capacity));
            let becomes = applied.unwrap_or(*capacity).clamp(least, most);
            assert_eq!(cell(row, column + 2), becomes.to_string(), "{row:?} at {reading}");
        }
    }
}

#[test]
fn the_page_says_what_each_step_does() {
    let steps = tables(&section(&read(PAGE), "## What the steps do"));
    let [service, cluster] = &steps[..] else { panic!("{} tables of steps", steps.len()) };
    recompute(service, &policies(SERVICE), default("TasksMin"), default("TasksMax"));
    let bounds = [default("InstancesMin"), default("InstancesMax")];
    assert_eq!(
        cell(&cluster.heading, 0),
        format!("reading of the cluster (minimum {}, maximum {})", bounds[0], bounds[1])
    );
    recompute(cluster, &policies(CLUSTER), bounds[0], bounds[1]);
}

#[test]
fn the_page_says_what_is_reserved_after_one_has_gone() {
    let choice = tables(&section(&read(PAGE), "## Choosing thresholds"));
    let [after] = &choice[..] else { panic!("{} tables of reservations", choice.len()) };
    let [_, policy] = policies(CLUSTER);
    let percent = policy.default();
    let [row] = &after.rows[..] else { panic!("{} rows", after.rows.len()) };
    assert_eq!(cell(row, 0), format!("{percent}%, after one instance is terminated"));
    for (column, n) in capacities(&after.heading).iter().enumerate() {
        let becomes = percent * n / policy.apply(percent, percent, *n).unwrap();
        assert_eq!(cell(row, column + 1), format!("{becomes}%"), "of {n}");
    }
}

#[test]
fn the_page_gives_every_parameter_its_default_and_every_cooldown() {
    let page = read(PAGE);
    let given = page.split('`').skip(1).collect::<Vec<_>>();
    let mut checked = 0;
    for pair in given.chunks(2) {
        let [name, after] = pair else { continue };
        let Some(value) = after.strip_prefix(" (").and_then(|after| after.split_once(')')) else {
            continue;
        };
        assert_eq!(value.0, default(name).to_string(), "{name}");
        checked += 1;
    }
    assert!(checked >= 10, "{checked} defaults");
    let cooldown = |policy: &str| {
        load(SERVICE)["Resources"][policy]["Properties"]["StepScalingPolicyConfiguration"]
            ["Cooldown"]
            .to_string()
    };
    let cooldowns =
        format!("cooldown of {} s out, {} s in", cooldown("OutPolicy"), cooldown("InPolicy"));
    assert!(page.contains(&cooldowns), "`{cooldowns}` is not in {PAGE}");
}

/// The pairs of lower and upper thresholds at which one scale-in step would lead to a scale-out.
fn swinging(policies: &[Policy; 2]) -> Vec<(f64, f64)> {
    let [out, inward] = policies;
    let range = |policy: &Policy| {
        let (least, most) = (policy.threshold.min_value, policy.threshold.max_value);
        (least.unwrap() as u32..=most.unwrap() as u32).map(f64::from)
    };
    // The highest reading that a step in from the lower threshold can lead to.
    let highest = |lower: f64| {
        let after = |n: f64| lower * n / inward.apply(lower, lower, n).unwrap();
        (2..=1_000).map(f64::from).map(after).fold(0.0, f64::max)
    };
    range(inward)
        .flat_map(|lower| range(out).map(move |upper| (lower, upper)))
        .filter(|(lower, upper)| highest(*lower) >= *upper)
        .collect()
}

#[test]
fn no_thresholds_that_are_permitted_swing() {
    for path in [SERVICE, CLUSTER] {
        assert_eq!(swinging(&policies(path)), [], "{path}");
        let [out, mut inward] = policies(path);
        inward.threshold.max_value = Some(33.0);
        assert_eq!(swinging(&[out, inward]), [(33.0, 65.0), (33.0, 66.0)], "{path}");
    }
}

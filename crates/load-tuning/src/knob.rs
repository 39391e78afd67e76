//! The settings of a policy, and what they may be changed to.

use std::collections::BTreeMap;

use load_model::{BadInput, Words};
use load_rehearsal::{Policy, Setup, Tracked, TrackedCluster};

/// The parameters of a policy by their names, as [`Policy::read`] takes them.
pub type Setting = BTreeMap<String, String>;

/// A policy whose parameters are searched.
#[derive(Debug, Clone)]
pub(crate) struct Knobs {
    /// What stands before the colon.
    name: String,
    /// What the search begins with.
    pub(crate) start: Setting,
    knobs: Vec<Knob>,
}

/// A parameter, with the values that are tried, in ascending order.
#[derive(Debug, Clone, PartialEq)]
struct Knob {
    name: &'static str,
    /// What stands after the number.
    unit: &'static str,
    values: Vec<f64>,
    default: f64,
}

/// Parameters of stacks/service-scaling.yaml with their defaults and the values that are tried.
const OF_SERVICE: [(&str, f64, &[f64]); 4] = [
    ("ServiceOutPercent", 70.0, &[65.0, 70.0, 75.0, 80.0, 85.0, 90.0]),
    ("ServiceOutMinutes", 2.0, &[1.0, 2.0, 3.0, 5.0]),
    ("ServiceInPercent", 30.0, &[10.0, 15.0, 20.0, 25.0, 30.0]),
    ("ServiceInMinutes", 10.0, &[3.0, 5.0, 10.0, 15.0, 30.0]),
];

/// Likewise of stacks/cluster-scaling.yaml.
const OF_CLUSTER: [(&str, f64, &[f64]); 4] = [
    ("ClusterOutPercent", 70.0, &[65.0, 70.0, 75.0, 80.0, 85.0, 90.0]),
    ("ClusterOutMinutes", 2.0, &[1.0, 2.0, 3.0, 5.0]),
    ("ClusterInPercent", 30.0, &[10.0, 15.0, 20.0, 25.0, 30.0]),
    ("ClusterInMinutes", 15.0, &[5.0, 10.0, 15.0, 30.0]),
];

/// Likewise of target tracking, in percent and seconds.
const TARGET: (&str, f64, &[f64]) = ("target", 60.0, &[30.0, 40.0, 50.0, 60.0, 70.0, 80.0]);
const CAPACITY: (&str, f64, &[f64]) = ("capacity", 100.0, &[70.0, 80.0, 90.0, 100.0]);
const COOLDOWNS: [(&str, f64, &[f64]); 2] = [
    ("out-cooldown", 300.0, &[0.0, 60.0, 120.0, 300.0]),
    ("in-cooldown", 300.0, &[60.0, 120.0, 300.0, 600.0]),
];

/// Multiples of a number that depends on the service.
const MULTIPLES: [f64; 7] = [0.5, 0.7, 0.85, 1.0, 1.2, 1.5, 2.0];

impl Knobs {
    /// Those of a policy.
    ///
    /// # Errors
    /// The policy has no settings.
    pub(crate) fn of(policy: &Policy, setup: &Setup) -> Result<Self, BadInput> {
        let mut words = Words::read(&policy.to_string())?;
        let name = words.name.clone();
        let start = words.rest();
        let multiples = |name: &'static str, default: f64, whole: bool| {
            let knob = Knob { name, unit: "", values: Vec::new(), default };
            let middle = value(&knob, &start);
            let values = MULTIPLES.map(|times| round(times * middle, whole)).to_vec();
            Knob { values, ..knob }
        };
        let fixed = |&(name, default, values): &(&'static str, f64, &[f64])| Knob {
            name,
            unit: "",
            values: values.to_vec(),
            default,
        };
        let mut knobs = Vec::new();
        match policy {
            Policy::Native(stacks) | Policy::AlarmScaling(stacks) => {
                knobs.extend(OF_SERVICE.iter().map(fixed));
                if stacks.instances.is_none() {
                    knobs.extend(OF_CLUSTER.iter().map(fixed));
                }
                knobs.push(multiples("TasksMin", setup.tasks.min as f64, true));
                if start.contains_key("TaskCapacity") {
                    knobs.push(multiples("TaskCapacity", 100.0, false));
                }
            }
            Policy::TargetTracking(tracking) => {
                knobs.push(match tracking.metric {
                    Tracked::Cpu | Tracked::Memory => fixed(&TARGET),
                    Tracked::RequestsPerTarget => multiples("target", 1.0, true),
                });
                let seconds = |knob| Knob { unit: "s", ..fixed(knob) };
                knobs.extend(COOLDOWNS.iter().map(seconds));
                if matches!(tracking.cluster, TrackedCluster::Provider(_)) {
                    knobs.push(fixed(&CAPACITY));
                }
            }
            Policy::Fixed { tasks, .. } => knobs.push(multiples("tasks", *tasks as f64, true)),
        }
        for knob in &mut knobs {
            knob.values.push(value(knob, &start));
            knob.values.sort_unstable_by(f64::total_cmp);
            knob.values.dedup();
        }
        Ok(Self { name, start, knobs })
    }

    /// The policy with a setting.
    ///
    /// # Errors
    /// A value is not allowed.
    pub(crate) fn policy(&self, setting: &Setting) -> Result<Policy, BadInput> {
        let words: Vec<String> =
            setting.iter().map(|(name, value)| format!("{name}={value}")).collect();
        Policy::read(&format!("{}:{}", self.name, words.join(",")))
    }

    /// Every setting that differs from this one by the next value of one parameter.
    pub(crate) fn next_to(&self, setting: &Setting) -> Vec<Setting> {
        let steps = |knob| [-1, 1].into_iter().filter_map(move |by| moved(knob, setting, by));
        self.knobs.iter().flat_map(steps).collect()
    }

    /// A setting with some parameters changed, few more often than many.
    pub(crate) fn changed(&self, setting: &Setting, random: &mut fastrand::Rng) -> Setting {
        let mut changed = setting.clone();
        loop {
            let by = random.choice([-2, -1, -1, 1, 1, 2]).unwrap_or(1);
            let knob = random.choice(&self.knobs);
            if let Some(moved) = knob.and_then(|knob| moved(knob, &changed, by)) {
                changed = moved;
            }
            if random.bool() {
                return changed;
            }
        }
    }

    /// The parameters in which a setting differs from the start, with both values.
    pub(crate) fn differences(&self, setting: &Setting) -> Vec<(String, String, String)> {
        let differs = |knob: &Knob| {
            let (before, now) = (value(knob, &self.start), value(knob, setting));
            let text = |value: f64| format!("{value}{}", knob.unit);
            (before != now).then(|| (knob.name.to_owned(), text(before), text(now)))
        };
        self.knobs.iter().filter_map(differs).collect()
    }
}

fn value(knob: &Knob, setting: &Setting) -> f64 {
    let given =
        setting.get(knob.name).and_then(|value| value.strip_suffix(knob.unit)?.parse().ok());
    given.unwrap_or(knob.default)
}

/// The setting with a parameter moved by so many values; none if there are no more.
fn moved(knob: &Knob, setting: &Setting, by: isize) -> Option<Setting> {
    let now = value(knob, setting);
    let place = knob.values.iter().position(|value| *value == now)?;
    let next = knob.values.get(place.checked_add_signed(by)?)?;
    let mut setting = setting.clone();
    setting.insert(knob.name.to_owned(), format!("{next}{}", knob.unit));
    Some(setting)
}

/// A whole number of at least 1, or two significant digits.
fn round(value: f64, whole: bool) -> f64 {
    if whole {
        return value.round().max(1.0);
    }
    let digits = 10_f64.powf(1.0 - value.abs().log10().floor());
    (value * digits).round() / digits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::tests::setup;

    fn knobs(policy: &str) -> Knobs {
        Knobs::of(&Policy::read(policy).unwrap(), &setup("step:from=10,to=20")).unwrap()
    }

    #[test]
    fn single_changes_are_the_next_values_of_each_parameter() {
        let knobs = knobs("native:ServiceOutPercent=72,instances=4");
        let next = knobs.next_to(&knobs.start);
        let has = |name: &str, value: &str| {
            next.iter().any(|one| one.get(name).is_some_and(|is| is == value))
        };
        assert!(has("ServiceOutPercent", "70") && has("ServiceOutPercent", "75"));
        assert!(has("ServiceOutMinutes", "1") && has("ServiceInPercent", "25"));
        assert!(has("TasksMin", "1") && has("TasksMin", "3"));
        assert!(!next.iter().any(|one| one.contains_key("ClusterOutPercent")));
        assert!(next.iter().all(|one| knobs.policy(one).is_ok()));
    }

    #[test]
    fn random_changes_are_policies_and_follow_from_the_seed() {
        let knobs = knobs("alarm-scaling:ServiceMetric=requests-per-target,TaskCapacity=600");
        let draw = |seed| {
            let mut random = fastrand::Rng::with_seed(seed);
            let mut setting = knobs.start.clone();
            (0..50).for_each(|_| setting = knobs.changed(&setting, &mut random));
            assert!(knobs.policy(&setting).is_ok(), "{setting:?}");
            setting
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }

    #[test]
    fn cooldowns_have_their_unit() {
        let knobs = knobs("target-tracking:target=60,out-cooldown=60s");
        let next = knobs.next_to(&knobs.start);
        let has = |name: &str, value: &str| {
            next.iter().any(|one| one.get(name).is_some_and(|is| is == value))
        };
        assert!(has("target", "50") && has("out-cooldown", "0s") && has("out-cooldown", "120s"));
        assert!(has("in-cooldown", "120s") && has("capacity", "90"));
        assert!(next.iter().all(|one| knobs.policy(one).is_ok()));
    }

    #[test]
    fn differences_name_both_values() {
        let knobs = knobs("native");
        let mut setting = knobs.start.clone();
        setting.insert("ServiceOutMinutes".to_owned(), "1".to_owned());
        let [(name, before, now)] = &knobs.differences(&setting)[..] else { panic!() };
        assert_eq!((name.as_str(), before.as_str(), now.as_str()), ("ServiceOutMinutes", "2", "1"));
    }
}

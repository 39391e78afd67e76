//! Each minute: metrics are measured and published, alarms evaluated, and scaling
//! policies called for as long as their alarms last.

use std::collections::btree_map::Entry;

use time::Duration;

use super::alarm::Kind;
use super::late::LateSamples;
use super::metrics::{MINUTE, MetricId, Summary};
use super::reason;
use crate::Services;
use crate::context::Due;
use crate::scaling::Firing;
use crate::wording::seconds;
use region_core::Time;

impl Services {
    /// Start the minutes of CloudWatch, because there is now an alarm or a load.
    pub(crate) fn begin_minutes(&mut self) {
        if !std::mem::replace(&mut self.cloudwatch.awake, true) {
            let past = self.context.now.unix_timestamp().rem_euclid(MINUTE);
            let whole = self.context.now.replace_nanosecond(0).unwrap_or(self.context.now);
            self.context.agenda.at(whole + Duration::seconds(MINUTE - past), Due::Minute);
        }
    }

    /// A minute is over: what it measured is published a little later, and then evaluated.
    pub(crate) fn minute(&mut self) {
        let delay = self.context.settings.metric_delay_seconds;
        for (id, time, samples) in self.measure() {
            let rules = &self.context.settings.late_samples;
            let (in_time, late) =
                LateSamples::part(rules, &id.name, samples, &mut self.cloudwatch.rng);
            let late = late.map(|late| (late.samples, late.seconds.max(delay)));
            for (samples, after) in in_time.map(|samples| (samples, delay)).into_iter().chain(late)
            {
                self.publish_after(after, (id.clone(), time, samples));
            }
        }
        self.context.after(self.context.settings.alarm_delay_seconds, Due::Alarms);
        self.context.agenda.at(self.context.now + Duration::seconds(MINUTE), Due::Minute);
    }

    fn publish_after(&mut self, delay: u64, measured: (MetricId, Time, Summary)) {
        let at = self.context.now + seconds(delay);
        match self.cloudwatch.unpublished.entry(at) {
            Entry::Occupied(mut waiting) => waiting.get_mut().push(measured),
            Entry::Vacant(nothing) => {
                nothing.insert(vec![measured]);
                self.context.agenda.at(at, Due::Publish);
            }
        }
    }

    /// What was measured and can be read by now is published.
    pub(crate) fn publish_measured(&mut self) {
        while let Some(waiting) = self.cloudwatch.unpublished.first_entry() {
            if *waiting.key() > self.context.now {
                break;
            }
            for (id, time, samples) in waiting.remove() {
                self.cloudwatch.metrics.record(id, time, samples);
            }
        }
    }

    /// Evaluate every metric alarm, then call the scaling policies of the states found:
    /// again each minute, whatever the alarm's period
    /// (<https://repost.aws/knowledge-center/autoscaling-policy-cloudwatch-alarm>).
    pub(crate) fn evaluate_alarms(&mut self) {
        let names: Vec<String> = self.cloudwatch.alarms.keys().cloned().collect();
        let mut firings = Vec::new();
        for name in &names {
            firings.extend(self.evaluate_alarm(name));
        }
        self.scale(firings);
    }

    fn evaluate_alarm(&mut self, name: &str) -> Vec<Firing> {
        let cloudwatch = &self.cloudwatch;
        let Some(alarm) = cloudwatch.alarms.get(name) else { return Vec::new() };
        let Kind::Metric(metric) = &alarm.kind else { return Vec::new() };
        let points = metric.points(&cloudwatch.metrics, self.context.now);
        let values: Vec<_> = points.iter().map(|point| point.value).collect();
        let verdict = metric.criteria.judge(&values);
        let recent = verdict.counted.iter().rev();
        let recent = recent.filter_map(|place| *values.get(*place)?).collect();
        let other = verdict.state.filter(|state| *state != alarm.state.value);
        let state =
            other.map(|value| reason::state(metric, value, &verdict, &points, self.context.now));
        if let Some(state) = state {
            self.change_alarm(name, state);
        }
        self.firings(name, recent)
    }

    /// What the alarm asks of scaling policies in its state.
    pub(super) fn firings(&self, name: &str, recent: Vec<f64>) -> Vec<Firing> {
        let Some(alarm) = self.cloudwatch.alarms.get(name) else { return Vec::new() };
        let Kind::Metric(metric) = &alarm.kind else { return Vec::new() };
        let actions = alarm.actions.of(alarm.state.value).iter();
        let policies = actions.filter(|arn| alarm.actions_enabled && arn.contains(":autoscaling:"));
        let firing = |policy: &String| Firing {
            policy: policy.clone(),
            alarm: name.to_owned(),
            threshold: metric.criteria.threshold,
            recent: recent.clone(),
        };
        policies.map(firing).collect()
    }
}

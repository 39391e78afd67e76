//! Each minute: metrics are measured and published, alarms evaluated, and scaling
//! policies called for as long as their alarms last.

use std::collections::btree_map::Entry;

use region_core::Time;
use region_core::wording::seconds;
use time::Duration;

use crate::account::{Account, Due, Measured, ScalingAction};
use crate::alarm::Kind;
use crate::cloudwatch::CloudWatch;
use crate::late::LateSamples;
use crate::metrics::{MINUTE, Sampled, Summary};
use crate::reason;
use crate::units;

impl CloudWatch {
    /// Measure and evaluate each minute from now on, because there is an alarm or a load.
    pub fn begin_minutes(&mut self, account: &mut dyn Account) {
        if !std::mem::replace(&mut self.started, true) {
            let now = account.now();
            let past = now.unix_timestamp().rem_euclid(MINUTE);
            let whole = now.replace_nanosecond(0).unwrap_or(now);
            account.schedule(whole + Duration::seconds(MINUTE - past), Due::Minute);
        }
    }

    /// A minute is over: what it measured is published a little later, and then evaluated.
    pub(crate) fn minute(&mut self, account: &mut dyn Account) {
        let now = account.now();
        let time = now - Duration::seconds(MINUTE);
        let delay = self.settings.metric_delay_seconds;
        for Measured { metric, unit, value, count } in account.measure() {
            let (id, samples) = (metric.id(), Summary::of(value, count));
            let unit = units::unit(unit).unwrap_or(units::NONE);
            let rules = &self.settings.late_samples;
            let (in_time, late) = LateSamples::part(rules, &id.name, samples, account.rng());
            let late = late.map(|late| (late.samples, late.seconds.max(delay)));
            for (samples, after) in in_time.map(|samples| (samples, delay)).into_iter().chain(late)
            {
                let sampled = Sampled { id: id.clone(), unit, time, samples };
                self.publish_at(account, now + seconds(after), sampled);
            }
        }
        account.schedule(now + seconds(self.settings.alarm_delay_seconds), Due::Alarms);
        account.schedule(now + Duration::seconds(MINUTE), Due::Minute);
    }

    fn publish_at(&mut self, account: &mut dyn Account, at: Time, sampled: Sampled) {
        match self.unpublished.entry(at) {
            Entry::Occupied(mut waiting) => waiting.get_mut().push(sampled),
            Entry::Vacant(nothing) => {
                nothing.insert(vec![sampled]);
                account.schedule(at, Due::Publish);
            }
        }
    }

    /// What was measured and can be read by now is published.
    pub(crate) fn publish_measured(&mut self, now: Time) {
        while let Some(waiting) = self.unpublished.first_entry() {
            if *waiting.key() > now {
                break;
            }
            for sampled in waiting.remove() {
                self.metrics.record(sampled);
            }
        }
    }

    /// Evaluate every metric alarm, then call the scaling policies of the states found:
    /// again each minute, whatever the alarm's period
    /// (<https://repost.aws/knowledge-center/autoscaling-policy-cloudwatch-alarm>).
    pub(crate) fn evaluate_alarms(&mut self, account: &mut dyn Account) {
        let names: Vec<String> = self.alarms.keys().cloned().collect();
        let mut actions = Vec::new();
        for name in &names {
            actions.extend(self.evaluate_alarm(account, name));
        }
        account.scale(actions);
    }

    fn evaluate_alarm(&mut self, account: &mut dyn Account, name: &str) -> Vec<ScalingAction> {
        let Some(alarm) = self.alarms.get(name) else { return Vec::new() };
        let Kind::Metric(metric) = &alarm.kind else { return Vec::new() };
        let points = metric.points(&self.metrics, account.now());
        let values: Vec<_> = points.iter().map(|point| point.value).collect();
        let verdict = metric.criteria.judge(&values);
        let recent = verdict.counted.iter().rev();
        let recent = recent.filter_map(|place| *values.get(*place)?).collect();
        let other = verdict.state.filter(|state| *state != alarm.state.value);
        let state =
            other.map(|value| reason::state(metric, value, &verdict, &points, account.now()));
        if let Some(state) = state {
            self.change_alarm(account, name, state);
        }
        self.scaling_actions(name, recent)
    }

    /// What the alarm asks of scaling policies in its state.
    pub(crate) fn scaling_actions(&self, name: &str, recent: Vec<f64>) -> Vec<ScalingAction> {
        let Some(alarm) = self.alarms.get(name) else { return Vec::new() };
        let Kind::Metric(metric) = &alarm.kind else { return Vec::new() };
        let actions = alarm.actions.of(alarm.state.value).iter();
        let policies = actions.filter(|arn| alarm.actions_enabled && arn.contains(":autoscaling:"));
        let action = |policy: &String| ScalingAction {
            policy: policy.clone(),
            alarm: name.to_owned(),
            threshold: metric.criteria.threshold,
            recent: recent.clone(),
        };
        policies.map(action).collect()
    }
}

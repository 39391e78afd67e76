//! Each minute: metrics are measured and published, alarms evaluated, and scaling
//! policies called for as long as their alarms last. What has a higher resolution has a
//! rhythm of its own.

use std::collections::btree_map::Entry;

use region_core::Time;
use region_core::wording::seconds;
use time::Duration;

use crate::account::{Account, Due, Measured, Resolution, ScalingAction};
use crate::alarm::{Kind, MetricAlarm};
use crate::cloudwatch::CloudWatch;
use crate::late::LateSamples;
use crate::metrics::{MINUTE, Sampled, Summary, start_of};
use crate::reason;
use crate::units;

/// Seconds between two evaluations of an alarm whose period is below a minute ("Alarm evaluation").
const SHORT_EVALUATION: i64 = 10;

impl CloudWatch {
    /// Measure and evaluate each minute from now on, because there is an alarm or a load.
    pub fn begin_minutes(&mut self, account: &mut dyn Account) {
        if !std::mem::replace(&mut self.started, true) {
            let next = next_multiple(account.now(), MINUTE);
            account.schedule(next, Due::Minute);
        }
    }

    /// Measure and evaluate at high resolution too from now on.
    pub fn begin_short_periods(&mut self, account: &mut dyn Account) {
        if !std::mem::replace(&mut self.started_short, true) {
            let now = account.now();
            account.schedule(next_multiple(now, Resolution::Third.seconds()), Due::Third);
            account.schedule(next_multiple(now, SHORT_EVALUATION), Due::ShortAlarms);
        }
    }

    /// A minute is over: what it measured is published a little later, and then evaluated.
    pub(crate) fn minute(&mut self, account: &mut dyn Account) {
        let now = account.now();
        self.measure(account, Resolution::Minute);
        account.schedule(now + seconds(self.settings.alarm_delay_seconds), Due::Alarms);
        account.schedule(now + Duration::seconds(MINUTE), Due::Minute);
    }

    /// 20 seconds are over.
    pub(crate) fn third(&mut self, account: &mut dyn Account) {
        let resolution = Resolution::Third;
        self.measure(account, resolution);
        account.schedule(account.now() + Duration::seconds(resolution.seconds()), Due::Third);
    }

    fn measure(&mut self, account: &mut dyn Account, resolution: Resolution) {
        let now = account.now();
        let time = now - Duration::seconds(resolution.seconds());
        let delay = self.settings.metric_delay_seconds;
        for Measured { metric, unit, value, count } in account.measure(resolution) {
            let (id, samples) = (metric.id(), Summary::of(value, count));
            let unit = units::unit(unit).unwrap_or(units::NONE);
            let rules = &self.settings.late_samples;
            let (in_time, late) = LateSamples::part(rules, &id.name, samples, account.rng());
            let late = late.map(|late| (late.samples, late.seconds.max(delay)));
            for (samples, after) in in_time.map(|samples| (samples, delay)).into_iter().chain(late)
            {
                let sampled = Sampled { id: id.clone(), unit, time, resolution, samples };
                self.publish_at(account, now + seconds(after), sampled);
            }
        }
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
        self.evaluate_those(account, |alarm| !alarm.is_short());
    }

    /// Evaluate the alarms whose period is below a minute. They call scaling policies when
    /// their state changes, and again each period
    /// (<https://aws.amazon.com/blogs/aws/amazon-ecs-introduces-new-high-resolution-metrics-for-faster-service-auto-scaling/>).
    pub(crate) fn evaluate_short_alarms(&mut self, account: &mut dyn Account) {
        account.schedule(account.now() + Duration::seconds(SHORT_EVALUATION), Due::ShortAlarms);
        self.evaluate_those(account, MetricAlarm::is_short);
    }

    fn evaluate_those(&mut self, account: &mut dyn Account, which: fn(&MetricAlarm) -> bool) {
        let due = self
            .alarms
            .values()
            .filter(|alarm| matches!(&alarm.kind, Kind::Metric(metric) if which(metric)));
        let names: Vec<String> = due.map(|alarm| alarm.name.clone()).collect();
        let mut actions = Vec::new();
        for name in &names {
            actions.extend(self.evaluate_alarm(account, name));
        }
        account.scale(actions);
    }

    fn evaluate_alarm(&mut self, account: &mut dyn Account, name: &str) -> Vec<ScalingAction> {
        let now = account.now();
        let Some(alarm) = self.alarms.get(name) else { return Vec::new() };
        let Kind::Metric(metric) = &alarm.kind else { return Vec::new() };
        let points = metric.points(&self.metrics, now);
        let values: Vec<_> = points.iter().map(|point| point.value).collect();
        let verdict = metric.criteria.judge(&values);
        let recent = verdict.counted.iter().rev();
        let recent = recent.filter_map(|place| *values.get(*place)?).collect();
        let pause = Duration::seconds(metric.period);
        let called = alarm.called_at.filter(|_| metric.is_short());
        let other = verdict.state.filter(|state| *state != alarm.state.value);
        let state = other.map(|value| reason::state(metric, value, &verdict, &points, now));
        let calls = state.is_some() || called.is_none_or(|at| at + pause <= now);
        if let Some(state) = state {
            self.change_alarm(account, name, state);
        }
        if !calls {
            return Vec::new();
        }
        if let Some(alarm) = self.alarms.get_mut(name) {
            alarm.called_at = Some(now);
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

/// The next whole multiple of a number of seconds, after `now`.
fn next_multiple(now: Time, length: i64) -> Time {
    let past = now.unix_timestamp() - start_of(now, length);
    let whole = now.replace_nanosecond(0).unwrap_or(now);
    whole + Duration::seconds(length - past)
}

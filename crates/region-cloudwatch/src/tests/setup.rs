//! A CloudWatch with a clock, in an account that reports what a test sets.

use rand::SeedableRng as _;
use rand::rngs::StdRng;
use region_core::Time;
use region_core::agenda::Agenda;
use region_core::api::ApiError;
use region_core::wording::seconds;
use serde_json::{Value, json};

use crate::*;

pub(super) const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:alarms";

#[derive(Debug)]
pub(super) struct TestAccount {
    now: Time,
    rng: StdRng,
    agenda: Agenda<Due>,
    measured: Vec<Measured>,
    resolution: Resolution,
    /// The details of events.
    events: Vec<Value>,
    /// Subjects and messages.
    published: Vec<(String, Value)>,
    actions: Vec<ScalingAction>,
}

impl Account for TestAccount {
    fn now(&self) -> Time {
        self.now
    }

    fn rng(&mut self) -> &mut StdRng {
        &mut self.rng
    }

    fn schedule(&mut self, at: Time, due: Due) {
        self.agenda.at(at, due);
    }

    fn measure(&self, resolution: Resolution) -> Vec<Measured> {
        let measured = self.measured.iter().filter(|_| resolution == self.resolution);
        measured.cloned().collect()
    }

    fn emit(&mut self, _: String, detail_type: &str, _: &str, detail: Value) {
        assert_eq!(detail_type, "CloudWatch Alarm State Change");
        self.events.push(detail);
    }

    fn publish(&mut self, _: &str, topic_arn: String, subject: String, message: String) {
        assert_eq!(topic_arn, TOPIC);
        self.published.push((subject, serde_json::from_str(&message).unwrap()));
    }

    fn scale(&mut self, actions: Vec<ScalingAction>) {
        self.actions.extend(actions);
    }
}

pub(super) struct Setup {
    cloudwatch: CloudWatch,
    account: TestAccount,
}

impl Setup {
    /// Nothing is measured at midnight, 1 January 2026.
    pub(super) fn new() -> Self {
        Self::with(Settings::default())
    }

    pub(super) fn with(settings: Settings) -> Self {
        let account = TestAccount {
            now: Time::from_unix_timestamp(1_767_225_600).unwrap(),
            rng: StdRng::seed_from_u64(7),
            agenda: Agenda::default(),
            measured: Vec::new(),
            resolution: Resolution::Minute,
            events: Vec::new(),
            published: Vec::new(),
            actions: Vec::new(),
        };
        Self { cloudwatch: CloudWatch::new(settings), account }
    }

    pub(super) fn now(&self) -> Time {
        self.account.now
    }

    pub(super) fn wait(&mut self, count: u64) {
        let end = self.account.now + seconds(count);
        while let Some((when, due)) = self.account.agenda.pop_due(end) {
            self.account.now = when;
            self.cloudwatch.run(&mut self.account, due);
        }
        self.account.now = end;
    }

    /// Report these metrics of ECS from now on, instead of those before: name, value and samples.
    pub(super) fn report(&mut self, metrics: &[(&str, f64, f64)], dimensions: &[Dimension]) {
        let measured = metrics.iter().map(|(name, value, count)| Measured {
            metric: Metric {
                namespace: "AWS/ECS".to_owned(),
                metric_name: (*name).to_owned(),
                dimensions: dimensions.to_vec(),
            },
            unit: "Percent",
            value: *value,
            count: *count,
        });
        self.account.measured = measured.collect();
        self.cloudwatch.begin_minutes(&mut self.account);
    }

    /// Report the CPU utilization of two tasks of the service `web`, in percent.
    pub(super) fn report_cpu(&mut self, percent: f64) {
        self.report(&[("CPUUtilization", percent, 2.0)], &web());
    }

    /// The same, every 20 seconds.
    pub(super) fn report_cpu_often(&mut self, percent: f64) {
        self.account.resolution = Resolution::Third;
        self.report_cpu(percent);
        self.cloudwatch.begin_short_periods(&mut self.account);
    }

    pub(super) fn report_nothing(&mut self) {
        self.account.measured.clear();
    }

    pub(super) fn call(&mut self, operation: &str, input: Value) -> Value {
        self.try_call(operation, input).unwrap()
    }

    pub(super) fn try_call(&mut self, operation: &str, input: Value) -> Result<Value, ApiError> {
        self.cloudwatch.call(&mut self.account, operation, &input)
    }

    pub(super) fn set_tags(&mut self, tags: SetAlarmTags) -> Result<(), ApiError> {
        self.cloudwatch.set_alarm_tags(tags)
    }

    pub(super) fn put(&mut self, alarm: PutMetricAlarm) {
        self.try_put(alarm).unwrap();
    }

    pub(super) fn try_put(&mut self, alarm: PutMetricAlarm) -> Result<(), ApiError> {
        self.cloudwatch.put_metric_alarm(&mut self.account, alarm)
    }

    pub(super) fn compose(&mut self, alarm: PutCompositeAlarm) {
        self.try_compose(alarm).unwrap();
    }

    pub(super) fn try_compose(&mut self, alarm: PutCompositeAlarm) -> Result<(), ApiError> {
        self.cloudwatch.put_composite_alarm(&mut self.account, alarm)
    }

    /// Put an alarm in a state.
    pub(super) fn set(&mut self, name: &str, state: &str) {
        let input = json!({"AlarmName": name, "StateValue": state, "StateReason": "set"});
        self.call("SetAlarmState", input);
    }

    pub(super) fn state(&self, name: &str) -> &'static str {
        self.cloudwatch.alarm_state(name).unwrap().as_str()
    }

    /// The alarm, as DescribeAlarms shows it.
    pub(super) fn shown(&mut self, name: &str) -> Value {
        let types = ["MetricAlarm", "CompositeAlarm"];
        let input = json!({"AlarmNames": [name], "AlarmTypes": types});
        let answer = self.call("DescribeAlarms", input);
        let lists = ["MetricAlarms", "CompositeAlarms"];
        lists.map(|list| answer[list].as_array().unwrap().clone()).concat().remove(0)
    }

    /// The details of the events since they were last taken.
    pub(super) fn events(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.account.events)
    }

    /// The subjects and messages since they were last taken.
    pub(super) fn published(&mut self) -> Vec<(String, Value)> {
        std::mem::take(&mut self.account.published)
    }

    /// The scaling actions since they were last taken.
    pub(super) fn actions(&mut self) -> Vec<ScalingAction> {
        std::mem::take(&mut self.account.actions)
    }
}

/// The dimensions of the service `web`.
pub(super) fn web() -> Vec<Dimension> {
    let dimension =
        |name: &str, value: &str| Dimension { name: name.to_owned(), value: value.to_owned() };
    vec![dimension("ServiceName", "web"), dimension("ClusterName", "default")]
}

/// Both of two minutes above 70 percent.
pub(super) fn cpu_high() -> PutMetricAlarm {
    PutMetricAlarm {
        alarm_name: "web-cpu-high".to_owned(),
        alarm_actions: vec![TOPIC.to_owned()],
        namespace: Some("AWS/ECS".to_owned()),
        metric_name: Some("CPUUtilization".to_owned()),
        statistic: Some(Statistic::Average),
        dimensions: web(),
        period: Some(60),
        evaluation_periods: 2,
        threshold: Some(70.0),
        comparison_operator: Some(Comparison::GreaterThanThreshold),
        ..PutMetricAlarm::default()
    }
}

/// That CPU utilization, watched by that alarm, ten seconds into the third minute.
pub(super) fn watched(alarm: PutMetricAlarm, percent: f64) -> Setup {
    let mut setup = Setup::new();
    setup.put(alarm);
    setup.report_cpu(percent);
    setup.wait(130);
    setup
}

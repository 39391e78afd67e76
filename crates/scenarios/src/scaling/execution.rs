//! Executes a random run of scaling.

use region::api::Api;
use region::messaging::Publish;
use region::names::{ACCOUNT, REGION};
use region::observer::Shared;
use region::services::{Control, LifecycleState, PutParameter, SetAlarmTags, Tag, UpdateService};
use serde_json::json;
use time::Duration;
use time::format_description::well_known::Rfc3339;

use super::cluster::set_load_of;
use super::oracle::{Oracle, Rules, Scalings, Target};
use super::rules::{additional_alarm, rules};
use super::{Action, Document, Figures, Load, Names, Scaled, Scaling, What, alarm_topic, shown};
use crate::error::Error;
use crate::random::{Execution, Finished, Parameters, Run};
use crate::rehearsal::Rehearsal;
use crate::stack;

/// Seconds between two checks whether the run is over.
const POLL: u64 = 60;

/// Seconds without scaling after which a run is over: the time until any alarm changes its state,
/// plus the time in which the requeue loop must end, and a margin.
const CALM: u64 = 660;

/// The longest run in seconds: the time from the most tasks to the fewest at a tenth per cooldown,
/// and for a message whose run crashed five times.
const LONGEST: u64 = 4 * 3_600;

/// A random run in progress.
#[derive(Debug)]
pub struct ScalingRun {
    rehearsal: Rehearsal,
    clusters: Vec<Cluster>,
}

/// A cluster that is scaled, with its oracle.
#[derive(Debug)]
struct Cluster {
    setup: Scaled,
    oracle: Shared<Oracle>,
    rules: Rules,
}

impl Execution<Scaling> for ScalingRun {
    async fn begin(run: &Run<Scaling>, rehearsal: Rehearsal) -> Result<Self, Error> {
        let mut clusters = Vec::new();
        for (place, setup) in run.setup.clusters.iter().enumerate() {
            let rules = rules(setup, Names::of(place), &run.environment);
            let oracle = Shared::new(Oracle::new(rules.clone()));
            let cluster = setup.cluster(rules.names.clone());
            cluster.create(&rehearsal)?;
            for (name, value) in cluster.documents()? {
                let made = Control::PutParameter(PutParameter { name, value });
                oracle.get().configured(rehearsal.live.now(), &made);
            }
            rehearsal.live.with(|region, _| region.observe(oracle.clone()));
            if setup.has_additional_policy() {
                let alarm = additional_alarm(&rules.names);
                rehearsal.control(Control::PutMetricAlarm(alarm))?;
            }
            clusters.push(Cluster { setup: setup.clone(), oracle, rules });
        }
        rehearsal.keep_hooks().await?;
        Ok(Self { rehearsal, clusters })
    }

    fn occur(&self, (place, Load { cpu, memory }): (usize, Load)) -> Result<(), Error> {
        let Some(cluster) = self.clusters.get(place) else { return Ok(()) };
        cluster.oracle.get().loaded(self.rehearsal.live.now(), cpu);
        let metrics = shown::by(&cluster.setup.parameters, cpu);
        set_load_of(&self.rehearsal, &cluster.rules.names, cpu, memory, metrics)?;
        Ok(())
    }

    fn act(&self, Action { cluster, what }: &Action) -> Result<(), Error> {
        let Some(cluster) = self.clusters.get(*cluster) else { return Ok(()) };
        let target = match what {
            What::SetTasks(_) => Some(Target::Tasks),
            What::SetInstances(_) | What::Kill => Some(Target::Instances),
            _ => None,
        };
        cluster.oracle.get().interfered(self.rehearsal.live.now(), target);
        let names = &cluster.rules.names;
        let service = UpdateService {
            name: names.service.clone(),
            cluster: names.cluster.clone(),
            ..UpdateService::default()
        };
        let control = match what {
            What::Deploy => Control::UpdateService(UpdateService { deploy: true, ..service }),
            What::SetTasks(tasks) => {
                Control::UpdateService(UpdateService { desired: Some(*tasks), ..service })
            }
            What::SetInstances(instances) => {
                Control::SetDesiredCapacity(names.group.clone(), *instances)
            }
            What::SetAlarm(place) => return self.set_alarm(cluster.alarm(*place)),
            What::ForgeMessage(place, ago) => {
                self.forge_message(cluster.alarm(*place), *ago);
                return Ok(());
            }
            What::Ask => {
                for policy in &cluster.rules.policies {
                    self.forge_message(&policy.alarm, 0);
                }
                return Ok(());
            }
            What::Kill => Control::KillInstance(self.serving(names).unwrap_or_default()),
            What::SwitchOff => return self.switch_off(),
            What::ReplaceDocument(most) => {
                let Some(text) = cluster.document(Document::Service)? else { return Ok(()) };
                let least = cluster.rules.tasks_min;
                let bound = |most| format!(r#""MaxCapacity":{most}"#);
                let text =
                    text.replace(&bound(cluster.rules.tasks_max), &bound((*most).max(least)));
                put(names, Document::Service, text)
            }
            What::DeleteDocument(document) => Control::DeleteParameter(path(names, *document)),
            What::SpoilDocument(document) => put(names, *document, r#"{"Policies":7}"#.to_owned()),
            What::RestoreDocument(document) => {
                let Some(text) = cluster.document(*document)? else { return Ok(()) };
                put(names, *document, text)
            }
            What::RemoveTag(place) => cluster.tagged(*place, false),
            What::RestoreTag(place) => cluster.tagged(*place, true),
            What::ThrottleParameters(throttles) => Control::ThrottleParameters(*throttles),
        };
        self.rehearsal.try_control(control);
        Ok(())
    }

    /// Waits until nothing was scaled for [`CALM`].
    async fn finish(self, mut second: u64) -> Finished<Scaling> {
        self.rehearsal.try_control(Control::ThrottleParameters(false));
        let mut calm = 0;
        while calm < CALM {
            self.rehearsal.pass(POLL).await;
            second += POLL;
            let rests = self.rehearsal.live.observe(|region, _| {
                let mut clusters = self.clusters.iter();
                clusters.all(|cluster| cluster.oracle.get().rests(region.services()))
            });
            calm = if rests { calm + POLL } else { 0 };
            if second > LONGEST {
                self.restless(second);
                break;
            }
        }
        let (mut violations, mut scalings) = (Vec::new(), Scalings::default());
        for cluster in &self.clusters {
            let oracle = cluster.oracle.get();
            violations.extend(oracle.violations().iter().cloned());
            scalings += oracle.scalings();
        }
        (violations, Figures { scalings, virtual_seconds: second })
    }
}

impl Cluster {
    /// The name of the alarm with this index, modulo the number of alarms.
    fn alarm(&self, place: usize) -> &str {
        let policies = &self.rules.policies;
        policies.get(place % policies.len()).map_or("", |policy| policy.alarm.as_str())
    }

    /// The document that the stacks make; `None` if they make none.
    fn document(&self, document: Document) -> Result<Option<String>, Error> {
        let names = &self.rules.names;
        let mut all = self.setup.cluster(names.clone()).documents()?;
        Ok(all.remove(&path(names, document)))
    }

    /// The tags of an alarm, with its target or without.
    fn tagged(&self, place: usize, has_target: bool) -> Control {
        let alarm = self.alarm(place);
        let Names { cluster, service, group, .. } = &self.rules.names;
        let policy = self.rules.policies.iter().find(|policy| policy.alarm == alarm);
        let value = match policy.map(|policy| policy.target) {
            Some(Target::Instances) => format!("autoScalingGroup/{group}"),
            _ => format!("service/{cluster}/{service}"),
        };
        let tag = Tag { key: "ecs-tide:target".to_owned(), value };
        let tags = if has_target { vec![tag] } else { Vec::new() };
        Control::SetAlarmTags(SetAlarmTags { alarm_name: alarm.to_owned(), tags })
    }
}

fn path(names: &Names, document: Document) -> String {
    match document {
        Document::Service => names.service_document(),
        Document::Group => names.group_document(),
    }
}

fn put(names: &Names, document: Document, value: String) -> Control {
    Control::PutParameter(PutParameter { name: path(names, document), value })
}

impl ScalingRun {
    /// Reports the clusters that do not come to rest.
    fn restless(&self, second: u64) {
        let now = self.rehearsal.live.now();
        for cluster in &self.clusters {
            let mut oracle = cluster.oracle.get();
            if !self.rehearsal.live.observe(|region, _| oracle.rests(region.services())) {
                oracle.restless(now, format!("scaling goes on after {second} s"));
            }
        }
    }

    /// An instance of the group in service.
    fn serving(&self, names: &Names) -> Option<String> {
        self.rehearsal.live.observe(|region, _| {
            let mut instances = region.services().truth().instances();
            let serving = instances.find(|instance| {
                instance.group == names.group && instance.state == LifecycleState::InService
            });
            serving.map(|instance| instance.id.to_owned())
        })
    }

    /// Sets a metric alarm to ALARM until its next evaluation. A composite alarm is left alone,
    /// because only a change of its children would correct its state.
    fn set_alarm(&self, name: &str) -> Result<(), Error> {
        if name.ends_with("-both") {
            return Ok(());
        }
        let input = json!({
            "AlarmName": name,
            "StateValue": "ALARM",
            "StateReason": "to see what happens",
        });
        self.rehearsal
            .live
            .with(|region, now| region.call(now, Api::CloudWatch, "SetAlarmState", &input))?;
        Ok(())
    }

    fn forge_message(&self, name: &str, ago: u64) {
        let ago = Duration::seconds(i64::try_from(ago).unwrap_or_default());
        self.rehearsal.live.with(|region, now| {
            let arn = format!("arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}");
            let message = json!({
                "AlarmName": name,
                "AlarmArn": arn,
                "AWSAccountId": ACCOUNT,
                "NewStateValue": "ALARM",
                "OldStateValue": "OK",
                "StateChangeTime": (now - ago).format(&Rfc3339).unwrap_or_default(),
            });
            let (topic_arn, message) = (alarm_topic(), message.to_string());
            region.remark(now, &format!("a message says that {name} went into ALARM"));
            let publish = Publish { topic_arn, message, ..Publish::default() };
            region.messaging_mut().publish_alarm(now, &arn, publish);
        });
    }

    fn switch_off(&self) -> Result<(), Error> {
        let first = self.clusters.first().map(|first| &first.setup.parameters);
        let mut parameters = stack::declared(first.unwrap_or(&Parameters::new()))?;
        parameters.insert("ScalingSwitch".to_owned(), "off".to_owned());
        self.rehearsal.update(&stack::wired(&parameters)?)?;
        for cluster in &self.clusters {
            let now = self.rehearsal.live.now();
            cluster.oracle.get().interfered(now, None);
            cluster.oracle.get().switched_off(now);
        }
        self.rehearsal.live.with(|region, now| region.remark(now, "scaling is off"));
        Ok(())
    }
}

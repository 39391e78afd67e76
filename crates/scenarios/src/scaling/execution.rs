//! Executes a random run of scaling.

use region::api::Api;
use region::messaging::Publish;
use region::names::{ACCOUNT, REGION};
use region::observer::Shared;
use region::services::{Control, LifecycleState, UpdateService};
use serde_json::json;
use time::Duration;
use time::format_description::well_known::Rfc3339;

use super::oracle::{Oracle, Rules, Target};
use super::rules::{additional_alarm, rules};
use super::{Action, Figures, Load, SERVICE, Scaling, Setup, alarm_topic, set_load_shown, shown};
use crate::error::Error;
use crate::random::{Execution, Finished, Run};
use crate::rehearsal::Rehearsal;
use crate::stack::{self, CLUSTER, GROUP};

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
    setup: Setup,
    rehearsal: Rehearsal,
    oracle: Shared<Oracle>,
    rules: Rules,
}

impl Execution<Scaling> for ScalingRun {
    fn begin(run: &Run<Scaling>, rehearsal: Rehearsal) -> Result<Self, Error> {
        let setup = run.setup.clone();
        let cluster = setup.cluster();
        cluster.create(&rehearsal)?;
        let rules = rules(&setup, &run.environment);
        let oracle = Shared::new(Oracle::new(rules.clone()));
        rehearsal.live.with(|region, _| region.observe(oracle.clone()));
        if setup.has_additional_policy() {
            rehearsal.control(Control::PutMetricAlarm(additional_alarm()))?;
        }
        Ok(Self { setup, rehearsal, oracle, rules })
    }

    fn occur(&self, Load { cpu, memory }: Load) -> Result<(), Error> {
        self.oracle.get().loaded(self.rehearsal.live.now(), cpu);
        let metrics = shown::by(&self.setup.parameters, cpu);
        set_load_shown(&self.rehearsal, cpu, memory, metrics)?;
        Ok(())
    }

    fn act(&self, action: &Action) -> Result<(), Error> {
        let target = match action {
            Action::SetTasks(_) => Some(Target::Tasks),
            Action::SetInstances(_) | Action::Kill => Some(Target::Instances),
            _ => None,
        };
        self.oracle.get().interfered(self.rehearsal.live.now(), target);
        let service = UpdateService {
            name: SERVICE.to_owned(),
            cluster: CLUSTER.to_owned(),
            ..UpdateService::default()
        };
        let control = match action {
            Action::Deploy => Control::UpdateService(UpdateService { deploy: true, ..service }),
            Action::SetTasks(tasks) => {
                Control::UpdateService(UpdateService { desired: Some(*tasks), ..service })
            }
            Action::SetInstances(instances) => {
                Control::SetDesiredCapacity(GROUP.to_owned(), *instances)
            }
            Action::SetAlarm(place) => return self.set_alarm(*place),
            Action::ForgeMessage(place, ago) => {
                self.forge_message(*place, *ago);
                return Ok(());
            }
            Action::Kill => Control::KillInstance(self.serving().unwrap_or_default()),
            Action::SwitchOff => return self.switch_off(),
        };
        self.rehearsal.try_control(control);
        Ok(())
    }

    /// Waits until nothing was scaled for [`CALM`].
    async fn finish(self, mut second: u64) -> Finished<Scaling> {
        let mut calm = 0;
        while calm < CALM {
            self.rehearsal.pass(POLL).await;
            second += POLL;
            let rests =
                self.rehearsal.live.observe(|region, _| self.oracle.get().rests(region.services()));
            calm = if rests { calm + POLL } else { 0 };
            if second > LONGEST {
                let what = format!("scaling goes on after {second} s");
                self.oracle.get().restless(self.rehearsal.live.now(), what);
                break;
            }
        }
        let oracle = self.oracle.get();
        let figures = Figures { scalings: oracle.scalings(), virtual_seconds: second };
        (oracle.violations().to_vec(), figures)
    }
}

impl ScalingRun {
    /// An instance in service.
    fn serving(&self) -> Option<String> {
        self.rehearsal.live.observe(|region, _| {
            let mut instances = region.services().truth().instances();
            let serving = instances.find(|instance| instance.state == LifecycleState::InService);
            serving.map(|instance| instance.id.to_owned())
        })
    }

    /// The name of the alarm with this index, modulo the number of alarms.
    fn alarm(&self, place: usize) -> &str {
        let policies = &self.rules.policies;
        policies.get(place % policies.len()).map_or("", |policy| policy.alarm.as_str())
    }

    /// Sets a metric alarm to ALARM until its next evaluation. A composite alarm is left alone,
    /// because only a change of its children would correct its state.
    fn set_alarm(&self, place: usize) -> Result<(), Error> {
        let name = self.alarm(place);
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

    fn forge_message(&self, place: usize, ago: u64) {
        let name = self.alarm(place);
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
        let mut parameters = stack::declared(&self.setup.parameters)?;
        parameters.insert("ScalingSwitch".to_owned(), "off".to_owned());
        self.rehearsal.update(&stack::wired(&parameters)?)?;
        self.oracle.get().switched_off(self.rehearsal.live.now());
        self.rehearsal.live.with(|region, now| region.remark(now, "scaling is off"));
        Ok(())
    }
}

//! What an installation costs while nothing drains in any of its clusters.

use std::time::Duration as Pause;

use region::client::Interceptor;
use region::services::{Control, CreateGroup};
use scenarios::{Error, stack};

use super::Fleet;
use crate::cost::{self, Usage};
use crate::quiet::Meter;
use crate::target::{Target, number};

const MONITORING: &str = include_str!("../../../../stacks/monitoring.yaml");
const SERVICE: &str = include_str!("../../../../stacks/service-scaling.yaml");
const CLUSTER: &str = include_str!("../../../../stacks/cluster-scaling.yaml");

/// Groups of each cluster.
const GROUPS: usize = 5;

/// Instances of each group.
const INSTANCES: usize = 4;

/// Time for hook-keeper to put a thousand hooks at two calls a second.
const SETTLE: Pause = Pause::from_secs(45 * 60);

/// In which hook-keeper describes the hooks of every group once.
const SPAN: Pause = Pause::from_secs(6 * 3_600);

const DAY: f64 = 86_400.0;

/// The most that many clusters may cost of what one does.
const MOST: f64 = 2.0;

/// An idle span of an installation.
#[derive(Debug)]
pub(super) struct Idle {
    pub(super) clusters: usize,
    pub(super) usage: Usage,
}

/// Measures this number of clusters, each with five groups of four instances.
///
/// # Errors
/// The template or an environment is invalid.
pub(super) async fn day(clusters: usize, seed: u64) -> Result<Idle, Error> {
    span(clusters, seed, SPAN).await
}

/// The same for another span.
///
/// # Errors
/// See [`day`].
pub(super) async fn span(clusters: usize, seed: u64, span: Pause) -> Result<Idle, Error> {
    let fleet = Fleet::begin(stack::wiring(&[])?, seed, Interceptor::none()).await?;
    for number in 0..clusters * GROUPS {
        let cluster = format!("c{}", number / GROUPS);
        fleet.rehearsal.control(Control::CreateGroup(CreateGroup {
            name: format!("group-{number}"),
            desired: INSTANCES,
            tags: stack::opted_in(&cluster),
            cluster,
            ..CreateGroup::default()
        }))?;
    }
    tokio::time::sleep(SETTLE).await;
    let meter = Meter::start(&fleet.rehearsal, &fleet.drainer)?;
    tokio::time::sleep(span).await;
    Ok(Idle { clusters, usage: meter.read(&fleet.rehearsal, &fleet.drainer, span)? })
}

impl Idle {
    fn a_day(&self, count: u64) -> f64 {
        number(count) * DAY / self.usage.span.as_secs_f64()
    }

    pub(super) fn calls(&self) -> f64 {
        self.a_day(self.usage.bill.calls())
    }

    pub(super) fn invocations(&self) -> f64 {
        self.a_day(self.usage.bill.invocations)
    }

    /// US dollars a month, with the alarms of the installation.
    pub(super) fn usd(&self) -> f64 {
        self.usage.a_month() + cost::alarms(alarms_in(MONITORING))
    }

    /// US dollars a month for alarms of a service and a group in each cluster, by which
    /// alarm-scaling or AWS's own policies scale.
    pub(super) fn usd_of_scaling(&self) -> f64 {
        cost::alarms(self.clusters * (alarms_in(SERVICE) + alarms_in(CLUSTER)))
    }
}

/// The number of alarms that a template makes with all its options.
fn alarms_in(template: &str) -> usize {
    template.matches("Type: AWS::CloudWatch::Alarm\n").count()
}

pub(super) fn targets(one: &Idle, many: &Idle) -> Vec<Target> {
    let what = |what: &str| format!("{} idle clusters: {what}, ratio", many.clusters);
    vec![
        Target {
            what: what("invocations"),
            measured: many.invocations() / one.invocations(),
            most: MOST,
        },
        Target { what: what("cost"), measured: many.usd() / one.usd(), most: MOST },
    ]
}

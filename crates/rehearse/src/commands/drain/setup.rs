//! What a rehearsal of a drain sets up: the cluster, the parameters of the stack, and the time limit.

use std::time::Duration;

use region::wiring::Wiring;
use scenarios::draining::cluster::DrainedCluster;
use scenarios::stack;

use crate::cli::Drain;
use crate::cli::stop::StopSeconds;
use crate::error::Error;

/// In real time, so that a drain of half a minute gets requeue messages too.
const SHORTENED: (&str, &str) = ("LaterSeconds", "10");

/// The longest duration of a drain in real time: several times the usual one.
const LIMIT: Duration = Duration::from_secs(120);

/// The longest duration of a drain in virtual time: the template's default deadline.
const VIRTUAL_LIMIT: Duration = Duration::from_secs(7200);

/// The time that a drain takes beside deregistration and stop, and more.
const MARGIN_SECONDS: u64 = 60;

/// The setup of a drain.
pub(super) struct Setup {
    pub(super) cluster: DrainedCluster,
    pub(super) wiring: Wiring,
    pub(super) limit: Duration,
    /// The parameters that differ from the template's defaults.
    parameters: Vec<(&'static str, String)>,
}

impl Setup {
    /// # Errors
    /// The template does not allow the value of a parameter.
    pub(super) fn of(what: &Drain) -> Result<Self, Error> {
        let cluster = cluster(what);
        let parameters = parameters(what);
        let given: Vec<_> =
            parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let wiring = stack::wiring(&given)?;
        Ok(Self { limit: limit(what, &cluster), cluster, wiring, parameters })
    }

    /// The stack in words.
    pub(super) fn stack(&self) -> String {
        let changed = self.parameters.iter().map(|(name, value)| format!("{name}={value}"));
        match changed.collect::<Vec<_>>().join(" and ") {
            changed if changed.is_empty() => "the stack as deployed".to_owned(),
            changed => format!("the stack as deployed but for {changed}"),
        }
    }
}

fn cluster(what: &Drain) -> DrainedCluster {
    let leaving = what.instances.into();
    let usual = match what.virtually {
        true => DrainedCluster::in_life(leaving),
        false => DrainedCluster::short(leaving),
    };
    let usual_stop = StopSeconds { least: usual.stop_min_seconds, most: usual.stop_max_seconds };
    let stop = what.stop_seconds.unwrap_or(usual_stop);
    DrainedCluster {
        deregistration_seconds: what.deregistration_seconds.unwrap_or(usual.deregistration_seconds),
        stop_min_seconds: stop.least,
        stop_max_seconds: stop.most,
        daemon: !what.no_daemon,
        ..usual.with_tasks(what.tasks.into())
    }
}

fn parameters(what: &Drain) -> Vec<(&'static str, String)> {
    let (name, value) = SHORTENED;
    let shortened = (!what.virtually).then(|| (name, value.to_owned()));
    let deadline = what.deadline_seconds.map(|deadline| ("DeadlineSeconds", deadline.to_string()));
    shortened.into_iter().chain(deadline).collect()
}

fn limit(what: &Drain, cluster: &DrainedCluster) -> Duration {
    if let Some(seconds) = what.limit_seconds {
        return Duration::from_secs(seconds);
    }
    let needed = cluster.deregistration_seconds + cluster.stop_max_seconds + MARGIN_SECONDS;
    let usual = if what.virtually { VIRTUAL_LIMIT } else { LIMIT };
    usual.max(Duration::from_secs(needed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{Cli, Command};

    fn setup(line: &str) -> Setup {
        let arguments = format!("rehearse drain {line}");
        let cli = Cli::parse_from_args(arguments.split_whitespace().map(Into::into));
        let Command::Drain(drain) = cli.command else { panic!("{arguments} is another command") };
        Setup::of(&drain).unwrap()
    }

    #[test]
    fn without_flags_the_cluster_is_the_usual_one() {
        let real = setup("");
        assert_eq!(real.cluster, DrainedCluster::short(2));
        assert_eq!(real.limit, LIMIT);
        assert_eq!(real.stack(), "the stack as deployed but for LaterSeconds=10");
        let virtually = setup("--virtual");
        assert_eq!(virtually.cluster, DrainedCluster::in_life(2));
        assert_eq!(virtually.limit, VIRTUAL_LIMIT);
        assert_eq!(virtually.stack(), "the stack as deployed");
    }

    #[test]
    fn flags_set_the_cluster_and_the_deadline_in_both_modes() {
        let flags = "--tasks 7 --deregistration-seconds 90 --stop-seconds 1-9 --no-daemon \
                     --deadline-seconds 600";
        for mode in ["", "--virtual"] {
            let setup = setup(&format!("{mode} {flags}"));
            let cluster = setup.cluster;
            assert_eq!((cluster.tasks, cluster.daemon), (7, false));
            assert_eq!(cluster.deregistration_seconds, 90);
            assert_eq!((cluster.stop_min_seconds, cluster.stop_max_seconds), (1, 9));
            let environment = stack::environment(&setup.wiring, stack::AUTO_DRAIN);
            assert_eq!(environment["DEADLINE_SECONDS"], "600");
            assert!(setup.stack().ends_with("DeadlineSeconds=600"), "{}", setup.stack());
        }
    }

    #[test]
    fn the_limit_covers_the_stop_of_the_tasks_unless_it_is_given() {
        let flags = "--deregistration-seconds 300 --stop-seconds 5-30";
        assert_eq!(setup(flags).limit, Duration::from_secs(390));
        assert_eq!(setup(&format!("{flags} --limit-seconds 60")).limit, Duration::from_secs(60));
    }

    #[test]
    fn more_instances_stay_if_their_tasks_need_more_capacity() {
        let staying = |tasks| setup(&format!("--instances 20 --tasks {tasks}")).cluster.staying;
        assert_eq!([1, 3, 5, 10].map(staying), [10, 10, 10, 40]);
    }
}

//! How long target tracking takes after a step of the load, for each second of the minute at which
//! the step may come.

use crate::testing::{Account, service};
use crate::*;

/// Seconds until the service is scaled, and until all that it needs is running.
struct Times {
    trigger: u64,
    full: u64,
}

/// A service of ten tasks at its target of 50 percent. So many seconds after a minute begins, the
/// load becomes twice as high.
fn step(phase: u64, high_resolution: bool) -> Times {
    let mut account = Account::new();
    let create = CreateService { high_resolution, ..service(10, 100, 200) };
    account.act(Control::CreateService(create));
    account.act(Control::RegisterScalableTarget(RegisterScalableTarget::default()));
    let metric = match high_resolution {
        true => PredefinedMetric::ServiceCpuHighResolution,
        false => PredefinedMetric::ServiceCpu,
    };
    let target =
        ScalingTarget::Service { cluster: "default".to_owned(), service: "web".to_owned() };
    let metric = TrackedMetric::Predefined(metric);
    let policy = PutTargetTrackingPolicy::new("cpu", target, metric, 50.0);
    account.act(Control::PutTargetTrackingPolicy(policy));
    account.act(Control::SetLoad(SetLoad { cpu: 5.0, ..SetLoad::default() }));
    account.wait(600 + phase);
    account.act(Control::SetLoad(SetLoad { cpu: 10.0, ..SetLoad::default() }));
    let seconds_until = |account: &mut Account, done: fn(&Services) -> bool| {
        let before = account.gone;
        while !done(&account.services) {
            account.wait(1);
        }
        account.gone - before
    };
    let trigger = seconds_until(&mut account, |services| {
        let mut activities = services.scaling_activities().iter();
        activities.any(|activity| activity.outcome == ScalingOutcome::Scaled(20))
    });
    let rest = seconds_until(&mut account, |services| {
        services.truth().service("default", "web").is_some_and(|service| service.running == 20)
    });
    Times { trigger, full: trigger + rest }
}

/// The least, the median and the most.
fn spread(mut seconds: Vec<u64>) -> String {
    seconds.sort_unstable();
    let middle = seconds[seconds.len() / 2];
    format!("{} / {middle} / {}", seconds[0], seconds[seconds.len() - 1])
}

/// The row of the table in the page of the simulated region.
fn row(period: &str, high_resolution: bool, published: &str) -> String {
    let times: Vec<Times> = (0..60).map(|phase| step(phase, high_resolution)).collect();
    let trigger = spread(times.iter().map(|times| times.trigger).collect());
    let full = spread(times.iter().map(|times| times.full).collect());
    format!("| {period} | {trigger} | {full} | {published} |")
}

#[test]
fn a_step_to_twice_the_target_takes_what_the_page_says() {
    let page = include_str!("../../../../docs/simulated-region.md");
    for row in [row("60 s", false, "363 and 386"), row("20 s", true, "86 and 109")] {
        println!("{row}");
        assert!(page.contains(&row), "the page does not have {row}");
    }
}

//! A thousand groups.

use std::sync::{Arc, Mutex};

use region::Time;
use region::client::Interceptor;
use region::region::Region;
use region::services::{Control, CreateGroup};
use scenarios::stack::HOOK_KEEPER;

use super::fleet::{CLUSTER, Fleet};

const GROUPS: usize = 1_000;

/// The operations by which hook-keeper works, and no other function here.
const KEEPING: [&str; 3] = ["DescribeLifecycleHooks", "PutLifecycleHook", "CreateOrUpdateTags"];

#[tokio::test(start_paused = true)]
async fn a_thousand_groups_get_their_hooks_at_two_calls_a_second() {
    let times = Arc::new(Mutex::new(Vec::<Time>::new()));
    let seen = Arc::clone(&times);
    let clocked = Interceptor::new(move |region: &mut Region, now, call| {
        if KEEPING.contains(&call.operation.as_str()) {
            seen.lock().unwrap().push(now);
        }
        region.answer(now, call)
    });
    let fleet = Fleet::intercepted(clocked).await;
    for number in 0..GROUPS {
        fleet.control(Control::CreateGroup(CreateGroup {
            name: format!("group-{number}"),
            desired: 0,
            tags: [(CLUSTER.to_owned(), format!("cluster-{}", number / 5))].into(),
            ..CreateGroup::default()
        }));
    }
    fleet.rehearsal.pass(300 * 9).await;
    assert!((0..GROUPS).all(|number| fleet.hook(&format!("group-{number}")).is_some()));
    for pair in times.lock().unwrap().windows(3) {
        assert!(pair[2] - pair[0] >= time::Duration::milliseconds(999), "{pair:?}");
    }
    let runs = fleet.rehearsal.runs();
    let runs: Vec<_> = runs.iter().filter(|run| run.function == HOOK_KEEPER).collect();
    assert!(runs[0].answer["hooks"]["left"].as_u64().unwrap() > 800);
    let idle = runs.last().unwrap();
    assert!(idle.answer["hooks"].get("left").is_none());
    // Ten pages of groups, and the hooks of those whose turn it is.
    assert!(idle.calls.len() < 10 + 40, "{}", idle.calls.len());
}

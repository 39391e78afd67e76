//! Every group has its turn, whatever its tags say.

use region::services::{Control, PutLifecycleHook};
use scenarios::stack::HOOK_KEEPER;

use super::fleet::{Fleet, OURS, WEB};

const SIX_HOURS: u64 = 6 * 3_600 + 300;

#[tokio::test(start_paused = true)]
async fn a_hook_that_others_removed_is_put_again_within_six_hours() {
    let fleet = Fleet::new().await.kept(&[]).await;
    fleet.control(Control::DeleteLifecycleHook(WEB.to_owned(), OURS.to_owned()));
    fleet.rehearsal.pass(SIX_HOURS).await;
    assert!(fleet.hook(WEB).is_some());
}

#[tokio::test(start_paused = true)]
async fn a_hook_that_others_changed_is_put_right_within_six_hours() {
    let fleet = Fleet::new().await.kept(&[]).await;
    fleet.control(Control::PutLifecycleHook(PutLifecycleHook {
        group: WEB.to_owned(),
        name: OURS.to_owned(),
        ..PutLifecycleHook::default()
    }));
    fleet.rehearsal.pass(SIX_HOURS).await;
    assert_eq!(fleet.hook(WEB), Some((1800, "CONTINUE".to_owned())));
}

#[tokio::test(start_paused = true)]
async fn a_tagged_group_gets_its_hook_by_the_schedule() {
    let fleet = Fleet::new().await;
    fleet.create(WEB, &[(super::fleet::CLUSTER, "demo")]);
    fleet.rehearsal.pass(310).await;
    assert!(fleet.hook(WEB).is_some());
    let runs = fleet.rehearsal.runs();
    let calls = &runs.iter().find(|run| run.function == HOOK_KEEPER).unwrap().calls;
    let expected = [
        "DescribeAutoScalingGroups",
        "DescribeLifecycleHooks",
        "PutLifecycleHook",
        "CreateOrUpdateTags",
    ];
    assert_eq!(calls[..], expected);
}

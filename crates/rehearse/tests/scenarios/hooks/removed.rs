//! The tag of a hook that was removed leads to what drains have left, and then goes too.

use region::services::{Control, CreateGroup};

use super::fleet::{CLUSTER, Fleet, MODE, WEB};

#[tokio::test(start_paused = true)]
async fn the_tag_of_a_removed_hook_is_deleted_after_forty_minutes() {
    let fleet = Fleet::new().await.kept(&[]).await;
    fleet.tag(WEB, &[(MODE, "off")]);
    fleet.keep().await;
    fleet.rehearsal.pass(35 * 60).await;
    assert!(fleet.is_removed(WEB));
    fleet.rehearsal.pass(15 * 60).await;
    assert_eq!((fleet.has_hook(WEB), fleet.mark(WEB)), (false, None));
}

#[tokio::test(start_paused = true)]
async fn the_tag_of_a_removed_hook_costs_no_call_for_twenty_minutes() {
    let fleet = Fleet::new().await.kept(&[]).await;
    fleet.tag(WEB, &[(MODE, "off")]);
    fleet.keep().await;
    // Outside of its turn.
    fleet.rehearsal.pass(600).await;
    assert_eq!(fleet.calls().await, [("DescribeAutoScalingGroups".to_owned(), 1)].into());
}

#[tokio::test(start_paused = true)]
async fn the_tag_of_a_removed_hook_is_kept_while_the_warm_pool_holds_an_instance() {
    let fleet = Fleet::new().await;
    let (name, tags) = (WEB.to_owned(), [(CLUSTER.to_owned(), "demo".to_owned())].into());
    let pooled = CreateGroup { name, tags, reuse_on_scale_in: true, ..CreateGroup::default() };
    fleet.control(Control::CreateGroup(pooled));
    fleet.keep().await;
    fleet.control(Control::SetDesiredCapacity(WEB.to_owned(), 1));
    fleet.rehearsal.pass(600).await;
    fleet.tag(WEB, &[(MODE, "off")]);
    fleet.rehearsal.pass(3 * 3_600).await;
    assert!(fleet.is_removed(WEB));
    fleet.control(Control::SetDesiredCapacity(WEB.to_owned(), 2));
    fleet.rehearsal.pass(3_600).await;
    assert_eq!((fleet.has_hook(WEB), fleet.mark(WEB)), (false, None));
}

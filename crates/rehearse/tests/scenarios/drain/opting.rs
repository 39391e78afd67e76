//! Groups that opt in by their tags, change them, and opt out.

use drain::opt_in::tags;
use region::region::Settings;
use region::services::{ContainerStatus, Control, CreateGroup, LifecycleState};
use scenarios::stack::{CLUSTER, GROUP, opted_in};
use serde_json::{Value, json};
use time::Duration;

use crate::drain::cluster::{Cluster, group, service, without_notifications};

const SETTINGS: &str = drain::settings::ATTRIBUTE;

/// A cluster of three instances of which one drains, for a task that runs for an hour.
async fn draining() -> (Cluster, String) {
    let cluster = Cluster::of(3).await.serve(service(6));
    let leaving = cluster.in_service().remove(0);
    cluster.run_task(&leaving, Some(3_600));
    cluster.terminate(&leaving);
    cluster.pass(60).await;
    assert_eq!(cluster.status(&leaving), ContainerStatus::Draining);
    (cluster, leaving)
}

#[tokio::test(start_paused = true)]
async fn a_group_that_opts_in_late_is_drained_from_then_on() {
    let cluster = Cluster::of(2).await.serve(service(4));
    let late = CreateGroup { name: "late".to_owned(), tags: [].into(), ..group(2) };
    cluster.control(Control::CreateGroup(late));
    cluster.pass(600).await;
    cluster.tag("late", tags::CLUSTER, CLUSTER);
    cluster.keep_hooks().await;
    let leaving = cluster.scale_in_group("late", 1).remove(0);
    cluster.pass(1_200).await;
    cluster.assert_drained(&leaving);
    cluster.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn a_drain_is_finished_after_the_tag_is_deleted() {
    let (cluster, leaving) = draining().await;
    cluster.untag(GROUP, &[tags::CLUSTER]);
    cluster.pass(5_400).await;
    cluster.assert_drained(&leaving);
    assert_eq!(cluster.metric("DrainsCompleted"), 1);
    cluster.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn a_drain_is_finished_after_the_mode_is_changed() {
    for mode in ["off", "observe"] {
        let (cluster, leaving) = draining().await;
        cluster.tag(GROUP, tags::MODE, mode);
        cluster.pass(5_400).await;
        cluster.assert_drained(&leaving);
        cluster.assert_quiet().await;
    }
}

#[tokio::test(start_paused = true)]
async fn no_instance_waits_in_vain_for_a_hook_of_a_group_that_is_off() {
    let cluster = Cluster::of(3).await.serve(service(6));
    cluster.tag(GROUP, tags::MODE, "off");
    let leaving = cluster.lose_one();
    cluster.pass(1_200).await;
    cluster.assert_drained(&leaving);
    cluster.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn observe_counts_tasks_cut_short_and_changes_nothing() {
    for (mode, counts) in [("observe", true), ("drain", true), ("off", false)] {
        let cluster = Cluster::of(3).await.serve(service(6));
        cluster.tag(GROUP, tags::MODE, mode);
        let (group, hook) = (GROUP.to_owned(), drain::hook::HOOK.to_owned());
        cluster.control(Control::DeleteLifecycleHook(group.clone(), hook));
        cluster.pass(60).await;
        let cut = cluster.scale_in_at_once(1);
        cluster.pass(600).await;
        assert!(cluster.cut_short() > 0, "{cut:?}");
        let counted = usize::try_from(cluster.metric("TasksCutShort")).unwrap();
        assert_eq!(counted, if counts { cluster.cut_short() } else { 0 }, "{mode}");
        let records = cluster.records();
        let named = records.iter().filter_map(|record| record["cut_short"].as_array()).flatten();
        for task in named {
            assert!(cut.iter().any(|id| task["instance"] == id.as_str()), "{task}");
        }
        for changes in ["UpdateContainerInstancesState", "PutAttributes", "CompleteLifecycleAction"]
        {
            assert_eq!(cluster.calls(changes), 0, "{changes}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn our_hook_alone_tells_the_cluster_of_an_untagged_group() {
    let cluster = Cluster::of(3).await.serve(service(6));
    cluster.untag(GROUP, &[tags::CLUSTER]);
    let leaving = cluster.lose_one();
    cluster.pass(1_200).await;
    cluster.assert_drained(&leaving);
    cluster.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn the_tag_of_the_hook_alone_is_enough_to_find_a_waiting_instance() {
    let wiring = without_notifications();
    let cluster = Cluster::deployed(wiring, Settings::default(), group(3)).await.serve(service(6));
    cluster.tag(GROUP, tags::HOOK, "demo@1800@0a1b");
    cluster.untag(GROUP, &[tags::CLUSTER]);
    let leaving = cluster.lose_one();
    cluster.pass(1_200).await;
    cluster.assert_drained(&leaving);
    cluster.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn an_instance_that_another_hook_holds_is_left_alone_in_a_group_that_is_off() {
    let cluster = Cluster::of(3).await.serve(service(6));
    cluster.tag(GROUP, tags::MODE, "off");
    let (group, hook) = (GROUP.to_owned(), drain::hook::HOOK.to_owned());
    cluster.control(Control::DeleteLifecycleHook(group.clone(), hook));
    cluster.put_foreign_hook(GROUP);
    let leaving = cluster.lose_one();
    cluster.pass(1_200).await;
    assert_eq!(cluster.status(&leaving), ContainerStatus::Active);
    assert_eq!(cluster.calls("CompleteLifecycleAction"), 0);
    cluster.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn a_notification_of_a_group_without_tag_and_hook_changes_nothing() {
    let cluster = Cluster::of(2).await.serve(service(4));
    let strange = CreateGroup { name: "strange".to_owned(), tags: [].into(), ..group(2) };
    cluster.control(Control::CreateGroup(strange));
    cluster.put_foreign_hook("strange");
    let leaving = cluster.scale_in_group("strange", 1).remove(0);
    for group in ["strange", "no-such-group"] {
        cluster.send(
            &json!({
                "LifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING",
                "LifecycleHookName": drain::hook::HOOK,
                "AutoScalingGroupName": group,
                "EC2InstanceId": leaving,
                "NotificationMetadata": "{\"cluster\":\"demo\"}",
            })
            .to_string(),
        );
    }
    cluster.pass(600).await;
    assert_eq!(cluster.state(&leaving), LifecycleState::TerminatingWait);
    assert_eq!(cluster.status(&leaving), ContainerStatus::Active);
    let skipped = |record: &Value| record["skipped"]["group_not_opted_in"].as_u64();
    let skipped: u64 = cluster.records().iter().filter_map(skipped).sum();
    assert_eq!(skipped, 3, "the hook of somebody else notifies our topic too");
    assert_eq!(cluster.dead_letters("InboxDeadLetters"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_group_replaced_under_another_name_is_drained_like_the_first() {
    let cluster = Cluster::of(2).await.serve(service(4));
    cluster.pass(60).await;
    let replacement = CreateGroup { name: "demo-group-2".to_owned(), ..group(2) };
    cluster.control(Control::CreateGroup(replacement));
    cluster.keep_hooks().await;
    let old = cluster.scale_in(0);
    cluster.pass(1_200).await;
    let new = cluster.scale_in_group("demo-group-2", 1);
    cluster.pass(1_200).await;
    assert_eq!((old.len(), new.len()), (2, 1));
    for id in old.iter().chain(&new) {
        cluster.assert_drained(id);
    }
    cluster.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn a_tag_overrides_the_settings_of_the_stack_for_its_group() {
    let patient = CreateGroup { name: "patient".to_owned(), ..group(2) };
    let cluster = Cluster::with(&[("DeadlineSeconds", "1200")], group(2)).await;
    cluster.control(Control::CreateGroup(patient));
    cluster.keep_hooks().await;
    cluster.tag("patient", tags::DEADLINE, "2400");
    let mut leaving = Vec::new();
    for group in [GROUP, "patient"] {
        let id = cluster.scale_in_group(group, 1).remove(0);
        cluster.run_task(&id, None);
        leaving.push(id);
    }
    cluster.pass(4_000).await;
    let took: Vec<_> = leaving.iter().map(|id| cluster.ended(id).unwrap().0).collect();
    for (took, deadline) in took.iter().zip([1_200, 2_400]) {
        let over = *took - Duration::seconds(deadline);
        assert!((0..=360).contains(&over.whole_seconds()), "{took}");
    }
    assert_eq!(cluster.metric("DrainsTimedOut"), 2);
}

#[tokio::test(start_paused = true)]
async fn a_drain_keeps_the_settings_that_it_began_with() {
    let (cluster, leaving) = draining().await;
    let began = cluster.attribute(&leaving, SETTINGS).unwrap();
    assert!(began.starts_with("deadline/7200 "), "{began}");
    cluster.tag(GROUP, tags::DEADLINE, "60");
    cluster.pass(1_800).await;
    assert_eq!(cluster.ended(&leaving), None, "it still drains");
    assert_eq!(cluster.attribute(&leaving, SETTINGS), Some(began));
    cluster.pass(3_600).await;
    cluster.assert_drained(&leaving);
    let next = cluster.lose_one();
    cluster.run_task(&next, None);
    cluster.pass(1_200).await;
    assert_eq!(cluster.metric("DrainsTimedOut"), 1, "the next drain has the new deadline");
}

#[tokio::test(start_paused = true)]
async fn an_invalid_tag_is_named_and_the_setting_of_the_stack_holds() {
    let cluster = Cluster::of(3).await.serve(service(6));
    cluster.tag(GROUP, tags::DEADLINE, "soon");
    let leaving = cluster.lose_one();
    cluster.pass(1_200).await;
    cluster.assert_drained(&leaving);
    let named = cluster.records().into_iter().find(|record| record["InvalidTags"] == 1).unwrap();
    assert_eq!(
        named["invalid_tags"][GROUP][tags::DEADLINE],
        "is `soon`, set it to whole seconds from 60 to 172200"
    );
}

#[tokio::test(start_paused = true)]
async fn a_cluster_that_opted_in_twice_is_one_cluster() {
    let cluster = Cluster::of(2).await.serve(service(4));
    let second = CreateGroup { name: "second".to_owned(), tags: opted_in(CLUSTER), ..group(2) };
    cluster.control(Control::CreateGroup(second));
    cluster.keep_hooks().await;
    let leaving = [cluster.scale_in(1), cluster.scale_in_group("second", 1)].concat();
    cluster.pass(1_200).await;
    for id in &leaving {
        cluster.assert_drained(id);
    }
    assert_eq!(cluster.metric("DrainsStarted"), 2);
}

#[tokio::test(start_paused = true)]
async fn an_instance_of_the_warm_pool_takes_tasks_again_after_its_group_opted_out() {
    let pooled = CreateGroup { reuse_on_scale_in: true, ..group(3) };
    let cluster = Cluster::with(&[], pooled).await.serve(service(6));
    let pooled = cluster.lose_one();
    cluster.pass(1_200).await;
    assert_eq!(cluster.status(&pooled), ContainerStatus::Draining);
    cluster.untag(GROUP, &[tags::CLUSTER]);
    cluster.pass(3 * 3_600).await;
    cluster.control(Control::SetDesiredCapacity(GROUP.to_owned(), 3));
    cluster.pass(900).await;
    assert_eq!(cluster.status(&pooled), ContainerStatus::Active);
    assert_eq!(cluster.drain_record(&pooled), None);
}

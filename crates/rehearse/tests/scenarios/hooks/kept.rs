//! Hooks follow the tags of their groups.

use serde_json::json;

use super::fleet::{CLUSTER, Fleet, HEARTBEAT, MARK, MODE, OURS, WEB};

#[tokio::test(start_paused = true)]
async fn a_tagged_group_gets_a_hook_and_other_groups_do_not() {
    let fleet = Fleet::new().await;
    fleet.create(WEB, &[(CLUSTER, "demo")]);
    fleet.create("other", &[("Name", "web")]);
    let record = fleet.keep().await;
    assert_eq!(fleet.hook(WEB), Some((1800, "CONTINUE".to_owned())));
    assert_eq!(fleet.mark(WEB).as_deref(), Some("demo@1800"));
    assert!(!fleet.has_hook("other"));
    assert_eq!(record["put"], json!([WEB]));
    assert_eq!((&record["groups"], &record["HooksPut"]), (&json!(1), &json!(1)));
}

#[tokio::test(start_paused = true)]
async fn the_settings_of_the_stack_and_of_the_tags_are_in_the_hook() {
    let parameters = [("HeartbeatSeconds", "3600"), ("AtDeadline", "abandon")];
    let fleet = Fleet::with(&parameters).await;
    fleet.create(WEB, &[(CLUSTER, "demo")]);
    fleet.create("own", &[(CLUSTER, "blue"), (HEARTBEAT, "900")]);
    fleet.keep().await;
    assert_eq!(fleet.hook(WEB), Some((3600, "ABANDON".to_owned())));
    assert_eq!(fleet.hook("own"), Some((900, "ABANDON".to_owned())));
    assert_eq!(fleet.mark("own").as_deref(), Some("blue@900"));
}

#[tokio::test(start_paused = true)]
async fn a_second_run_reads_the_groups_and_changes_nothing() {
    let fleet = Fleet::new().await.kept(&[]).await;
    // Outside of its turn.
    while fleet.calls().await.contains_key("DescribeLifecycleHooks") {
        fleet.rehearsal.pass(300).await;
    }
    assert_eq!(fleet.calls().await, [("DescribeAutoScalingGroups".to_owned(), 1)].into());
}

#[tokio::test(start_paused = true)]
async fn a_changed_tag_changes_the_hook() {
    let fleet = Fleet::new().await.kept(&[]).await;
    fleet.tag(WEB, &[(HEARTBEAT, "900")]);
    fleet.keep().await;
    assert_eq!(fleet.hook(WEB), Some((900, "CONTINUE".to_owned())));
    fleet.tag(WEB, &[(CLUSTER, "green")]);
    fleet.keep().await;
    assert_eq!(fleet.mark(WEB).as_deref(), Some("green@900"));
}

#[tokio::test(start_paused = true)]
async fn a_group_that_is_not_drained_any_more_loses_its_hook() {
    for mode in ["off", "observe"] {
        let fleet = Fleet::new().await.kept(&[]).await;
        fleet.tag(WEB, &[(MODE, mode)]);
        let record = fleet.keep().await;
        assert!(fleet.is_removed(WEB), "{mode}");
        assert_eq!(record["removed"], json!([WEB]));
        assert_eq!(record["HooksRemoved"], 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_group_whose_cluster_tag_is_deleted_loses_its_hook() {
    let fleet = Fleet::new().await.kept(&[]).await;
    fleet.untag(WEB, &[CLUSTER]);
    fleet.keep().await;
    assert!(fleet.is_removed(WEB));
}

#[tokio::test(start_paused = true)]
async fn a_group_without_any_tag_loses_its_hook_when_it_is_named() {
    let fleet = Fleet::new().await.kept(&[]).await;
    fleet.untag(WEB, &[CLUSTER, MARK]);
    fleet.keep().await;
    assert!(fleet.has_hook(WEB), "nothing shows that it has one");
    let record = fleet.ask(json!({"groups": [WEB, "none"]})).await.unwrap();
    assert!(!fleet.has_hook(WEB));
    assert_eq!((&record["removed"], &record["gone"]), (&json!([WEB]), &json!(["none"])));
}

#[tokio::test(start_paused = true)]
async fn a_replaced_group_needs_no_deployment() {
    let fleet = Fleet::new().await.kept(&[]).await;
    fleet.control(region::services::Control::DeleteGroup(WEB.to_owned()));
    fleet.create("web-2", &[(CLUSTER, "demo")]);
    fleet.keep().await;
    assert!(fleet.hook("web-2").is_some());
}

#[tokio::test(start_paused = true)]
async fn invalid_tags_are_named_and_the_stack_holds() {
    let fleet = Fleet::new().await.kept(&[(HEARTBEAT, "5"), (MODE, "on")]).await;
    assert_eq!(fleet.hook(WEB), Some((1800, "CONTINUE".to_owned())));
    let record = fleet.keep().await;
    assert_eq!(record["InvalidTags"], 2);
    assert_eq!(record["invalid_tags"][WEB][MODE], "is `on`, set it to drain or observe or off");
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_says_what_it_would_do_and_changes_nothing() {
    let fleet = Fleet::with(&[("DryRun", "on")]).await;
    fleet.create(WEB, &[(CLUSTER, "demo")]);
    let record = fleet.keep().await;
    assert_eq!((&record["put"], &record["dry_run"]), (&json!([WEB]), &json!(true)));
    assert_eq!(record.get("HooksPut"), None);
    assert_eq!((fleet.has_hook(WEB), fleet.mark(WEB)), (false, None));
}

#[tokio::test(start_paused = true)]
async fn hooks_of_the_user_are_reported_if_they_are_wrong_and_never_changed() {
    let fleet = Fleet::with(&[("Hooks", "own")]).await;
    fleet.create(WEB, &[(CLUSTER, "demo")]);
    fleet.create("none", &[(CLUSTER, "demo")]);
    fleet.put(WEB, OURS);
    let record = fleet.ask(json!({"groups": [WEB, "none"]})).await.unwrap();
    assert_eq!(record["HooksWrong"], 2);
    assert_eq!(record["wrong_hooks"]["none"], json!(["the hook ecs-tide-drain is missing"]));
    let wrong = record["wrong_hooks"][WEB].as_array().unwrap();
    assert_eq!(wrong.len(), 3, "{wrong:?}");
    assert_eq!((fleet.has_hook("none"), fleet.mark(WEB)), (false, None));
}

#[tokio::test(start_paused = true)]
async fn an_event_of_another_form_fails_and_says_so() {
    let fleet = Fleet::new().await.kept(&[]).await;
    let error = fleet.ask(json!({"schedule": {}})).await.unwrap_err();
    assert!(error.contains("unknown field `schedule`"), "{error}");
}

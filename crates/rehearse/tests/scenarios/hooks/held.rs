//! While a hook holds an instance, hooks are neither changed nor removed.

use serde_json::json;

use super::fleet::{CLUSTER, Fleet, HEARTBEAT, MODE, OURS, WEB};

#[tokio::test(start_paused = true)]
async fn a_removal_waits_until_the_last_instance_is_released() {
    let fleet = Fleet::new().await.kept(&[]).await;
    let held = fleet.hold_one(WEB);
    fleet.tag(WEB, &[(MODE, "off")]);
    let record = fleet.keep().await;
    assert_eq!(record["postponed"], json!({WEB: "remove"}));
    assert_eq!(record["HooksPostponed"], 1);
    assert!(fleet.has_hook(WEB) && fleet.is_held(&held));
    fleet.release(WEB, &held);
    fleet.keep().await;
    assert!(fleet.is_removed(WEB));
}

#[tokio::test(start_paused = true)]
async fn a_changed_setting_waits_and_the_tag_shows_the_hook_that_is_there() {
    let fleet = Fleet::new().await.kept(&[]).await;
    let held = fleet.hold_one(WEB);
    fleet.tag(WEB, &[(HEARTBEAT, "900"), (CLUSTER, "green")]);
    assert_eq!(fleet.keep().await["postponed"], json!({WEB: "put"}));
    assert_eq!(fleet.mark(WEB).as_deref(), Some("demo@1800"));
    fleet.release(WEB, &held);
    fleet.keep().await;
    assert_eq!(fleet.mark(WEB).as_deref(), Some("green@900"));
    assert_eq!(fleet.hook(WEB).unwrap().0, 900);
}

#[tokio::test(start_paused = true)]
async fn a_hook_that_notifies_another_target_is_replaced_at_once() {
    let fleet = Fleet::new().await.kept(&[]).await;
    fleet.put(WEB, OURS);
    let held = fleet.hold_one(WEB);
    let record = fleet.ask(json!({"groups": [WEB]})).await.unwrap();
    assert_eq!(record["put"], json!([WEB]));
    assert!(fleet.hook(WEB).is_some() && fleet.is_held(&held));
}

#[tokio::test(start_paused = true)]
async fn an_instance_that_another_hook_holds_counts_too() {
    let fleet = Fleet::new().await.kept(&[]).await;
    fleet.put(WEB, "backup");
    let held = fleet.hold_one(WEB);
    fleet.release(WEB, &held);
    fleet.tag(WEB, &[(MODE, "off")]);
    assert_eq!(fleet.keep().await["postponed"], json!({WEB: "remove"}));
}

#[tokio::test(start_paused = true)]
async fn a_new_hook_does_not_wait() {
    let fleet = Fleet::new().await;
    fleet.create(WEB, &[]);
    fleet.put(WEB, "backup");
    fleet.hold_one(WEB);
    fleet.tag(WEB, &[(CLUSTER, "demo")]);
    fleet.keep().await;
    assert!(fleet.hook(WEB).is_some());
}

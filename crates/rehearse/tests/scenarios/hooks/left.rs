//! What hook-keeper leaves alone, and what does not stop it.

use region::api::{Api, ApiError};
use region::services::{Control, CreateGroup};
use serde_json::json;

use super::fleet::{CLUSTER, Fleet, MODE, WEB};
use crate::interceptors::intercept;

const MANAGED: &str = "ecs-managed-draining-termination-hook";

#[tokio::test(start_paused = true)]
async fn a_group_that_ecs_drains_is_left_alone_and_named() {
    let fleet = Fleet::new().await;
    fleet.create(WEB, &[(CLUSTER, "demo"), ("AmazonECSManaged", "")]);
    fleet.put(WEB, MANAGED);
    let record = fleet.keep().await;
    assert_eq!(record["left_alone"], json!([WEB]));
    assert_eq!((fleet.has_hook(WEB), fleet.mark(WEB)), (false, None));
}

#[tokio::test(start_paused = true)]
async fn managed_scaling_without_managed_draining_is_no_reason() {
    let fleet = Fleet::new().await;
    fleet.create(WEB, &[(CLUSTER, "demo"), ("AmazonECSManaged", "")]);
    fleet.keep().await;
    assert!(fleet.hook(WEB).is_some());
}

#[tokio::test(start_paused = true)]
async fn our_hook_beside_that_of_ecs_is_removed_when_the_group_is_off() {
    let fleet = Fleet::new().await.kept(&[]).await;
    fleet.put(WEB, MANAGED);
    fleet.tag(WEB, &[(MODE, "off")]);
    fleet.keep().await;
    assert!(fleet.is_removed(WEB));
}

#[tokio::test(start_paused = true)]
async fn a_group_that_is_being_deleted_is_skipped() {
    let fleet = Fleet::new().await;
    fleet.create(WEB, &[(CLUSTER, "demo")]);
    fleet.control(Control::DeleteGroup(WEB.to_owned()));
    let record = fleet.keep().await;
    assert_eq!((&record["gone"], &record["groups"]), (&json!([WEB]), &json!(0)));
    assert_eq!(record.get("HookErrors"), None);
    fleet.rehearsal.pass(600).await;
    assert_eq!(fleet.keep().await.get("gone"), None);
}

#[tokio::test(start_paused = true)]
async fn a_group_that_is_deleted_during_the_run_is_no_error() {
    let gone = intercept("DescribeLifecycleHooks", |region, now, call| {
        region.control(now, Control::DeleteGroup(WEB.to_owned()))?;
        region.answer(now, call)
    });
    let fleet = Fleet::intercepted(gone).await;
    let (name, tags) = (WEB.to_owned(), [(CLUSTER.to_owned(), "demo".to_owned())].into());
    let empty = CreateGroup { name, tags, desired: 0, ..CreateGroup::default() };
    fleet.control(Control::CreateGroup(empty));
    let record = fleet.keep().await;
    assert_eq!((&record["gone"], record.get("HookErrors")), (&json!([WEB]), None));
}

#[tokio::test(start_paused = true)]
async fn the_failure_of_one_group_stops_no_other() {
    let refused = intercept("PutLifecycleHook", |region, now, call| {
        if call.input["AutoScalingGroupName"] == "b" {
            return region.refuse(now, call, Err(ApiError::client("AccessDenied", "no")));
        }
        region.answer(now, call)
    });
    let fleet = Fleet::intercepted(refused).await;
    for name in ["a", "b", "c"] {
        fleet.create(name, &[(CLUSTER, "demo")]);
    }
    let record = fleet.keep().await;
    assert!(fleet.hook("a").is_some() && fleet.hook("c").is_some());
    assert_eq!((&record["HooksPut"], &record["HookErrors"]), (&json!(2), &json!(1)));
    let error = record["errors"]["b"].as_str().unwrap();
    assert!(error.starts_with("PutLifecycleHook was denied"), "{error}");
    assert_eq!(fleet.mark("b"), None);
}

#[tokio::test(start_paused = true)]
async fn a_throttled_run_is_repaired_by_the_next() {
    let throttled = intercept("PutLifecycleHook", |region, now, call| {
        // The SDK makes three attempts.
        match region.calls().get("PutLifecycleHook").is_none_or(|calls| *calls < 3) {
            true => region.refuse(now, call, Err(ApiError::throttled(Api::AutoScaling))),
            false => region.answer(now, call),
        }
    });
    let fleet = Fleet::intercepted(throttled).await;
    fleet.create(WEB, &[(CLUSTER, "demo")]);
    let record = fleet.keep().await;
    assert_eq!(record["errors"][WEB], "PutLifecycleHook was throttled; it is tried again");
    fleet.keep().await;
    assert!(fleet.hook(WEB).is_some());
}

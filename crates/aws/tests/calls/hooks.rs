//! Hooks, and the tags by which groups opt in.

use std::time::Duration;

use aws::{ErrorKind, Whereabouts};
use aws_names::{ClusterName, GroupName};
use drain::hook::{HOOK, Hook, HookMark};
use region::services::{Control, CreateGroup, TerminateInstance};

use super::draining::{calls, control, group, ids, quick};
use super::name;

const CLUSTER: &str = "ecs-tide:cluster";

fn tagged(name: &str, key: &str) -> CreateGroup {
    let tags = [(key.to_owned(), "demo".to_owned())].into();
    CreateGroup { name: name.to_owned(), tags, ..group(0) }
}

fn hook() -> Hook {
    Hook {
        transition: "autoscaling:EC2_INSTANCE_TERMINATING".to_owned(),
        heartbeat: time::Duration::minutes(15),
        default_result: "CONTINUE".to_owned(),
        target: Some("arn:aws:sns:us-east-1:123456789012:lifecycle".to_owned()),
        role: Some("arn:aws:iam::123456789012:role/hook".to_owned()),
        metadata: Some(r#"{"cluster":"demo"}"#.to_owned()),
    }
}

#[tokio::test(start_paused = true)]
async fn tagged_groups_are_read_a_hundred_at_a_time_without_instances() {
    let (live, aws) = quick(1).await;
    for number in 0..150 {
        let key = if number % 2 == 0 { CLUSTER } else { "ecs-tide:hook" };
        control(&live, Control::CreateGroup(tagged(&format!("group-{number}"), key)));
    }
    let mut groups = aws.tagged_groups_without_instances().await.unwrap();
    groups.retain(|group| group.name.as_str().starts_with("group-"));
    assert_eq!(groups.len(), 150);
    assert!(groups.iter().all(|group| group.tags.len() == 1 && !group.deleting));
    assert_eq!(calls(&live, "DescribeAutoScalingGroups"), 2);
}

#[tokio::test(start_paused = true)]
async fn named_groups_are_read_with_or_without_tags() {
    let (live, aws) = quick(1).await;
    control(&live, Control::DeleteGroup("group".to_owned()));
    let names: Vec<GroupName> = ["group", "none"].map(name).to_vec();
    let groups = aws.groups_without_instances(&names).await.unwrap();
    assert_eq!((groups.len(), groups[0].deleting), (1, true));
    assert!(aws.groups_without_instances(&[]).await.unwrap().is_empty());
    assert_eq!(calls(&live, "DescribeAutoScalingGroups"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_hook_is_read_as_it_was_put_until_it_is_deleted() {
    let (_live, aws) = quick(1).await;
    let group = name("group");
    aws.put_hook(&group, HOOK, &hook()).await.unwrap();
    let hooks = aws.lifecycle_hooks(&group).await.unwrap();
    assert_eq!(hooks, [(HOOK.to_owned(), hook())].into());
    aws.delete_hook(&group, HOOK).await.unwrap();
    assert!(aws.lifecycle_hooks(&group).await.unwrap().is_empty());
    let none = aws.lifecycle_hooks(&name("none")).await.unwrap_err();
    assert_eq!(none.kind, ErrorKind::NoSuchGroup);
}

#[tokio::test(start_paused = true)]
async fn the_tag_of_the_hook_is_written_and_deleted() {
    let (live, aws) = quick(1).await;
    let group = name("group");
    let cluster = ClusterName::from_aws("demo");
    let mark = hook().mark(&cluster);
    let tag = || {
        live.observe(|region, _| {
            let truth = region.services().truth().group("group").unwrap();
            truth.tags.get("ecs-tide:hook").map(|tag| tag.parse::<HookMark>().unwrap())
        })
    };
    aws.mark_hook(&group, &mark).await.unwrap();
    assert_eq!(tag(), Some(mark));
    aws.unmark_hook(&group).await.unwrap();
    assert_eq!(tag(), None);
}

#[tokio::test(start_paused = true)]
async fn instances_that_a_terminating_hook_holds_are_seen_in_group_and_pool() {
    let (live, aws) = quick(2).await;
    let reuse = CreateGroup { name: "pooled".to_owned(), reuse_on_scale_in: true, ..group(1) };
    control(&live, Control::CreateGroup(reuse));
    for (group, nth) in [("group", 0), ("pooled", 2)] {
        let named = name(group);
        let before = aws.whereabouts(&named).await.unwrap();
        assert_eq!(before, Whereabouts { held: false, pooled: false }, "{group}");
        aws.put_hook(&named, HOOK, &hook()).await.unwrap();
        let instance = ids(&live)[nth].to_string();
        match group {
            "pooled" => control(&live, Control::SetDesiredCapacity(group.to_owned(), 0)),
            _ => control(
                &live,
                Control::TerminateInstance(TerminateInstance { instance, decrement: true }),
            ),
        }
        let after = aws.whereabouts(&named).await.unwrap();
        assert_eq!(after, Whereabouts { held: true, pooled: group == "pooled" }, "{group}");
    }
}

#[tokio::test(start_paused = true)]
async fn calls_for_hooks_are_made_two_a_second() {
    let (live, aws) = quick(1).await;
    let began = live.now();
    for _ in 0..21 {
        aws.lifecycle_hooks(&name("group")).await.unwrap();
    }
    let took = live.now() - began;
    assert!(
        (Duration::from_millis(9_990)..Duration::from_millis(10_100)).contains(&took),
        "{took}"
    );
}

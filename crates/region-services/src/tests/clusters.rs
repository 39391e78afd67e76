//! Clusters, and the lists of services and attributes.

use serde_json::{Value, json};

use crate::testing::{Account, service};
use crate::*;

fn described(account: &mut Account, input: Value) -> Value {
    account.ecs("DescribeClusters", input)
}

#[test]
fn a_cluster_counts_its_instances_services_and_tasks() {
    let mut account = Account::with(CreateGroup { desired: 3, ..CreateGroup::default() });
    account.act(Control::CreateService(service(2, 100, 200)));
    let late = CreateService { name: "late".to_owned(), ready: false, ..service(1, 100, 200) };
    account.act(Control::CreateService(late));
    account.drain(0);
    account.act(Control::KillInstance(account.id(2)));
    let shown = described(&mut account, json!({ "include": ["STATISTICS", "SETTINGS"] }));
    let cluster = &shown["clusters"][0];
    assert_eq!(
        (&cluster["clusterName"], &cluster["status"]),
        (&json!("default"), &json!("ACTIVE"))
    );
    assert_eq!(cluster["registeredContainerInstancesCount"], 2, "INACTIVE ones are not counted");
    assert_eq!(cluster["activeServicesCount"], 2);
    let on = |nth: usize, status| {
        let tasks = account.instance(nth).tasks();
        tasks.filter(|task| task.last == status).count()
    };
    let running = on(0, TaskStatus::Running) + on(1, TaskStatus::Running);
    let pending = on(0, TaskStatus::Pending) + on(1, TaskStatus::Pending);
    assert_eq!(cluster["runningTasksCount"], running);
    assert_eq!(cluster["pendingTasksCount"], pending);
    let statistic = json!({ "name": "runningEC2TasksCount", "value": running.to_string() });
    assert!(cluster["statistics"].as_array().unwrap().contains(&statistic));
    let plain = described(&mut account, json!({}));
    assert_eq!(plain["clusters"][0]["statistics"], json!([]));
    assert_eq!(plain["clusters"][0]["settings"], json!([]));
}

#[test]
fn an_unknown_cluster_is_a_failure_and_no_error() {
    let mut account = Account::new();
    let shown = described(&mut account, json!({ "clusters": ["default", "none"] }));
    assert_eq!(shown["clusters"].as_array().unwrap().len(), 1);
    let arn = "arn:aws:ecs:us-east-1:123456789012:cluster/none";
    assert_eq!(shown["failures"], json!([{ "arn": arn, "reason": "MISSING" }]));
    let arn = shown["clusters"][0]["clusterArn"].clone();
    let by_arn = described(&mut account, json!({ "clusters": [arn] }));
    assert_eq!(by_arn["failures"], json!([]));
    let many = json!({ "clusters": vec!["default"; 101] });
    let refused = account.try_ecs("DescribeClusters", many).unwrap_err();
    assert_eq!(refused.code, "InvalidParameterException");
}

#[test]
fn services_come_ten_to_a_page_and_by_strategy() {
    let mut account = Account::new();
    for nth in 0..12 {
        let create = CreateService { name: format!("web-{nth:02}"), ..service(0, 100, 200) };
        account.act(Control::CreateService(create));
    }
    let daemon = CreateService { name: "logs".to_owned(), daemon: true, ..service(0, 0, 100) };
    account.act(Control::CreateService(daemon));
    let mut page = |input: Value| {
        let found = account.try_ecs("ListServices", input)?;
        let arns = found["serviceArns"].as_array().unwrap().clone();
        Ok::<_, ApiError>((arns, found.get("nextToken").cloned()))
    };
    let (first, next) = page(json!({})).unwrap();
    let (second, none) = page(json!({ "nextToken": next })).unwrap();
    assert_eq!((first.len(), second.len(), none), (10, 3, None));
    assert_eq!(first[0], "arn:aws:ecs:us-east-1:123456789012:service/default/web-00");
    assert_eq!(page(json!({ "maxResults": 100 })).unwrap().0.len(), 13);
    for (input, count) in [
        (json!({ "schedulingStrategy": "DAEMON" }), 1),
        (json!({ "launchType": "FARGATE" }), 0),
        (json!({ "launchType": "EC2", "schedulingStrategy": "DAEMON" }), 1),
        (json!({ "resourceManagementType": "ECS" }), 0),
    ] {
        assert_eq!(page(input.clone()).unwrap().0.len(), count, "{input}");
    }
    for bad in [
        json!({ "schedulingStrategy": "OTHER" }),
        json!({ "maxResults": 101 }),
        json!({ "nextToken": "?" }),
    ] {
        assert_eq!(page(bad).unwrap_err().code, "InvalidParameterException");
    }
}

#[test]
fn attributes_are_listed_by_name_and_value_in_pages() {
    let mut account = Account::new();
    let target = account.container(1).arn.to_owned();
    for (name, value) in [("rack", "7"), ("stage", "blue")] {
        let put = json!({ "name": name, "value": value, "targetId": target });
        account.ecs("PutAttributes", json!({ "attributes": [put] }));
    }
    account.act(Control::FillAttributes(FillAttributes { instance: account.id(0), count: 1 }));
    let mut list = |mut input: Value| {
        input["targetType"] = json!("container-instance");
        account.try_ecs("ListAttributes", input)
    };
    let rack = json!({ "name": "rack", "value": "7", "targetId": target });
    let found = list(json!({ "attributeName": "rack" })).unwrap();
    assert_eq!(found, json!({ "attributes": [rack] }));
    let bare = list(json!({ "attributeName": "someone.else-1" })).unwrap();
    assert_eq!(bare["attributes"][0].get("value"), None);
    for (value, count) in [("us-east-1a", 1), ("us-east-1c", 0)] {
        let input = json!({ "attributeName": "ecs.availability-zone", "attributeValue": value });
        assert_eq!(list(input).unwrap()["attributes"].as_array().unwrap().len(), count);
    }
    let all = list(json!({})).unwrap()["attributes"].as_array().unwrap().clone();
    let (mut paged, mut input) = (Vec::new(), json!({ "maxResults": 2 }));
    loop {
        let page = list(input.clone()).unwrap();
        paged.extend(page["attributes"].as_array().unwrap().clone());
        let Some(token) = page.get("nextToken") else { break };
        input["nextToken"] = token.clone();
    }
    assert_eq!((paged.len(), &paged), (7, &all));
    assert!(list(json!({ "attributeValue": "blue" })).is_err(), "a value needs a name");
    assert!(account.try_ecs("ListAttributes", json!({})).is_err(), "a type is needed");
}

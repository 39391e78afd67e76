//! The two APIs: names, limits, pages and refusals.

use serde_json::{Value, json};

use crate::testing::{Scene, service};
use crate::*;

fn code(answer: Result<Value, ApiError>) -> String {
    answer.unwrap_err().code
}

#[test]
fn one_filter_finds_many_instances() {
    let mut scene = Scene::with(CreateGroup { desired: 5, ..CreateGroup::default() });
    let filter = format!("ec2InstanceId in ['{}', '{}']", scene.id(1), scene.id(3));
    let found = scene.ecs("ListContainerInstances", json!({ "filter": filter }));
    let expected = json!([scene.container(1).arn, scene.container(3).arn]);
    assert_eq!(found["containerInstanceArns"], expected);
    let bad = scene.try_ecs("ListContainerInstances", json!({ "filter": "ec2InstanceId =" }));
    assert_eq!(code(bad), "InvalidParameterException");
}

#[test]
fn lists_come_in_pages() {
    let mut scene = Scene::with(CreateGroup { desired: 5, ..CreateGroup::default() });
    let (mut found, mut input) = (Vec::new(), json!({ "maxResults": 2 }));
    loop {
        let page = scene.ecs("ListContainerInstances", input.clone());
        found.extend(page["containerInstanceArns"].as_array().unwrap().clone());
        let Some(token) = page.get("nextToken") else { break };
        input["nextToken"] = token.clone();
    }
    let all = scene.ecs("ListContainerInstances", json!({}));
    assert_eq!(json!(found), all["containerInstanceArns"]);
    for bad in [json!({ "maxResults": 101 }), json!({ "nextToken": "?" })] {
        assert_eq!(code(scene.try_ecs("ListTasks", bad)), "InvalidParameterException");
    }
}

#[test]
fn a_cluster_is_named_by_name_or_arn_and_must_exist() {
    let mut scene = Scene::new();
    let arn = scene.ecs("ListClusters", json!({}))["clusterArns"][0].clone();
    scene.ecs("ListTasks", json!({ "cluster": arn }));
    let error = scene.try_ecs("ListTasks", json!({ "cluster": "none" })).unwrap_err();
    assert_eq!(error.code, "ClusterNotFoundException");
    assert_eq!(error.message, "Cluster not found.");
}

#[test]
fn describing_nothing_or_too_much_is_refused_and_the_missing_are_failures() {
    let mut scene = Scene::new();
    for ids in [vec![], vec!["x"; 101]] {
        for (operation, name) in
            [("DescribeContainerInstances", "containerInstances"), ("DescribeTasks", "tasks")]
        {
            let answer = scene.try_ecs(operation, json!({ name: ids }));
            assert_eq!(code(answer), "InvalidParameterException");
        }
    }
    let input = json!({ "containerInstances": [scene.container(0).arn, "gone"] });
    let shown = scene.ecs("DescribeContainerInstances", input);
    assert_eq!(shown["containerInstances"][0]["ec2InstanceId"], *scene.id(0));
    assert_eq!(shown["containerInstances"][0]["registeredAt"], 1_767_222_000.0);
    assert_eq!(shown["failures"], json!([{ "arn": "gone", "reason": "MISSING" }]));
}

#[test]
fn at_most_ten_instances_change_state_and_failures_are_partial() {
    let mut scene = Scene::new();
    let many = json!({ "containerInstances": vec!["x"; 11], "status": "DRAINING" });
    let answer = scene.try_ecs("UpdateContainerInstancesState", many);
    assert_eq!(code(answer), "InvalidParameterException");
    scene.act(Control::KillInstance(scene.id(1)));
    let ids = json!([scene.container(0).arn, scene.container(1).arn, "gone"]);
    let input = json!({ "containerInstances": ids, "status": "DRAINING" });
    let answer = scene.ecs("UpdateContainerInstancesState", input);
    assert_eq!(answer["containerInstances"][0]["status"], "DRAINING");
    let reasons: Vec<_> =
        answer["failures"].as_array().unwrap().iter().map(|f| f["reason"].clone()).collect();
    assert_eq!(reasons, ["INACTIVE", "MISSING"]);
}

fn attribute(scene: &Scene, name: &str, value: &str) -> Value {
    let target = scene.container(0).arn;
    let attribute = json!({
        "name": name,
        "value": value,
        "targetType": "container-instance",
        "targetId": target,
    });
    json!({ "attributes": [attribute] })
}

#[test]
fn attributes_are_put_seen_filtered_by_and_deleted() {
    let mut scene = Scene::new();
    let put = attribute(&scene, "drain.began", "2026-01-01T00:00:00Z by a/b");
    scene.ecs("PutAttributes", put);
    let filter = json!({ "filter": "attribute:drain.began exists" });
    let found = scene.ecs("ListContainerInstances", filter.clone());
    assert_eq!(found["containerInstanceArns"], json!([scene.container(0).arn]));
    assert_eq!(scene.container(0).attributes.len(), 1);
    let target = scene.container(0).arn.to_owned();
    let delete = json!({ "attributes": [{ "name": "drain.began", "targetId": target }] });
    scene.ecs("DeleteAttributes", delete);
    assert_eq!(scene.ecs("ListContainerInstances", filter)["containerInstanceArns"], json!([]));
}

#[test]
fn an_eleventh_attribute_a_bad_value_and_an_unknown_target_are_refused() {
    let mut scene = Scene::new();
    for bad in ["a=b", "a+b", "{}", "", &"x".repeat(129)] {
        let put = attribute(&scene, "drain.began", bad);
        assert_eq!(code(scene.try_ecs("PutAttributes", put)), "InvalidParameterException");
    }
    scene.act(Control::FillAttributes(FillAttributes { instance: scene.id(0), count: 10 }));
    let eleventh = attribute(&scene, "drain.began", "now");
    assert_eq!(code(scene.try_ecs("PutAttributes", eleventh)), "AttributeLimitExceededException");
    let again = attribute(&scene, "someone.else-1", "now");
    scene.ecs("PutAttributes", again);
    let nowhere = json!({ "attributes": [{ "name": "a", "targetId": "gone" }] });
    assert_eq!(code(scene.try_ecs("PutAttributes", nowhere)), "TargetNotFoundException");
}

#[test]
fn a_stopped_task_of_a_service_is_replaced() {
    let mut scene = Scene::new();
    scene.act(Control::CreateService(service(1, 100, 200)));
    let task = scene.ecs("ListTasks", json!({ "serviceName": "web" }))["taskArns"][0].clone();
    let stopped = scene.ecs("StopTask", json!({ "task": task, "reason": "drained" }));
    assert_eq!(stopped["task"]["desiredStatus"], "STOPPED");
    assert_eq!(stopped["task"]["stoppedReason"], "drained");
    scene.wait(10);
    let other = scene.ecs("ListTasks", json!({ "serviceName": "web" }))["taskArns"][0].clone();
    assert_ne!(task, other);
    assert_eq!(
        code(scene.try_ecs("StopTask", json!({ "task": "gone" }))),
        "InvalidParameterException"
    );
}

#[test]
fn a_service_shows_what_the_functions_ask_for() {
    let mut scene = Scene::new();
    scene.act(Control::CreateService(service(3, 50, 150)));
    let shown = scene.ecs("DescribeServices", json!({ "services": ["web", "none"] }));
    let web = &shown["services"][0];
    assert_eq!(web["deploymentConfiguration"]["minimumHealthyPercent"], 50);
    assert_eq!(web["deployments"].as_array().unwrap().len(), 1);
    assert_eq!((&web["runningCount"], &web["schedulingStrategy"]), (&json!(3), &json!("REPLICA")));
    assert_eq!(shown["failures"][0]["reason"], "MISSING");
}

#[test]
fn an_unknown_operation_is_named() {
    let mut scene = Scene::new();
    assert!(scene.try_ecs("RunTask", json!({})).unwrap_err().message.contains("RunTask"));
    assert!(scene.try_asg("AttachInstances", json!({})).unwrap_err().message.contains("Attach"));
}

#[test]
fn throttling_allows_a_burst_then_a_steady_rate() {
    let settings = Settings { throttling: true, ..Settings::default() };
    let mut scene = Scene::new();
    scene.services = Services::new(settings, 1, scene.now());
    let input = json!({});
    for _ in 0..100 {
        scene.ecs("ListTasks", input.clone());
    }
    let refused = scene.try_ecs("ListContainerInstances", input.clone()).unwrap_err();
    assert_eq!(
        (refused.code.as_str(), refused.message.as_str()),
        ("ThrottlingException", "Rate exceeded")
    );
    scene.wait(1);
    let admitted = (0..30).filter(|_| scene.try_ecs("ListTasks", input.clone()).is_ok()).count();
    assert_eq!(admitted, 20);
}

#[test]
fn changes_of_services_tags_and_definitions_are_throttled_apart() {
    let settings = Settings { throttling: true, ..Settings::default() };
    let mut scene = Scene::new();
    scene.services = Services::new(settings, 1, scene.now());
    for (operation, burst, rate) in
        [("UpdateService", 50, 5), ("TagResource", 20, 10), ("DescribeTaskDefinition", 50, 20)]
    {
        let mut let_through = || {
            let throttled = |scene: &mut Scene| {
                code(scene.try_ecs(operation, json!({}))) == "ThrottlingException"
            };
            (0..100).filter(|_| !throttled(&mut scene)).count()
        };
        assert_eq!(let_through(), burst, "{operation}");
        scene.wait(1);
        let mut again = 0;
        while code(scene.try_ecs(operation, json!({}))) != "ThrottlingException" {
            again += 1;
        }
        assert_eq!(again, rate, "{operation}");
    }
}

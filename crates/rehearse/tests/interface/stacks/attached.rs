//! The stack that attaches an additional group, compared with the main stack.

use std::collections::BTreeSet;

use region::wiring::template::Parameter;
use scenarios::stack;
use serde_json::Value;

use crate::stacks::nested::differences;
use crate::stacks::{MAIN, arguments, load, parameters};

const ATTACH: &str = "stacks/attach-group.yaml";

/// The names of exports or imports, without the name of the stack.
fn names<'a>(subs: impl IntoIterator<Item = &'a Value>, stack: &str) -> BTreeSet<String> {
    let name = |sub: &Value| {
        let text = sub["Fn::Sub"].as_str().unwrap_or_else(|| panic!("{sub} is no !Sub"));
        let name = text.strip_prefix(stack).unwrap_or_else(|| panic!("{text} is not of {stack}"));
        name.to_owned()
    };
    subs.into_iter().map(name).collect()
}

#[test]
fn what_it_imports_is_exported() {
    let (main, attach) = (load(MAIN), load(ATTACH));
    let outputs = main["Outputs"].as_object().unwrap();
    let exports = outputs.values().filter_map(|output| output.get("Export")?.get("Name"));
    let exported = names(exports, "${AWS::StackName}-");
    let imported = names(arguments(&attach, "Fn::ImportValue"), "${Stack}-");
    assert!(!imported.is_empty());
    let lacking: Vec<_> = imported.difference(&exported).collect();
    assert!(lacking.is_empty(), "{MAIN} does not export {lacking:?}");
}

#[test]
fn its_group_is_one_that_the_stack_could_have_been_deployed_for() {
    let group = |path: &str| -> Parameter {
        parameters(path).into_iter().find(|parameter| parameter.name == "Group").unwrap()
    };
    assert_eq!(differences(&group(MAIN), &group(ATTACH)), [] as [String; 0]);
}

#[test]
fn it_allows_for_its_group_what_the_stack_allows_for_the_first() {
    let of_group = |resource: &str| resource.contains("autoScalingGroupName/");
    let role = stack::roles(&[]).unwrap().remove("AutoDrainRole").unwrap();
    let first = role.iter().filter(|statement| statement.resources.iter().all(|r| of_group(r)));
    let first: BTreeSet<String> = first.flat_map(|s| s.actions.clone()).collect();

    let attach = load(ATTACH);
    let reach = &attach["Resources"]["Reach"]["Properties"]["PolicyDocument"]["Statement"][0];
    assert!(of_group(reach["Resource"]["Fn::Sub"].as_str().unwrap()));
    let actions: BTreeSet<String> = serde_json::from_value(reach["Action"].clone()).unwrap();
    assert_eq!(actions, first);
}

#[test]
fn its_hook_is_that_of_the_stack() {
    let hook = |path: &str| load(path)["Resources"]["Hook"]["Properties"].clone();
    let (first, further) = (hook(MAIN), hook(ATTACH));
    let properties =
        |hook: &Value| -> BTreeSet<String> { hook.as_object().unwrap().keys().cloned().collect() };
    assert_eq!(properties(&further), properties(&first));
    assert_eq!(further["LifecycleTransition"], first["LifecycleTransition"]);
    let metadata = |hook: &Value| hook["NotificationMetadata"]["Fn::Sub"].clone();
    assert_eq!(metadata(&further)[0], metadata(&first));
}

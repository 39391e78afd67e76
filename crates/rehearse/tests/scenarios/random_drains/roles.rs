//! Compares the roles of the template with everything that the functions do in the random runs.

use std::collections::{BTreeMap, BTreeSet};

use region::wiring::template::Statement;
use scenarios::stack::{self, AUTO_DRAIN, CLUSTER, HOOK_KEEPER, REINVOKE};

use crate::random_drains::seeds::summary;
use crate::role::{Need, assert_exact, missing, of_lambda, unused};

/// The roles of the template, without those that tests of hooks and of scaling compare.
fn roles() -> BTreeMap<String, Vec<Statement>> {
    let mut roles = stack::roles(&[]).unwrap();
    for other in ["HookKeeperRole", "AlarmScalingRole"] {
        assert!(roles.remove(other).is_some());
    }
    roles
}

/// The needs of each of them.
fn needs() -> BTreeMap<String, BTreeSet<Need>> {
    let wiring = stack::wiring(&[]).unwrap();
    let mut needs = BTreeMap::new();
    for (function, role) in [(AUTO_DRAIN, "AutoDrainRole"), (REINVOKE, "ReinvokeRole")] {
        let mut of_role = of_lambda(&wiring, function);
        let made = summary().figures.made.get(function).into_iter().flatten();
        of_role.extend(made.flat_map(Need::call));
        needs.insert(role.to_owned(), of_role);
    }
    // Runs of scaling do this: their requeues return as work items.
    let requeues = wiring.topics.iter().filter(|topic| topic.logical_id == "ReinvokeTopic");
    let requeues = requeues.map(|topic| Need::of("sns:Publish", &topic.arn));
    needs.entry("ReinvokeRole".to_owned()).or_default().extend(requeues);
    // Auto Scaling publishes with the hook's role.
    let topic = &stack::environment(&wiring, HOOK_KEEPER)["LIFECYCLE_TOPIC_ARN"];
    needs.insert("HookRole".to_owned(), [Need::of("sns:Publish", topic)].into());
    needs
}

#[test]
fn every_role_allows_what_is_done_by_it_and_nothing_else() {
    let (roles, needs) = (roles(), needs());
    assert_eq!(roles.keys().collect::<Vec<_>>(), needs.keys().collect::<Vec<_>>());
    for (role, needs) in &needs {
        let statements = roles.get(role).unwrap();
        assert_exact(statements, needs);
    }
}

#[test]
fn a_role_of_other_resources_or_more_actions_is_reported() {
    let needs = needs();
    for (role, statements) in roles() {
        let needs = needs.get(&role).unwrap();
        for (place, statement) in statements.iter().enumerate() {
            let on = |resources: Vec<String>| {
                let mut changed = statements.clone();
                changed[place].resources = resources;
                (missing(&changed, needs).len(), unused(&changed, needs).len())
            };
            let (missing, unused) = on(vec!["arn:aws:ecs:*:cluster/nobody".to_owned()]);
            assert!(missing > 0 && unused > 0, "{role} of nobody: {statement:?}");
            // No wildcard could be replaced with our cluster.
            let narrow = statement.resources.iter().map(|r| r.replace('*', CLUSTER)).collect();
            if narrow != statement.resources {
                assert!(on(narrow).0 > 0, "{role} of {CLUSTER}: {statement:?}");
            }
        }
        let mut more = statements.clone();
        more[0].actions.push("ecs:DeleteCluster".to_owned());
        assert_eq!(unused(&more, needs)[0].0, "ecs:DeleteCluster", "{role}");
    }
}

//! Compares the role of hook-keeper with what the function does.

use region::services::{Control, CreateGroup};
use scenarios::stack::{self, HOOK_KEEPER};

use super::fleet::{CLUSTER, Fleet, MODE, WEB};
use crate::role::{Need, assert_exact, missing, of_lambda};

#[tokio::test(start_paused = true)]
async fn the_role_of_hook_keeper_allows_what_it_does_and_nothing_else() {
    let fleet = Fleet::new().await.kept(&[]).await;
    fleet.control(Control::CreateGroup(CreateGroup {
        name: "pooled".to_owned(),
        tags: [(CLUSTER.to_owned(), "demo".to_owned())].into(),
        reuse_on_scale_in: true,
        ..CreateGroup::default()
    }));
    fleet.keep().await;
    fleet.tag("pooled", &[(MODE, "off")]);
    fleet.untag(WEB, &[CLUSTER]);
    fleet.rehearsal.pass(3_600).await;
    let mut needs = of_lambda(&stack::wiring(&[]).unwrap(), HOOK_KEEPER);
    needs.extend(fleet.rehearsal.made()[HOOK_KEEPER].iter().flat_map(Need::call));
    let roles = stack::roles(&[]).unwrap();
    let statements = &roles["HookKeeperRole"];
    assert_exact(statements, &needs);
    for (place, statement) in statements.iter().enumerate() {
        if !statement.condition.is_null() {
            let mut other = statements.clone();
            other[place].condition = serde_json::json!({"Null": {"aws:ResourceTag/none": "false"}});
            assert!(!missing(&other, &needs).is_empty(), "{statement:?}");
        }
    }
}

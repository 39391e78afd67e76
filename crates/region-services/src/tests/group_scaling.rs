//! AWS's own step scaling of groups, and what its policies need.

use super::scaling::{ScaledAccount, change, web};
use crate::testing::{Account, service};
use crate::*;
use NotScaledReason::*;
use ScalingOutcome::{NotScaled, Scaled};

fn group() -> ScalingTarget {
    ScalingTarget::Group("group".to_owned())
}

#[test]
fn a_group_grows_from_its_warm_instances() {
    let mut scaled = ScaledAccount::new(4);
    let percent = PutStepPolicy {
        adjustment_type: AdjustmentType::PercentChangeInCapacity,
        estimated_instance_warmup_seconds: Some(100),
        steps: vec![
            StepAdjustment { lower: Some(0.0), upper: Some(10.0), adjustment: 25 },
            StepAdjustment { lower: Some(10.0), upper: None, adjustment: 75 },
        ],
        ..change("out", group(), 0)
    };
    scaled.policy(percent);
    // 25 % of 4.
    assert_eq!(scaled.fire("out", 75.0), Scaled(5));
    scaled.0.wait(30);
    assert_eq!(scaled.fire("out", 75.0), NotScaled(AlreadyAtDesiredCapacity));
    // 75 % of 4, and one of them is coming already.
    assert_eq!(scaled.fire("out", 85.0), Scaled(7));
    // The first boots for a minute and warms for 100 seconds.
    scaled.0.wait(129);
    assert_eq!(scaled.fire("out", 75.0), NotScaled(AlreadyAtDesiredCapacity));
    scaled.0.wait(31);
    assert_eq!(scaled.fire("out", 75.0), Scaled(8));
    scaled.0.wait(600);
    assert_eq!(scaled.fire("out", 75.0), NotScaled(AlreadyAtMaxCapacity));
}

#[test]
fn a_group_does_not_shrink_while_it_warms_up() {
    let mut scaled = ScaledAccount::new(0);
    scaled.policy(change("in", group(), -1));
    scaled.0.act(Control::SetDesiredCapacity("group".to_owned(), 5));
    scaled.0.wait(60);
    assert_eq!(scaled.fire("in", 20.0), NotScaled(WarmingUp));
    // 300 seconds after it came into service, for want of any warm-up that is set.
    scaled.0.wait(299);
    assert_eq!(scaled.fire("in", 20.0), NotScaled(WarmingUp));
    scaled.0.wait(1);
    assert_eq!(scaled.fire("in", 20.0), Scaled(4));
}

#[test]
fn the_groups_own_warm_up_stands_in_for_a_policys() {
    let mut account =
        Account::with(CreateGroup { default_instance_warmup: Some(0), ..CreateGroup::default() });
    account.act(Control::CreateService(service(1, 100, 200)));
    let mut scaled = ScaledAccount(account);
    scaled.policy(change("in", group(), -1));
    scaled.0.act(Control::SetDesiredCapacity("group".to_owned(), 3));
    scaled.0.wait(59);
    assert_eq!(scaled.fire("in", 20.0), NotScaled(WarmingUp));
    scaled.0.wait(1);
    assert_eq!(scaled.fire("in", 20.0), Scaled(2));
}

#[test]
fn an_instance_that_ends_is_still_there_for_scaling_in() {
    let mut scaled = ScaledAccount::new(0);
    scaled.0.hook(PutLifecycleHook::default());
    scaled.policy(change("in", group(), -1));
    assert_eq!(scaled.fire("in", 20.0), Scaled(3));
    scaled.0.wait(60);
    assert_eq!(scaled.fire("in", 20.0), NotScaled(AlreadyAtDesiredCapacity));
    let ending =
        (0..4).find(|nth| scaled.0.instance(*nth).state == LifecycleState::TerminatingWait);
    scaled.0.complete(ending.unwrap(), "drain", "CONTINUE").unwrap();
    scaled.0.wait(60);
    assert_eq!(scaled.fire("in", 20.0), Scaled(2));
    scaled.0.wait(60);
    assert_eq!(scaled.fire("in", 20.0), NotScaled(AlreadyAtMinCapacity));
}

#[test]
fn a_policy_needs_sound_steps_and_something_to_scale() {
    let mut scaled = ScaledAccount::new(4);
    let refused = |scaled: &mut ScaledAccount, policy| {
        scaled.0.services.control(scaled.0.now(), Control::PutStepPolicy(policy)).unwrap_err()
    };
    let steps = Vec::new();
    let error = refused(&mut scaled, PutStepPolicy { steps, ..change("out", web(), 1) });
    assert_eq!(error.message, "a policy needs a step");
    let other = ScalingTarget::Service { cluster: "default".to_owned(), service: "api".to_owned() };
    assert_eq!(refused(&mut scaled, change("out", other, 1)).code, "ObjectNotFoundException");
    let other = ScalingTarget::Group("other".to_owned());
    assert_eq!(refused(&mut scaled, change("out", other, 1)).code, "ValidationError");
    let target = RegisterScalableTarget { min: 3, max: 2, ..RegisterScalableTarget::default() };
    let control = Control::RegisterScalableTarget(target);
    assert!(scaled.0.services.control(scaled.0.now(), control).is_err());
}

#[test]
fn a_policy_that_is_changed_keeps_its_arn() {
    let mut scaled = ScaledAccount::new(4);
    let put = |scaled: &mut ScaledAccount, by| {
        scaled.0.act(Control::PutStepPolicy(change("out", web(), by)))
    };
    let arn = put(&mut scaled, 1);
    assert_eq!(put(&mut scaled, 2), arn);
    let arn = arn["policy-arn"].as_str().unwrap();
    assert!(arn.starts_with("arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:"), "{arn}");
    assert!(arn.ends_with(":resource/ecs/service/default/web:policyName/out"), "{arn}");
}

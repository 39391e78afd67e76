//! Every worked example of AWS's guides, one test each, with its source.

use super::*;

/// The two policies of the guides of EC2 Auto Scaling and of Application Auto Scaling.
fn out() -> Policy {
    let steps = [step(0.0, 10.0, 0), step(10.0, 20.0, 10), step(20.0, None, 30)];
    policy(AdjustmentType::PercentChangeInCapacity, &steps)
}

fn inward() -> Policy {
    let steps = [step(-10.0, 0.0, 0), step(-20.0, -10.0, -10), step(None, -20.0, -30)];
    policy(AdjustmentType::PercentChangeInCapacity, &steps)
}

fn number(policy: &Policy, metric: f64) -> Option<usize> {
    made(policy, &breach(metric), &service(10, 10), None, at(0)).step.map(|chosen| chosen.number)
}

// https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_StepAdjustment.html
// https://docs.aws.amazon.com/autoscaling/application/APIReference/API_StepAdjustment.html
#[test]
fn bounds_0_and_10_at_a_threshold_of_50_hold_from_50_to_less_than_60() {
    assert_eq!(number(&out(), 49.999), None);
    assert_eq!((number(&out(), 50.0), number(&out(), 59.999)), (Some(0), Some(0)));
    assert_eq!(number(&out(), 60.0), Some(1));
}

// https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_StepAdjustment.html
// https://docs.aws.amazon.com/autoscaling/application/APIReference/API_StepAdjustment.html
#[test]
fn bounds_minus_10_and_0_at_a_threshold_of_50_hold_from_more_than_40_to_50() {
    assert_eq!(number(&inward(), 50.001), None);
    assert_eq!((number(&inward(), 50.0), number(&inward(), 40.001)), (Some(0), Some(0)));
    assert_eq!(number(&inward(), 40.0), Some(1));
}

// https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html
#[test]
fn a_group_of_10_is_kept_between_40_and_60() {
    for metric in [40.001, 45.0, 50.0] {
        assert_eq!(result(&inward(), metric, &group(10, 10)), 10);
    }
    for metric in [50.0, 55.0, 59.999] {
        let decision = made(&out(), &breach(metric), &group(10, 10), None, at(0));
        assert_eq!(reason(&decision), Some("AlreadyAtDesiredCapacity"));
    }
}

// https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html
#[test]
fn a_group_grows_from_10_to_11_to_14_and_shrinks_to_13_to_10() {
    assert_eq!(result(&out(), 60.0, &group(10, 10)), 11);
    assert_eq!(result(&out(), 70.0, &group(11, 11)), 14);
    assert_eq!(result(&inward(), 40.0, &group(14, 14)), 13);
    assert_eq!(result(&inward(), 30.0, &group(13, 13)), 10);
}

// https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
#[test]
fn a_scalable_target_grows_from_10_to_11_to_14_and_shrinks_to_13_to_10() {
    assert_eq!(result(&out(), 60.0, &service(10, 10)), 11);
    assert_eq!(result(&out(), 70.0, &service(11, 11)), 14);
    assert_eq!(result(&inward(), 40.0, &service(14, 14)), 13);
    assert_eq!(result(&inward(), 30.0, &service(13, 13)), 10);
}

// https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html
// (its text until 2022-05-02: awsdocs/amazon-ec2-auto-scaling-user-guide@4efb632)
#[test]
fn a_group_of_10_that_warms_up_its_11th_stays_there_at_62_and_goes_to_13_at_70() {
    assert_eq!(result(&out(), 62.0, &group(11, 10)), 11);
    let decision = made(&out(), &breach(70.0), &group(11, 10), None, at(0));
    assert_eq!((working(&decision).change, working(&decision).wanted), (3, 13));
    assert_eq!(decision.outcome, Outcome::Scale { from: 11, to: 13 });
}

// https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html
// https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
#[test]
fn a_change_of_5_makes_3_into_8_and_an_exact_capacity_of_5_makes_it_5() {
    for state in [service(3, 3), group(3, 3)] {
        assert_eq!(result(&by(5), 60.0, &state), 8);
        let exact = policy(AdjustmentType::ExactCapacity, &beyond(5));
        assert_eq!(result(&exact, 60.0, &state), 5);
        assert_eq!(result(&percent(10), 60.0, &group(10, 10)), 11);
    }
}

// https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html
// https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
#[test]
fn percentages_are_rounded_12_7_to_12_and_0_67_to_1_and_back() {
    let change = |percentage, capacity| {
        let state = service(capacity, capacity);
        working(&made(&percent(percentage), &breach(60.0), &state, None, at(0))).change
    };
    assert_eq!(change(127, 10), 12);
    assert_eq!(change(67, 1), 1);
    assert_eq!(change(-58, 1), -1);
    assert_eq!(change(-667, 1), -6);
    assert_eq!(change(50, 0), 0);
}

// https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html
// https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
#[test]
fn a_quarter_of_4_is_1_and_2_are_added_for_a_minimum_magnitude_of_2() {
    assert_eq!(result(&percent(25), 60.0, &group(4, 4)), 5);
    let at_least = Policy { min_adjustment_magnitude: Some(2), ..percent(25) };
    for state in [service(4, 4), group(4, 4)] {
        assert_eq!(result(&at_least, 60.0, &state), 6);
    }
    let inward = Policy { min_adjustment_magnitude: Some(2), ..percent(-25) };
    assert_eq!(result(&inward, 40.0, &group(4, 4)), 2);
    let dead_band = Policy { min_adjustment_magnitude: Some(2), ..percent(0) };
    assert_eq!(result(&dead_band, 60.0, &group(4, 4)), 4);
}

// https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html
#[test]
fn with_weights_1_less_than_32_is_no_less_than_the_30_desired() {
    assert_eq!(result(&by(-1), 40.0, &group(30, 32)), 30);
    assert_eq!(result(&by(-3), 40.0, &group(30, 32)), 29);
}

// https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html
#[test]
fn instances_that_terminate_still_count_on_the_way_in() {
    let state = State::Group(Group { terminating: 2, ..a_group(8, 8) });
    assert_eq!(result(&by(-2), 40.0, &state), 8);
    assert_eq!(result(&by(-3), 40.0, &state), 7);
}

// https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-default-instance-warmup.html
#[test]
fn a_group_does_not_shrink_while_instances_warm_up() {
    let decision = made(&by(-1), &breach(40.0), &group(11, 10), None, at(0));
    assert_eq!(reason(&decision), Some("InstancesWarming"));
}

// https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
#[test]
fn a_step_of_3_within_the_cooldown_of_a_step_of_2_adds_1() {
    for running in [10, 11, 12] {
        let first = made(&by(2), &breach(60.0), &service(10, 10), None, at(0));
        assert_eq!(first.outcome, Outcome::Scale { from: 10, to: 12 });
        let state = service(12, running);
        let again = made(&by(2), &breach(60.0), &state, first.remember, at(90));
        assert_eq!(
            again.outcome,
            Outcome::NotScaled(Reason::Cooldown { until: at(300) }).or_done(running)
        );
        let second = made(&by(3), &breach(70.0), &state, first.remember, at(90));
        assert_eq!(second.outcome, Outcome::Scale { from: 12, to: 13 });
        let third = made(&by(3), &breach(70.0), &service(13, 13), second.remember, at(180));
        assert_eq!(third.outcome, Outcome::NotScaled(Reason::Cooldown { until: at(390) }));
        let after = made(&by(3), &breach(70.0), &service(13, 13), second.remember, at(390));
        assert_eq!(after.outcome, Outcome::Scale { from: 13, to: 16 });
    }
}

impl Outcome {
    /// With no task more than before the first step, it is not the cooldown that holds back.
    fn or_done(self, running: u32) -> Self {
        match running {
            10 => Self::NotScaled(Reason::AlreadyAtDesiredCapacity { current_capacity: 12 }),
            _ => self,
        }
    }
}

// https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html
#[test]
fn a_scale_in_waits_for_the_cooldown_of_a_scale_in() {
    let first = made(&by(-1), &breach(40.0), &service(10, 10), None, at(0));
    assert_eq!(first.outcome, Outcome::Scale { from: 10, to: 9 });
    let soon = made(&by(-1), &breach(40.0), &service(9, 9), first.remember, at(299));
    assert_eq!(soon.outcome, Outcome::NotScaled(Reason::Cooldown { until: at(300) }));
    let later = made(&by(-1), &breach(40.0), &service(9, 9), first.remember, at(300));
    assert_eq!(later.outcome, Outcome::Scale { from: 9, to: 8 });
}

// https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html
#[test]
fn a_scale_out_within_the_cooldown_of_a_scale_in_is_done_at_once_and_ends_that_cooldown() {
    let inward = made(&by(-1), &breach(40.0), &service(10, 10), None, at(0));
    let quick = Policy { scale_out_cooldown: 60, ..by(2) };
    let out = made(&quick, &breach(60.0), &service(9, 9), inward.remember, at(30));
    assert_eq!(out.outcome, Outcome::Scale { from: 9, to: 11 });
    // The scale-in's would have lasted until 300.
    let next = made(&by(-1), &breach(40.0), &service(11, 11), out.remember, at(90));
    assert_eq!(next.outcome, Outcome::Scale { from: 11, to: 10 });
}

// https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scale-based-on-demand.html
#[test]
fn a_group_never_leaves_its_bounds() {
    let bounded = |policy: Policy| Policy { min_capacity: 2, max_capacity: 3, ..policy };
    for state in [group(2, 2), service(2, 2)] {
        let decision = made(&bounded(by(3)), &breach(60.0), &state, None, at(0));
        assert_eq!(decision.outcome, Outcome::Scale { from: 2, to: 3 });
        assert_eq!(working(&decision).clamp, Some(Clamp::ToMax));
    }
    for state in [group(3, 3), service(3, 3)] {
        let decision = made(&bounded(by(-2)), &breach(40.0), &state, None, at(0));
        assert_eq!(decision.outcome, Outcome::Scale { from: 3, to: 2 });
        assert_eq!(working(&decision).clamp, Some(Clamp::ToMin));
    }
}

// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html
#[test]
fn a_service_below_its_minimum_is_raised_to_it_by_a_scale_out_and_left_by_a_scale_in() {
    let bounded = |policy: Policy| Policy { min_capacity: 5, max_capacity: 10, ..policy };
    assert_eq!(result(&bounded(by(1)), 60.0, &service(2, 2)), 5);
    assert_eq!(result(&bounded(by(1)), 60.0, &service(5, 5)), 6);
    assert_eq!(result(&bounded(by(4)), 60.0, &service(2, 2)), 6);
    let inward = made(&bounded(by(-1)), &breach(40.0), &service(2, 2), None, at(0));
    assert_eq!(reason(&inward), Some("AlreadyAtMinCapacity"));
}

// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html
#[test]
fn a_service_above_its_maximum_is_lowered_to_it_by_a_scale_in_and_left_by_a_scale_out() {
    let bounded = |policy: Policy| Policy { min_capacity: 5, max_capacity: 10, ..policy };
    assert_eq!(result(&bounded(by(-1)), 40.0, &service(13, 13)), 10);
    assert_eq!(result(&bounded(by(-1)), 40.0, &service(10, 10)), 9);
    let out = made(&bounded(by(1)), &breach(60.0), &service(13, 13), None, at(0));
    assert_eq!(reason(&out), Some("AlreadyAtMaxCapacity"));
}

// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html
#[test]
fn tasks_that_cannot_be_placed_do_not_drive_the_desired_count_on() {
    assert_eq!(result(&by(2), 60.0, &service(12, 10)), 12);
    assert_eq!(result(&by(3), 60.0, &service(12, 10)), 13);
}

// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html
#[test]
fn a_deployment_holds_a_scale_in_and_lets_a_scale_out_go_on() {
    let inward = made(&by(-1), &breach(40.0), &deploying(10, 10), None, at(0));
    assert_eq!(reason(&inward), Some("DeploymentInProgress"));
    assert_eq!(result(&by(1), 60.0, &deploying(10, 10)), 11);
}

// https://github.com/aws/containers-roadmap/issues/525
// https://github.com/aws/amazon-ecs-agent/issues/2125
#[test]
fn the_tasks_of_two_deployments_are_not_counted_twice() {
    let decision = made(&by(1), &breach(60.0), &deploying(10, 20), None, at(0));
    assert_eq!(decision.outcome, Outcome::Scale { from: 10, to: 11 });
}

// https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scale-based-on-demand.html
#[test]
fn of_3_less_and_a_quarter_less_than_8_the_quarter_wins() {
    let decisions = [by(-3), percent(-25)]
        .map(|policy| made(&policy, &breach(40.0), &group(8, 8), None, at(0)));
    assert_eq!(decisions.each_ref().map(capacity), [5, 6]);
    assert_eq!(prevailing(&decisions), Some(1));
}

// https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutScalingPolicy.html
#[test]
fn of_3_more_and_200_percent_more_than_10_the_percent_wins() {
    let decisions = [by(3), percent(200)]
        .map(|policy| made(&policy, &breach(60.0), &group(10, 10), None, at(0)));
    assert_eq!(decisions.each_ref().map(capacity), [13, 30]);
    assert_eq!(prevailing(&decisions), Some(1));
}

// https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_ExecutePolicy.html
#[test]
fn a_value_in_no_step_scales_nothing_and_says_so() {
    let decision = made(&out(), &breach(45.0), &group(10, 10), None, at(0));
    assert_eq!(reason(&decision), Some("NoMatchingStep"));
}

//! Native step scaling and alarm-scaling under the same load.

use bench::scaling::compare::pairs;
use bench::scaling::course::Dimension;
use bench::scaling::curve::Curve;
use bench::scaling::full::Scaled;
use bench::scaling::{both, filled};
use time::Duration;

/// The largest delay of a scale-out that both base on the same evaluation of the alarm.
const AT_ONCE: Duration = Duration::seconds(5);

#[tokio::test(start_paused = true)]
async fn a_service_is_scaled_by_the_same_steps_under_every_load() {
    for curve in Curve::ALL {
        let [native, alarm_scaling] = both(Dimension::Service, curve, 1).await.unwrap();
        let pairs = pairs(&native.scalings, &alarm_scaling.scalings);
        assert!(pairs.len() >= 2, "{curve:?}");
        for pair in &pairs {
            assert!(pair.equal(), "{curve:?}: {pair:?}");
        }
        assert!(pairs[0].later().unwrap() < AT_ONCE, "{curve:?}");
        assert_eq!(native.desired.last(), alarm_scaling.desired.last(), "{curve:?}");
    }
}

/// Each requeued reconcile adds five seconds. A scale-in is late by at most one requeue.
#[tokio::test(start_paused = true)]
async fn no_step_of_a_service_comes_much_later() {
    for curve in Curve::ALL {
        let [native, alarm_scaling] = both(Dimension::Service, curve, 1).await.unwrap();
        for pair in pairs(&native.scalings, &alarm_scaling.scalings) {
            let later = pair.later().unwrap();
            let most = match pair.native.is_some_and(|native| native.to > native.from) {
                true => Duration::seconds(15),
                false => Duration::seconds(70),
            };
            assert!(later < most, "{curve:?}: {pair:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_group_is_scaled_alike_but_for_the_listed_differences() {
    for curve in Curve::ALL {
        let [native, alarm_scaling] = both(Dimension::Cluster, curve, 1).await.unwrap();
        let pairs = pairs(&native.scalings, &alarm_scaling.scalings);
        let first = &pairs[0];
        assert!(first.equal() && first.later().unwrap() < AT_ONCE, "{curve:?}: {pairs:?}");
        if matches!(curve, Curve::StepUp | Curve::Spike) {
            assert!(pairs.iter().all(|pair| pair.equal()), "{curve:?}: {pairs:?}");
        }
        let ends = native.desired.last().unwrap().abs_diff(*alarm_scaling.desired.last().unwrap());
        assert!(ends <= 1, "{curve:?}: {pairs:?}");
        let short = [native.short_minutes, alarm_scaling.short_minutes];
        assert!(short[1] <= short[0], "{curve:?}: {short:?} {pairs:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn tasks_in_a_full_cluster_run_sooner_where_both_dimensions_are_decided_together() {
    let (native, _) = filled(Scaled::Native, 7).await.unwrap();
    let (apart, _) = filled(Scaled::Apart, 7).await.unwrap();
    let (together, _) = filled(Scaled::Together, 7).await.unwrap();
    for ((native, apart), together) in native.iter().zip(&apart).zip(&together) {
        assert!((*native - *apart).abs() <= AT_ONCE, "{native} {apart}");
        assert!(*apart - *together >= Duration::seconds(60), "{apart} {together}");
    }
}

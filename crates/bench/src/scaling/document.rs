//! The measurements of scaling for programs.

use serde::Serialize;
use time::Duration;

use super::calls::{hop, reconciles};
use super::course::{Course, Dimension, Scaling};
use super::full::Scaled;
use super::{Followed, Measurements};

#[derive(Debug, Serialize)]
pub(crate) struct Document<'a> {
    loads: Vec<Load<'a>>,
    full_cluster: Vec<Full>,
    reconciles: Vec<Kind>,
    calls_of_reinvoke_for_each_requeue_message: usize,
}

/// A load, and how both follow it.
#[derive(Debug, Serialize)]
struct Load<'a> {
    dimension: &'static str,
    load: &'static str,
    native: Curve<'a>,
    alarm_scaling: Curve<'a>,
}

#[derive(Debug, Serialize)]
struct Curve<'a> {
    desired_each_minute: &'a [usize],
    #[serde(skip_serializing_if = "Option::is_none")]
    task_minutes: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance_minutes: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    minutes_above_100_percent: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    minutes_with_unplaced_tasks: Option<f64>,
    scalings: Vec<Change>,
}

#[derive(Debug, Serialize)]
struct Change {
    after_seconds: f64,
    from: usize,
    to: usize,
    metric_value: Option<f64>,
}

/// The time until all tasks in a full cluster run.
#[derive(Debug, Serialize)]
struct Full {
    scaled_by: &'static str,
    least_seconds: Option<f64>,
    median_seconds: Option<f64>,
    most_seconds: Option<f64>,
}

/// The reconciles of one kind, and the calls of the one with the most.
#[derive(Debug, Serialize)]
struct Kind {
    kind: String,
    reconciles: usize,
    most_calls: Vec<String>,
}

impl<'a> Document<'a> {
    pub(crate) fn of(all: &'a Measurements) -> Self {
        let kinds = reconciles(&all.runs).into_iter().map(|(kind, reconciles)| Kind {
            kind: kind.words(),
            reconciles: reconciles.count,
            most_calls: reconciles.dearest,
        });
        Self {
            loads: all.followed.iter().map(Load::of).collect(),
            full_cluster: all.took.iter().map(Full::of).collect(),
            reconciles: kinds.collect(),
            calls_of_reinvoke_for_each_requeue_message: hop(&all.runs),
        }
    }
}

impl<'a> Load<'a> {
    fn of(followed: &'a Followed) -> Self {
        let Followed { dimension, curve, native, alarm_scaling } = followed;
        Self {
            dimension: dimension.name(),
            load: curve.name(),
            native: Curve::of(*dimension, native),
            alarm_scaling: Curve::of(*dimension, alarm_scaling),
        }
    }
}

impl<'a> Curve<'a> {
    fn of(dimension: Dimension, course: &'a Course) -> Self {
        let on = |wanted: Dimension, minutes: f64| (dimension == wanted).then_some(minutes);
        Self {
            desired_each_minute: &course.desired,
            task_minutes: on(Dimension::Service, course.used_minutes),
            instance_minutes: on(Dimension::Cluster, course.used_minutes),
            minutes_above_100_percent: on(Dimension::Service, course.short_minutes),
            minutes_with_unplaced_tasks: on(Dimension::Cluster, course.short_minutes),
            scalings: course.scalings.iter().map(Change::of).collect(),
        }
    }
}

impl Change {
    fn of(scaling: &Scaling) -> Self {
        let Scaling { after, from, to, value } = *scaling;
        Self { after_seconds: after.as_seconds_f64(), from, to, metric_value: value }
    }
}

impl Full {
    fn of((scaled, sorted): &(Scaled, Vec<Duration>)) -> Self {
        let seconds = |span: Option<&Duration>| span.copied().map(Duration::as_seconds_f64);
        Self {
            scaled_by: scaled.name(),
            least_seconds: seconds(sorted.first()),
            median_seconds: seconds(sorted.get(sorted.len() / 2)),
            most_seconds: seconds(sorted.last()),
        }
    }
}

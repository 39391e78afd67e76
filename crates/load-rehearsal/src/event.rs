//! Faults and events during a load.

use load_model::{BadInput, Words};
use region::region::Settings;
use region::services::{
    Control, InterruptSpot, LateSamples, LifecycleState, TerminateInstance, UpdateService,
};
use scenarios::rehearsal::Rehearsal;
use scenarios::scaling::SERVICE;
use scenarios::stack::{CLUSTER, GROUP};

/// Something that happens during a load, or is so all the time.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// EC2 loses instances. No hook holds them.
    Lost { at: f64, count: usize },
    /// EC2 interrupts Spot instances, two minutes after a warning.
    Spot { at: f64, count: usize },
    /// The service is deployed again.
    Deployment { at: f64 },
    /// Every instance is replaced, one after the other.
    Refresh { at: f64 },
    /// Samples of metrics are seconds late, in a share of the minutes.
    LateMetrics { by: f64, share: f64 },
    /// Samples of metrics never arrive, in a share of the minutes.
    MissingMetrics { share: f64 },
    /// AWS refuses calls above its rates.
    Throttling,
}

const NAMES: &str = "lost, spot, deployment, refresh, late-metrics, missing-metrics or throttling";

/// Longer than any rehearsal: what is as late as this never arrives.
const NEVER: u64 = 10 * 366 * 86_400;

impl Event {
    /// Reads `lost:at=30m,count=2`, `spot:at=30m`, `deployment:at=30m`, `refresh:at=30m`,
    /// `late-metrics:by=2m,share=50%`, `missing-metrics:share=20%` or `throttling`.
    ///
    /// # Errors
    /// The event or a parameter of it is unknown, or out of range.
    pub fn read(text: &str) -> Result<Self, BadInput> {
        let mut words = Words::read(text)?;
        let event = match words.name.as_str() {
            "lost" => Self::Lost { at: at(&mut words)?, count: count(&mut words)? },
            "spot" => Self::Spot { at: at(&mut words)?, count: count(&mut words)? },
            "deployment" => Self::Deployment { at: at(&mut words)? },
            "refresh" => Self::Refresh { at: at(&mut words)? },
            "late-metrics" => Self::LateMetrics {
                by: words.seconds("by", None)?,
                share: words.share("share", Some(1.0))?,
            },
            "missing-metrics" => Self::MissingMetrics { share: words.share("share", None)? },
            "throttling" => Self::Throttling,
            other => return Err(BadInput::new("event", format!("`{other}` is not {NAMES}"))),
        };
        words.end()?;
        Ok(event)
    }

    /// The second at which it begins; none if it is so all the time.
    const fn at(&self) -> Option<f64> {
        match self {
            Self::Lost { at, .. }
            | Self::Spot { at, .. }
            | Self::Deployment { at }
            | Self::Refresh { at } => Some(*at),
            Self::LateMetrics { .. } | Self::MissingMetrics { .. } | Self::Throttling => None,
        }
    }
}

fn at(words: &mut Words) -> Result<f64, BadInput> {
    words.seconds("at", None)
}

fn count(words: &mut Words) -> Result<usize, BadInput> {
    let count = words.number("count", Some(1.0))?;
    if count.fract() == 0.0 && (1.0..=1_000.0).contains(&count) {
        return Ok(count as usize);
    }
    Err(BadInput::new(format!("{}.count", words.name), "is not a whole number from 1 to 1000"))
}

/// How the region behaves with these events.
pub(crate) fn settings(events: &[Event]) -> Settings {
    let mut settings = Settings::default();
    for event in events {
        let (by, share) = match event {
            Event::LateMetrics { by, share } => (*by as u64, *share),
            Event::MissingMetrics { share } => (NEVER, *share),
            Event::Throttling => {
                settings.services.throttling = true;
                continue;
            }
            _ => continue,
        };
        settings.services.cloudwatch.late_samples.push(LateSamples {
            metric: None,
            minutes_percent: (100.0 * share).round() as u32,
            samples_percent: 100..=100,
            seconds: by..=by,
        });
    }
    settings
}

/// The events of a rehearsal that are still to come, and the instances that are being replaced.
#[derive(Debug)]
pub(crate) struct Ahead {
    events: Vec<Event>,
    replaced: Vec<String>,
}

impl Ahead {
    pub(crate) fn new(events: &[Event]) -> Self {
        let events = events.iter().filter(|event| event.at().is_some());
        Self { events: events.cloned().collect(), replaced: Vec::new() }
    }

    /// Lets happen what is due by this second.
    pub(crate) fn occur(&mut self, second: f64, rehearsal: &Rehearsal) {
        let is_due = |event: &mut Event| event.at().is_some_and(|at| at <= second);
        for event in self.events.extract_if(.., is_due).collect::<Vec<_>>() {
            match event {
                Event::Lost { count, .. } => {
                    for instance in serving(rehearsal).into_iter().take(count) {
                        rehearsal.try_control(Control::KillInstance(instance));
                    }
                }
                Event::Spot { count, .. } => {
                    for instance in serving(rehearsal).into_iter().take(count) {
                        rehearsal.try_control(Control::InterruptSpot(InterruptSpot {
                            instance,
                            takes_place: true,
                            after_seconds: 120,
                        }));
                    }
                }
                Event::Deployment { .. } => {
                    rehearsal.try_control(Control::UpdateService(UpdateService {
                        name: SERVICE.to_owned(),
                        cluster: CLUSTER.to_owned(),
                        deploy: true,
                        ..UpdateService::default()
                    }));
                }
                Event::Refresh { .. } => self.replaced = serving(rehearsal),
                Event::LateMetrics { .. } | Event::MissingMetrics { .. } | Event::Throttling => {}
            }
        }
        self.replace(rehearsal);
    }

    /// Terminates the next instance of a refresh once the group has all it wants in service.
    fn replace(&mut self, rehearsal: &Rehearsal) {
        if self.replaced.is_empty() {
            return;
        }
        let serving = serving(rehearsal);
        let desired = rehearsal.live.observe(|region, _| {
            region.services().truth().group(GROUP).map_or(0, |group| group.desired)
        });
        self.replaced.retain(|instance| serving.contains(instance));
        if serving.len() >= desired
            && let Some(instance) = self.replaced.pop()
        {
            let terminate = TerminateInstance { instance, decrement: false };
            rehearsal.try_control(Control::TerminateInstance(terminate));
        }
    }
}

/// The instances in service, oldest first.
fn serving(rehearsal: &Rehearsal) -> Vec<String> {
    rehearsal.live.observe(|region, _| {
        let instances = region.services().truth().instances();
        let serving = instances.filter(|instance| instance.state == LifecycleState::InService);
        serving.map(|instance| instance.id.to_owned()).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_by_their_names() {
        let read = |text| Event::read(text).unwrap();
        assert_eq!(read("lost:at=30m,count=2"), Event::Lost { at: 1_800.0, count: 2 });
        assert_eq!(read("spot:at=90s"), Event::Spot { at: 90.0, count: 1 });
        assert_eq!(read("late-metrics:by=2m"), Event::LateMetrics { by: 120.0, share: 1.0 });
        assert_eq!(read("missing-metrics:share=20%"), Event::MissingMetrics { share: 0.2 });
        assert_eq!(read("throttling"), Event::Throttling);
    }

    #[test]
    fn bad_events_name_the_field() {
        let problem = |text| Event::read(text).unwrap_err().to_string();
        assert!(problem("flood").starts_with("event: `flood` is not lost, spot"));
        assert_eq!(problem("lost"), "lost.at: is missing");
        assert!(problem("lost:at=1m,count=0.5").starts_with("lost.count: is not a whole number"));
        assert!(problem("missing-metrics:share=2").starts_with("missing-metrics.share: `2`"));
        assert_eq!(
            problem("refresh:at=1m,count=2"),
            "refresh.count: is not a parameter of refresh"
        );
    }

    #[test]
    fn metrics_are_late_or_missing_in_a_share_of_the_minutes() {
        let events = ["late-metrics:by=2m,share=50%", "throttling"];
        let settings = settings(&events.map(|event| Event::read(event).unwrap()));
        let late = &settings.services.cloudwatch.late_samples;
        assert_eq!(
            (late.len(), late[0].minutes_percent, late[0].seconds.clone()),
            (1, 50, 120..=120)
        );
        assert!(settings.services.throttling);
    }
}

//! A service and a cluster by named fields, from flags or a file.

use std::collections::BTreeMap;

use load_model::{BadInput, Load, Objective, Service, Times, Usage, WarmUp, Work, duration, share};
use region::services::Workload;
use serde_json::Value;

use crate::setup::{Cluster, Setup, Tasks};

/// Fields of a service and a cluster, as text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Description(BTreeMap<String, String>);

impl Description {
    /// From a JSON object of texts and numbers.
    ///
    /// # Errors
    /// It is not one.
    pub fn json(text: &str) -> Result<Self, BadInput> {
        let bad = |problem: String| BadInput::new("service", problem);
        let fields: BTreeMap<String, Value> =
            serde_json::from_str(text).map_err(|error| bad(format!("no JSON object: {error}")))?;
        let text = |(name, value): (String, Value)| match value {
            Value::String(text) => Ok((name, text)),
            Value::Number(number) => Ok((name, number.to_string())),
            _ => Err(BadInput::new(name, "is neither a text nor a number")),
        };
        Ok(Self(fields.into_iter().map(text).collect::<Result<_, _>>()?))
    }

    /// Sets a field, whether it was set before or not.
    pub fn set(&mut self, field: &str, value: String) {
        self.0.insert(field.to_owned(), value);
    }

    /// The service and the cluster under a load.
    ///
    /// # Errors
    /// A field is missing, unknown or cannot be used.
    pub fn setup(mut self, load: Load) -> Result<Setup, BadInput> {
        let setup = Setup {
            load,
            service: self.service()?,
            tasks: self.tasks()?,
            cluster: self.cluster()?,
            events: Vec::new(),
        };
        if let Some(field) = self.0.into_keys().next() {
            return Err(BadInput::new(field, "is not a field of a service or a cluster"));
        }
        setup.check()?;
        Ok(setup)
    }

    fn service(&mut self) -> Result<Service, BadInput> {
        let objective = self.take("objective").ok_or_else(|| missing("objective", "p95<250ms"))?;
        let objective = Objective::read(&objective)?;
        let sustained =
            self.number("sustains", None)?.ok_or_else(|| missing("sustains", "100 a second"))?;
        let work = self.seconds("work", None)?.ok_or_else(|| missing("work", "50ms"))?;
        let times = self.take("work-times").map(|text| Times::read(&text)).transpose()?;
        let service = Service::new(sustained, work, objective);
        Ok(Service {
            work: Work { mean_seconds: work, times: times.unwrap_or(service.work.times) },
            backlog: self.number("backlog", Some(service.backlog))?.unwrap_or_default(),
            timeout_seconds: self.seconds("timeout", Some(30.0))?.unwrap_or_default(),
            cpu: self.usage("cpu", service.cpu)?,
            memory: self.usage("memory", Usage { idle: 20.0, full: 50.0 })?,
            warm_up: WarmUp {
                extra: self.share("warm-up-extra", 0.5)?,
                seconds: self.seconds("warm-up", Some(0.0))?.unwrap_or_default(),
            },
            ..service
        })
    }

    fn tasks(&mut self) -> Result<Tasks, BadInput> {
        let (min, max) = self.range("tasks", (2, 20))?;
        let (stop_min_seconds, stop_max_seconds) = match self.take("stop") {
            Some(text) => {
                let (least, most) = text.split_once('-').unwrap_or((&text, &text));
                let seconds = |text: &str| duration(text.trim()).map(f64::round);
                let bad = |problem| BadInput::new("stop", problem);
                let (least, most) = (seconds(least).map_err(bad)?, seconds(most).map_err(bad)?);
                if least > most {
                    return Err(BadInput::new("stop", "the first time is longer than the second"));
                }
                (least as u64, most as u64)
            }
            None => (5, 30),
        };
        Ok(Tasks {
            min,
            max,
            workload: Workload {
                cpu: self.whole("task-cpu", 256)?,
                memory: self.whole("task-memory", 512)?,
                start_seconds: self.whole_seconds("start", Some(30))?.unwrap_or_default(),
                health_seconds: self.whole_seconds("health", Some(0))?.unwrap_or_default(),
                deregistration_seconds: self.whole_seconds("deregistration", Some(30))?,
                stop_min_seconds,
                stop_max_seconds,
                ..Workload::default()
            },
        })
    }

    fn cluster(&mut self) -> Result<Cluster, BadInput> {
        let (min, max) = self.range("instances", (1, 20))?;
        Ok(Cluster {
            cpu: self.whole("instance-cpu", 2_048)?,
            memory: self.whole("instance-memory", 7_680)?,
            min,
            max,
            boot_seconds: self.whole_seconds("boot", Some(60))?.unwrap_or_default(),
            registration_seconds: self.whole_seconds("registration", Some(20))?.unwrap_or_default(),
            warm_up_seconds: self.whole_seconds("instance-warm-up", None)?,
            zones: self.whole("zones", 2)? as usize,
            price: self.number("price", None)?,
        })
    }

    fn take(&mut self, field: &str) -> Option<String> {
        self.0.remove(field)
    }

    fn number(&mut self, field: &str, default: Option<f64>) -> Result<Option<f64>, BadInput> {
        let Some(text) = self.take(field) else { return Ok(default) };
        let number = text.parse::<f64>().ok().filter(|number| (0.0..=1e9).contains(number));
        let problem = || format!("`{text}` is not a number from 0 to 1000000000");
        number.map(Some).ok_or_else(|| BadInput::new(field, problem()))
    }

    fn whole(&mut self, field: &str, default: u32) -> Result<u32, BadInput> {
        let Some(text) = self.take(field) else { return Ok(default) };
        let number = text.parse::<u32>().ok().filter(|number| (1..=1_000_000).contains(number));
        let problem = || format!("`{text}` is not a whole number from 1 to 1000000");
        number.ok_or_else(|| BadInput::new(field, problem()))
    }

    fn seconds(&mut self, field: &str, default: Option<f64>) -> Result<Option<f64>, BadInput> {
        let Some(text) = self.take(field) else { return Ok(default) };
        duration(&text).map(Some).map_err(|problem| BadInput::new(field, problem))
    }

    fn whole_seconds(
        &mut self,
        field: &str,
        default: Option<u64>,
    ) -> Result<Option<u64>, BadInput> {
        let seconds = self.seconds(field, None)?;
        Ok(seconds.map(|seconds| seconds.round() as u64).or(default))
    }

    fn share(&mut self, field: &str, default: f64) -> Result<f64, BadInput> {
        let Some(text) = self.take(field) else { return Ok(default) };
        share(&text).map_err(|problem| BadInput::new(field, problem))
    }

    /// `IDLE-FULL` in percent.
    fn usage(&mut self, field: &str, default: Usage) -> Result<Usage, BadInput> {
        let Some(text) = self.take(field) else { return Ok(default) };
        let percent = |text: &str| text.trim().parse::<f64>().ok();
        let pair = text.split_once('-');
        let pair = pair.and_then(|(idle, full)| Some((percent(idle)?, percent(full)?)));
        let problem = || format!("`{text}` is not IDLE-FULL in percent, such as 5-95");
        let (idle, full) = pair.ok_or_else(|| BadInput::new(field, problem()))?;
        Ok(Usage { idle, full })
    }

    /// `MIN-MAX`.
    fn range(&mut self, field: &str, default: (usize, usize)) -> Result<(usize, usize), BadInput> {
        let Some(text) = self.take(field) else { return Ok(default) };
        let count = |text: &str| text.trim().parse::<usize>().ok();
        let pair = text.split_once('-');
        let pair = pair.and_then(|(min, max)| Some((count(min)?, count(max)?)));
        pair.ok_or_else(|| BadInput::new(field, format!("`{text}` is not MIN-MAX, such as 2-20")))
    }
}

fn missing(field: &str, example: &str) -> BadInput {
    BadInput::new(field, format!("is missing; give it, for example {example}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load() -> Load {
        Load::shape("step:from=10,to=20").unwrap()
    }

    fn described(fields: &[(&str, &str)]) -> Result<Setup, BadInput> {
        let json = r#"{"sustains": 100, "work": "50ms", "objective": "p95<250ms"}"#;
        let mut description = Description::json(json).unwrap();
        for (name, value) in fields {
            description.set(name, (*value).to_owned());
        }
        description.setup(load())
    }

    #[test]
    fn fields_that_are_set_go_before_those_of_the_file() {
        let setup = described(&[("sustains", "40"), ("tasks", "3-9"), ("stop", "2s-1m")]).unwrap();
        assert_eq!(setup.service.sustained, 40.0);
        assert_eq!((setup.tasks.min, setup.tasks.max), (3, 9));
        let workload = setup.tasks.workload;
        assert_eq!((workload.stop_min_seconds, workload.stop_max_seconds), (2, 60));
        assert_eq!(workload.deregistration_seconds, Some(30));
    }

    #[test]
    fn bad_fields_are_named() {
        for (field, value, message) in [
            ("sustains", "many", "sustains: `many` is not a number"),
            ("work", "50", "work: `50` is not a duration"),
            ("work-times", "normal", "work-times: `normal` is not gamma"),
            ("cpu", "95", "cpu: `95` is not IDLE-FULL"),
            ("tasks", "9", "tasks: `9` is not MIN-MAX"),
            ("tasks", "9-3", "tasks: 9 to 3 is not a range"),
            ("stop", "1m-2s", "stop: the first time is longer"),
            ("warm-up-extra", "2", "warm-up-extra: `2` is not a share"),
            ("task-cpu", "0", "task-cpu: `0` is not a whole number"),
            ("task-memory", "9000", "task: a task of 256 CPU units and 9000 MiB does not fit"),
            ("objective", "p95<45s", "objective: the limit is beyond the timeout"),
            ("colour", "red", "colour: is not a field of a service or a cluster"),
        ] {
            let error = described(&[(field, value)]).unwrap_err().to_string();
            assert!(error.starts_with(message), "{field}={value}: {error}");
        }
        let error = Description::json("[]").unwrap_err().to_string();
        assert!(error.starts_with("service: no JSON object"), "{error}");
        let error = Description::json(r#"{"work": null}"#).unwrap_err().to_string();
        assert_eq!(error, "work: is neither a text nor a number");
        let error = Description::default().setup(load()).unwrap_err().to_string();
        assert!(error.starts_with("objective: is missing"), "{error}");
    }
}

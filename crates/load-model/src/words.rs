//! Parameters in words, such as `spike:base=50,peak=500,at=30m,for=5m`.

use std::collections::BTreeMap;

use crate::error::BadInput;

/// A name with parameters. Each parameter must be taken; [`Words::end`] refuses what is left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// What stands before the colon.
    pub name: String,
    parameters: BTreeMap<String, String>,
}

impl Words {
    /// Reads `NAME` or `NAME:KEY=VALUE,…`.
    ///
    /// # Errors
    /// A parameter has no value, or stands there twice.
    pub fn read(text: &str) -> Result<Self, BadInput> {
        let (name, rest) = text.split_once(':').unwrap_or((text, ""));
        let name = name.trim().to_owned();
        let mut parameters = BTreeMap::new();
        for part in rest.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (key, value) = part.split_once('=').ok_or_else(|| {
                BadInput::new(format!("{name}.{part}"), "has no value; give it as KEY=VALUE")
            })?;
            let (key, value) = (key.trim().to_owned(), value.trim().to_owned());
            if parameters.insert(key.clone(), value).is_some() {
                return Err(BadInput::new(format!("{name}.{key}"), "is given twice"));
            }
        }
        Ok(Self { name, parameters })
    }

    /// The text of a parameter.
    pub fn take(&mut self, key: &str) -> Option<String> {
        self.parameters.remove(key)
    }

    /// All parameters that were not taken.
    pub fn rest(&mut self) -> BTreeMap<String, String> {
        std::mem::take(&mut self.parameters)
    }

    /// A number, 0 to a billion.
    ///
    /// # Errors
    /// It is missing, without a `default`, or it is not such a number.
    pub fn number(&mut self, key: &str, default: Option<f64>) -> Result<f64, BadInput> {
        self.value(key, default, number)
    }

    /// A duration in seconds.
    ///
    /// # Errors
    /// It is missing, without a `default`, or it is not a duration.
    pub fn seconds(&mut self, key: &str, default: Option<f64>) -> Result<f64, BadInput> {
        self.value(key, default, duration)
    }

    /// A share from 0 to 1.
    ///
    /// # Errors
    /// It is missing, without a `default`, or it is not a share.
    pub fn share(&mut self, key: &str, default: Option<f64>) -> Result<f64, BadInput> {
        self.value(key, default, share)
    }

    /// A whole number from 1 to `most`, if it is given.
    ///
    /// # Errors
    /// It is not such a number.
    pub fn whole(&mut self, key: &str, most: usize) -> Result<Option<usize>, BadInput> {
        let Some(text) = self.take(key) else { return Ok(None) };
        let number = text.parse().ok().filter(|number| (1..=most).contains(number));
        let field = format!("{}.{key}", self.name);
        let number =
            number.ok_or_else(|| BadInput::new(field, format!("`{text}` is not 1 to {most}")));
        number.map(Some)
    }

    fn value(
        &mut self,
        key: &str,
        default: Option<f64>,
        read: fn(&str) -> Result<f64, String>,
    ) -> Result<f64, BadInput> {
        let field = format!("{}.{key}", self.name);
        match self.take(key) {
            Some(text) => read(&text).map_err(|problem| BadInput::new(field, problem)),
            None => default.ok_or_else(|| BadInput::new(field, "is missing")),
        }
    }

    /// Refuses parameters that were not taken.
    ///
    /// # Errors
    /// There is one.
    pub fn end(self) -> Result<(), BadInput> {
        match self.parameters.into_keys().next() {
            Some(key) => Err(BadInput::new(
                format!("{}.{key}", self.name),
                format!("is not a parameter of {}", self.name),
            )),
            None => Ok(()),
        }
    }
}

/// A number that is not negative, up to a billion.
fn number(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|number| (0.0..=1e9).contains(number));
    number.ok_or_else(|| format!("`{text}` is not a number from 0 to 1000000000"))
}

/// The seconds of a duration such as `500ms`, `90s`, `5m` or `1h30m`, up to a year.
///
/// # Errors
/// It is not one.
pub fn duration(text: &str) -> Result<f64, String> {
    const YEAR: f64 = 366.0 * 86_400.0;
    let seconds = humantime::parse_duration(text).map(|duration| duration.as_secs_f64());
    seconds.ok().filter(|seconds| *seconds <= YEAR).ok_or_else(|| {
        format!("`{text}` is not a duration; give a number with a unit, such as 500ms, 90s or 5m")
    })
}

/// A share from 0 to 1, such as `1%` or `0.01`.
///
/// # Errors
/// It is not one.
pub fn share(text: &str) -> Result<f64, String> {
    let (number, whole) = match text.strip_suffix('%') {
        Some(number) => (number.trim(), 100.0),
        None => (text, 1.0),
    };
    let share = number.parse::<f64>().ok().map(|number| number / whole);
    share
        .filter(|share| (0.0..=1.0).contains(share))
        .ok_or_else(|| format!("`{text}` is not a share; give a percentage such as 1%, or 0.01"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> String {
        Words::read(text).unwrap_err().to_string()
    }

    #[test]
    fn parameters_are_taken_by_name() {
        let mut words = Words::read("spike: base=50, at=1h30m").unwrap();
        assert_eq!(words.name, "spike");
        assert_eq!(words.number("base", None), Ok(50.0));
        assert_eq!(words.seconds("at", None), Ok(5_400.0));
        assert_eq!(words.number("peak", Some(9.0)), Ok(9.0));
        assert_eq!(words.end(), Ok(()));
    }

    #[test]
    fn bad_parameters_are_named() {
        assert_eq!(problem("step:from"), "step.from: has no value; give it as KEY=VALUE");
        assert_eq!(problem("step:to=1,to=2"), "step.to: is given twice");
        let mut words = Words::read("step:to=-1,at=5,by=2").unwrap();
        let bad = |result: Result<f64, BadInput>| result.unwrap_err().to_string();
        assert!(bad(words.number("to", None)).starts_with("step.to: `-1` is not a number"));
        assert!(bad(words.seconds("at", None)).starts_with("step.at: `5` is not a duration"));
        assert_eq!(bad(words.number("from", None)), "step.from: is missing");
        assert_eq!(words.end().unwrap_err().to_string(), "step.by: is not a parameter of step");
    }

    #[test]
    fn shares_are_percentages_or_parts_of_one() {
        assert_eq!((share("1%"), share("0.01"), share("100 %")), (Ok(0.01), Ok(0.01), Ok(1.0)));
        for bad in ["1.5", "101%", "-1%", "NaN", ""] {
            assert!(share(bad).is_err(), "{bad}");
        }
    }
}

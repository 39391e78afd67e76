//! Configuration from environment variables. All are parsed, and one error lists every invalid one.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use aws_names::BadName;
use requeue::Buckets;
use time::Duration;

/// A source of variables.
pub trait Strings {
    /// The value of `name`; `None` if it is not set or empty.
    fn get(&self, name: &str) -> Option<String>;
}

/// The environment of the process.
#[derive(Debug, Clone, Copy)]
pub struct Environment;

impl Strings for Environment {
    fn get(&self, name: &str) -> Option<String> {
        std::env::var(name).ok().filter(|value| !value.is_empty())
    }
}

impl Strings for BTreeMap<String, String> {
    fn get(&self, name: &str) -> Option<String> {
        BTreeMap::get(self, name).filter(|value| !value.is_empty()).cloned()
    }
}

/// Parses variables and collects their faults.
pub struct Variables<'a> {
    strings: &'a dyn Strings,
    faults: Vec<Fault>,
}

impl fmt::Debug for Variables<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Variables").field("faults", &self.faults).finish_non_exhaustive()
    }
}

/// What is wrong with a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The name of the variable.
    pub name: &'static str,
    /// The invalid value, and how to correct it.
    pub what: String,
}

/// All variables that are absent or invalid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadEnvironment(pub Vec<Fault>);

impl fmt::Display for BadEnvironment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bad environment")?;
        for (index, fault) in self.0.iter().enumerate() {
            let separator = if index == 0 { ": " } else { "; " };
            write!(f, "{separator}{} {}", fault.name, fault.what)?;
        }
        Ok(())
    }
}

impl std::error::Error for BadEnvironment {}

impl<'a> Variables<'a> {
    /// Reads variables from `strings`.
    pub fn new(strings: &'a dyn Strings) -> Self {
        Self { strings, faults: Vec::new() }
    }

    /// Parses a required variable. `None` means that a fault was recorded.
    pub fn required<T>(
        &mut self,
        name: &'static str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        match self.strings.get(name) {
            Some(value) => self.parsed(name, &value, parse),
            None => {
                self.fault(name, "is not set".to_owned());
                None
            }
        }
    }

    /// Parses a variable with a default in the notation of its values. `None` means that a fault
    /// was recorded.
    pub fn defaulted<T>(
        &mut self,
        name: &'static str,
        default: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        let value = self.strings.get(name).unwrap_or_else(|| default.to_owned());
        self.parsed(name, &value, parse)
    }

    fn parsed<T>(
        &mut self,
        name: &'static str,
        value: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        match parse(value) {
            Ok(parsed) => Some(parsed),
            Err(wanted) => {
                self.fault(name, format!("is `{value}`, set it to {wanted}"));
                None
            }
        }
    }

    /// Records a fault that depends on several variables.
    pub fn fault(&mut self, name: &'static str, what: String) {
        self.faults.push(Fault { name, what });
    }

    /// Returns what was built from the variables.
    ///
    /// # Errors
    /// All faults, if there are any.
    pub fn finish<T>(self, built: Option<T>) -> Result<T, BadEnvironment> {
        match built {
            Some(built) if self.faults.is_empty() => Ok(built),
            _ => Err(BadEnvironment(self.faults)),
        }
    }
}

/// Parses any text.
///
/// # Errors
/// Never.
pub fn text(value: &str) -> Result<String, String> {
    Ok(value.to_owned())
}

/// Parses a name or an ARN.
///
/// # Errors
/// It is not one.
pub fn name<T: FromStr<Err = BadName>>(value: &str) -> Result<T, String> {
    value.parse().map_err(|BadName { wanted }| wanted.to_owned())
}

/// Parses a value that may be empty.
///
/// # Errors
/// It is neither empty nor what `parse` accepts.
pub fn optional<T>(
    parse: impl Fn(&str) -> Result<T, String>,
) -> impl Fn(&str) -> Result<Option<T>, String> {
    move |value| if value.is_empty() { Ok(None) } else { parse(value).map(Some) }
}

/// Parses whole seconds within a range.
///
/// # Errors
/// It is not a number, or outside the range.
pub fn seconds(range: RangeInclusive<u32>) -> impl Fn(&str) -> Result<Duration, String> {
    move |value| {
        let wanted = || format!("whole seconds from {} to {}", range.start(), range.end());
        let seconds: u32 = value.parse().map_err(|_| wanted())?;
        if range.contains(&seconds) {
            Ok(Duration::seconds(i64::from(seconds)))
        } else {
            Err(wanted())
        }
    }
}

/// Parses one of `words`.
///
/// # Errors
/// It is another word.
pub fn one_of<T: Copy>(words: &[(&'static str, T)]) -> impl Fn(&str) -> Result<T, String> {
    let words = words.to_vec();
    move |value| {
        let meant = words.iter().find(|(word, _)| *word == value).map(|(_, meant)| *meant);
        meant.ok_or_else(|| words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(" or "))
    }
}

/// Parses `on` or `off`.
///
/// # Errors
/// It is another word.
pub fn switch(value: &str) -> Result<bool, String> {
    one_of(&[("on", true), ("off", false)])(value)
}

/// Parses the delay of a queue, in whole seconds within a range, into its time buckets.
///
/// # Errors
/// It is not a number, or outside the range, or too short or long for buckets.
pub fn buckets(range: RangeInclusive<u32>) -> impl Fn(&str) -> Result<Buckets, String> {
    move |value| {
        let delay = seconds(range.clone())(value)?;
        let delay = u16::try_from(delay.whole_seconds()).map_err(|error| error.to_string())?;
        Buckets::new(delay).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use aws_names::{GroupName, HookName};

    use super::*;

    fn strings(set: &[(&str, &str)]) -> BTreeMap<String, String> {
        set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn every_bad_variable_is_named_in_one_failure() {
        let strings =
            strings(&[("DELAY_CLASS", "fast"), ("WAIT", "9"), ("EMPTY", ""), ("GOOD", "on")]);
        let mut variables = Variables::new(&strings);
        variables.required("NAME", text);
        variables.required("EMPTY", text);
        variables.defaulted("DELAY_CLASS", "slow", one_of(&[("slow", 1), ("slower", 2)]));
        variables.defaulted("WAIT", "10", seconds(10..=20));
        assert_eq!(variables.defaulted("GOOD", "off", switch), Some(true));
        assert_eq!(
            variables.finish(Some(())).unwrap_err().to_string(),
            "bad environment: NAME is not set; EMPTY is not set; DELAY_CLASS is `fast`, set it to \
             slow or slower; WAIT is `9`, set it to whole seconds from 10 to 20"
        );
    }

    #[test]
    fn defaults_stand_where_nothing_is_set() {
        let nothing = BTreeMap::new();
        let mut variables = Variables::new(&nothing);
        let wait = variables.defaulted("WAIT", "10", seconds(10..=20));
        assert_eq!(variables.finish(wait), Ok(Duration::seconds(10)));
    }

    #[test]
    fn a_name_that_aws_would_refuse_is_a_fault() {
        let strings = strings(&[("HOOK", "a b"), ("GROUP", "b:c")]);
        let mut variables = Variables::new(&strings);
        variables.required("HOOK", name::<HookName>);
        variables.required("GROUP", name::<GroupName>);
        assert_eq!(
            variables.finish(Some(())).unwrap_err().to_string(),
            "bad environment: HOOK is `a b`, set it to the name of a lifecycle hook, 1 to 255 \
             letters, digits, hyphens, underscores and slashes; GROUP is `b:c`, set it to the \
             name of an Auto Scaling group, 1 to 255 characters without colon"
        );
    }
}

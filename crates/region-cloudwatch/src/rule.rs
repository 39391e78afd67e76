//! The rule of a composite alarm, after API_PutCompositeAlarm (AlarmRule).

use crate::names::alarm_name;
use crate::state::StateValue;

/// The deepest nesting, few enough to read by recursion.
const DEEPEST: usize = 64;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Rule {
    /// `TRUE` or `FALSE`.
    Always(bool),
    /// Whether the alarm of this name is in this state.
    Is(StateValue, String),
    Not(Box<Rule>),
    And(Box<Rule>, Box<Rule>),
    Or(Box<Rule>, Box<Rule>),
}

impl Rule {
    /// Read a rule. AND binds stronger than OR, NOT stronger than both.
    ///
    /// # Errors
    /// What is malformed, or not known here.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let mut reader = Reader { rest: text, depth: 0 };
        let rule = reader.or()?;
        match reader.rest.trim_start() {
            "" => Ok(rule),
            rest => Err(format!("`{rest}` comes after the end of the rule")),
        }
    }

    /// Whether it is met, where `state` gives an alarm's state by its name.
    pub(crate) fn is_met(&self, state: &impl Fn(&str) -> Option<StateValue>) -> bool {
        match self {
            Self::Always(met) => *met,
            Self::Is(wanted, name) => state(name) == Some(*wanted),
            Self::Not(inner) => !inner.is_met(state),
            Self::And(left, right) => left.is_met(state) && right.is_met(state),
            Self::Or(left, right) => left.is_met(state) || right.is_met(state),
        }
    }

    /// The names of the alarms it is made of.
    pub(crate) fn children(&self) -> Vec<&str> {
        match self {
            Self::Always(_) => Vec::new(),
            Self::Is(_, name) => vec![name],
            Self::Not(inner) => inner.children(),
            Self::And(left, right) | Self::Or(left, right) => {
                [left.children(), right.children()].concat()
            }
        }
    }
}

struct Reader<'a> {
    rest: &'a str,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn or(&mut self) -> Result<Rule, String> {
        let mut left = self.and()?;
        while self.takes("OR") {
            left = Rule::Or(Box::new(left), Box::new(self.and()?));
        }
        Ok(left)
    }

    fn and(&mut self) -> Result<Rule, String> {
        let mut left = self.one()?;
        while self.takes("AND") {
            left = Rule::And(Box::new(left), Box::new(self.one()?));
        }
        Ok(left)
    }

    fn one(&mut self) -> Result<Rule, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(format!("the rule is nested more than {DEEPEST} deep"));
        }
        let rule = if self.sign("(") {
            let inner = self.or()?;
            self.need(")")?;
            inner
        } else {
            match self.word() {
                "NOT" => Rule::Not(Box::new(self.one()?)),
                "TRUE" => Rule::Always(true),
                "FALSE" => Rule::Always(false),
                "ALARM" => Rule::Is(StateValue::Alarm, self.name()?),
                "OK" => Rule::Is(StateValue::Ok, self.name()?),
                "INSUFFICIENT_DATA" => Rule::Is(StateValue::InsufficientData, self.name()?),
                "" => return Err("the rule ends where an alarm belongs".to_owned()),
                word => return Err(format!("the simulated region has no rule {word}")),
            }
        };
        self.depth -= 1;
        Ok(rule)
    }

    /// The name or ARN in parentheses, in quotes or not.
    fn name(&mut self) -> Result<String, String> {
        self.need("(")?;
        self.rest = self.rest.trim_start();
        let quote = ["\"", "'"].into_iter().find(|quote| self.sign(quote));
        let end = quote.unwrap_or(")");
        let (name, rest) =
            self.rest.split_once(end).ok_or_else(|| format!("`{end}` is missing"))?;
        self.rest = rest;
        if quote.is_some() {
            self.need(")")?;
        }
        Ok(alarm_name(name.trim()).to_owned())
    }

    fn word(&mut self) -> &'a str {
        self.rest = self.rest.trim_start();
        let of_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let end = self.rest.find(|c| !of_word(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    /// Whether that word comes next; it is taken then.
    fn takes(&mut self, word: &str) -> bool {
        let before = self.rest;
        let there = self.word() == word;
        if !there {
            self.rest = before;
        }
        there
    }

    fn sign(&mut self, sign: &str) -> bool {
        match self.rest.trim_start().strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn need(&mut self, sign: &str) -> Result<(), String> {
        match self.sign(sign) {
            true => Ok(()),
            false => Err(format!("`{sign}` is missing")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `high` and `hot` are in ALARM, `low` is OK, `new` lacks data.
    fn met(rule: &str) -> bool {
        let state = |name: &str| match name {
            "high" | "hot" => Some(StateValue::Alarm),
            "low" | "so low (night)" => Some(StateValue::Ok),
            "new" => Some(StateValue::InsufficientData),
            _ => None,
        };
        Rule::read(rule).unwrap().is_met(&state)
    }

    #[test]
    fn states_are_combined_as_usual() {
        assert!(met("ALARM(high)"));
        assert!(!met("ALARM(low)"));
        assert!(met("OK(\"low\") AND INSUFFICIENT_DATA('new')"));
        assert!(met("ALARM(high) OR ALARM(low) AND FALSE"));
        assert!(!met("(ALARM(high) OR ALARM(low)) AND FALSE"));
        assert!(!met("NOT ALARM(high) OR FALSE"));
        assert!(met("NOT (ALARM(low) AND TRUE)"));
        assert!(met("ALARM(arn:aws:cloudwatch:us-east-1:123456789012:alarm:high)"));
        assert!(met("OK(\"so low (night)\")"));
        assert!(!met("OK(unknown)"));
    }

    #[test]
    fn its_alarms_are_known_by_name() {
        let rule = Rule::read("ALARM(a) AND (NOT OK(\"b c\") OR TRUE)").unwrap();
        assert_eq!(rule.children(), ["a", "b c"]);
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        for (rule, error) in [
            ("", "the rule ends where an alarm belongs"),
            ("ALARM(a) AND", "the rule ends where an alarm belongs"),
            ("ALARM a", "`(` is missing"),
            ("ALARM(\"a)", "`\"` is missing"),
            ("(ALARM(a)", "`)` is missing"),
            ("ALARM(a) ALARM(b)", "`ALARM(b)` comes after the end of the rule"),
            ("AT_LEAST(2, ALARM, (a, b))", "the simulated region has no rule AT_LEAST"),
        ] {
            assert_eq!(Rule::read(rule).unwrap_err(), error, "{rule}");
        }
        let deep = "NOT ".repeat(100_000);
        assert_eq!(Rule::read(&deep).unwrap_err(), "the rule is nested more than 64 deep");
    }
}

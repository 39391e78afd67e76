//! The cluster query language, as far as `ListContainerInstances` filters use it.
//!
//! ```text
//! either   = both *( ("or" / "||") both )
//! both     = single *( ("and" / "&&") single )
//! single   = ("not" / "!") single / "(" either ")" / subject operator
//! operator = ("==" / "!=" / "<" / "<=" / ">" / ">=") argument
//!          / ("in" / "!in") "[" argument *("," argument) "]"
//!          / "exists" / "!exists"
//! ```

use std::iter::Peekable;

/// A filter that can be asked about any number of container instances.
#[derive(Debug, PartialEq)]
pub enum Filter {
    Either(Box<Filter>, Box<Filter>),
    Both(Box<Filter>, Box<Filter>),
    Not(Box<Filter>),
    Exists(String),
    In(String, Vec<String>),
    Compare(String, Operator, f64),
}

/// An operator of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Less,
    AtMost,
    More,
    AtLeast,
}

/// What a container instance answers to a subject: nothing, one value, or several.
pub trait Subjects {
    /// The values of `subject`; none when it does not exist.
    fn values(&self, subject: &str) -> Vec<String>;
}

impl Filter {
    /// Read a filter.
    ///
    /// # Errors
    /// What is wrong with it, as a fragment.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut words = words(text)?.into_iter().peekable();
        let filter = either(&mut words)?;
        match words.next() {
            None => Ok(filter),
            Some(word) => Err(format!("unexpected {word:?}")),
        }
    }

    /// Whether the container instance passes.
    pub fn passes(&self, of: &impl Subjects) -> bool {
        match self {
            Self::Either(a, b) => a.passes(of) || b.passes(of),
            Self::Both(a, b) => a.passes(of) && b.passes(of),
            Self::Not(a) => !a.passes(of),
            Self::Exists(subject) => !of.values(subject).is_empty(),
            Self::In(subject, wanted) => of.values(subject).iter().any(|v| wanted.contains(v)),
            Self::Compare(subject, operator, than) => {
                of.values(subject).iter().filter_map(|v| v.parse::<f64>().ok()).any(|v| {
                    match operator {
                        Operator::Less => v < *than,
                        Operator::AtMost => v <= *than,
                        Operator::More => v > *than,
                        Operator::AtLeast => v >= *than,
                    }
                })
            }
        }
    }
}

/// A piece of a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Word {
    Sign(&'static str),
    Bare(String),
    Quoted(String),
}

/// Signs, the longer before those they begin with.
const SIGNS: [&str; 12] = ["==", "!=", "<=", ">=", "&&", "||", "(", ")", "[", "]", ",", "!"];

fn words(text: &str) -> Result<Vec<Word>, String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if first == '\'' || first == '"' {
            let (quoted, after) = rest
                .strip_prefix(first)
                .and_then(|inner| inner.split_once(first))
                .ok_or_else(|| "unclosed quotation mark".to_owned())?;
            words.push(Word::Quoted(quoted.to_owned()));
            rest = after;
        } else if let Some((sign, after)) =
            SIGNS.iter().chain(&["<", ">"]).find_map(|s| Some((*s, rest.strip_prefix(s)?)))
        {
            words.push(Word::Sign(sign));
            rest = after;
        } else {
            let ends = |c: char| c.is_whitespace() || "()[],!=<>'\"&|".contains(c);
            let (word, after) = rest.split_at(rest.find(ends).unwrap_or(rest.len()));
            if word.is_empty() {
                return Err(format!("unexpected {first:?}"));
            }
            words.push(Word::Bare(word.to_owned()));
            rest = after;
        }
        rest = rest.trim_start();
    }
    Ok(words)
}

type Words = Peekable<std::vec::IntoIter<Word>>;

fn took(words: &mut Words, spellings: [&str; 2]) -> bool {
    words
        .next_if(|word| match word {
            Word::Sign(sign) => spellings.contains(sign),
            Word::Bare(bare) => spellings.contains(&bare.to_ascii_lowercase().as_str()),
            Word::Quoted(_) => false,
        })
        .is_some()
}

fn either(words: &mut Words) -> Result<Filter, String> {
    let mut filter = both(words)?;
    while took(words, ["or", "||"]) {
        filter = Filter::Either(Box::new(filter), Box::new(both(words)?));
    }
    Ok(filter)
}

fn both(words: &mut Words) -> Result<Filter, String> {
    let mut filter = single(words)?;
    while took(words, ["and", "&&"]) {
        filter = Filter::Both(Box::new(filter), Box::new(single(words)?));
    }
    Ok(filter)
}

fn single(words: &mut Words) -> Result<Filter, String> {
    if took(words, ["not", "!"]) {
        return Ok(Filter::Not(Box::new(single(words)?)));
    }
    if took(words, ["(", "("]) {
        let filter = either(words)?;
        return if took(words, [")", ")"]) { Ok(filter) } else { Err("missing \")\"".to_owned()) };
    }
    let Some(Word::Bare(subject)) = words.next() else {
        return Err("missing subject".to_owned());
    };
    operator(subject, words)
}

fn operator(subject: String, words: &mut Words) -> Result<Filter, String> {
    let not = |filter| Filter::Not(Box::new(filter));
    match words.next() {
        Some(Word::Sign("==")) => Ok(Filter::In(subject, vec![argument(words)?])),
        Some(Word::Sign("!=")) => Ok(other_than(subject, vec![argument(words)?])),
        Some(Word::Sign("<")) => compare(subject, Operator::Less, words),
        Some(Word::Sign("<=")) => compare(subject, Operator::AtMost, words),
        Some(Word::Sign(">")) => compare(subject, Operator::More, words),
        Some(Word::Sign(">=")) => compare(subject, Operator::AtLeast, words),
        Some(Word::Sign("!")) => match word_of(words.next(), "!")?.as_str() {
            "exists" => Ok(not(Filter::Exists(subject))),
            "in" => Ok(other_than(subject, list(words)?)),
            name => Err(format!("unknown operator {name:?}")),
        },
        word => match word_of(word, &subject)?.as_str() {
            "exists" => Ok(Filter::Exists(subject)),
            "in" => Ok(Filter::In(subject, list(words)?)),
            name => Err(format!("unknown operator {name:?}")),
        },
    }
}

/// None of the values, and not nothing: what has no value is found by no comparison
/// (<https://github.com/aws/containers-roadmap/issues/486>). For `!in` this is a guess.
fn other_than(subject: String, values: Vec<String>) -> Filter {
    let exists = Filter::Exists(subject.clone());
    let other = Filter::Not(Box::new(Filter::In(subject, values)));
    Filter::Both(Box::new(exists), Box::new(other))
}

/// An operator that is a word, in lower case.
fn word_of(word: Option<Word>, after: &str) -> Result<String, String> {
    match word {
        Some(Word::Bare(name)) => Ok(name.to_ascii_lowercase()),
        _ => Err(format!("missing operator after {after:?}")),
    }
}

fn compare(subject: String, operator: Operator, words: &mut Words) -> Result<Filter, String> {
    let text = argument(words)?;
    let than = text.parse().map_err(|_| format!("{text:?} is not a number"))?;
    Ok(Filter::Compare(subject, operator, than))
}

fn list(words: &mut Words) -> Result<Vec<String>, String> {
    if !took(words, ["[", "["]) {
        return Err("missing \"[\"".to_owned());
    }
    let mut arguments = vec![argument(words)?];
    while took(words, [",", ","]) {
        arguments.push(argument(words)?);
    }
    if took(words, ["]", "]"]) { Ok(arguments) } else { Err("missing \"]\"".to_owned()) }
}

fn argument(words: &mut Words) -> Result<String, String> {
    match words.next() {
        Some(Word::Bare(argument) | Word::Quoted(argument)) => Ok(argument),
        _ => Err("missing argument".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct One;

    impl Subjects for One {
        fn values(&self, subject: &str) -> Vec<String> {
            match subject {
                "ec2InstanceId" => vec!["i-1".to_owned()],
                "attribute:drain.by" => vec!["ecs tide".to_owned()],
                "runningTasksCount" => vec!["3".to_owned()],
                _ => Vec::new(),
            }
        }
    }

    fn passes(text: &str) -> bool {
        Filter::parse(text).unwrap().passes(&One)
    }

    #[test]
    fn one_id_and_a_list_of_ids_find_an_instance() {
        assert!(passes("ec2InstanceId == i-1"));
        assert!(passes("ec2InstanceId in ['i-0', \"i-1\"]"));
        assert!(passes("ec2InstanceId in [i-0,i-1]"));
        assert!(!passes("ec2InstanceId == i-2"));
        assert!(passes("ec2InstanceId!=i-2"));
        assert!(passes("ec2InstanceId !in [i-2]"));
    }

    #[test]
    fn attributes_exist_and_are_compared() {
        assert!(passes("attribute:drain.by exists"));
        assert!(passes("attribute:other !exists"));
        assert!(passes("attribute:drain.by == 'ecs tide'"));
        assert!(passes("runningTasksCount >= 3 and not runningTasksCount > 3"));
    }

    #[test]
    fn another_value_is_found_only_where_there_is_one() {
        assert!(passes("attribute:drain.by != 'someone'"));
        assert!(!passes("attribute:drain.by != 'ecs tide'"));
        assert!(!passes("attribute:color != red"));
        assert!(!passes("attribute:color !in [red, green]"));
        assert!(passes("not attribute:color == red"));
    }

    #[test]
    fn and_binds_before_or_and_parentheses_before_both() {
        assert!(passes("ec2InstanceId == i-1 or ec2InstanceId == i-2 and nothing exists"));
        assert!(!passes("(ec2InstanceId == i-1 || ec2InstanceId == i-2) && nothing exists"));
        assert!(passes("!(nothing exists)"));
    }

    #[test]
    fn a_bad_filter_says_what_is_wrong() {
        for bad in
            ["", "ec2InstanceId", "ec2InstanceId ==", "ec2InstanceId in i-1", "(a exists", "a 'b"]
        {
            assert!(Filter::parse(bad).is_err(), "{bad:?} passed");
        }
    }
}

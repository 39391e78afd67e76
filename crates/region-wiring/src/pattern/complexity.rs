//! The limit of EventBridge on the wildcards of a field: how many of their prefixes one text can
//! match at the same time.
//!
//! Event Ruler's `MachineComplexityEvaluator` counts so, and its users set the limit. That of
//! EventBridge is 10 by all patterns that are known to be accepted or refused.

use std::collections::BTreeSet;

use super::wildcard::Wildcard;

const MOST_PREFIXES: usize = 10;

/// The first tokens of a wildcard: which wildcard, and how many tokens.
type Prefix = (usize, usize);

/// Whether some text matches too many prefixes of `wildcards`.
pub(super) fn is_too_complex(wildcards: &BTreeSet<&Wildcard>) -> bool {
    has_more_prefixes(wildcards, MOST_PREFIXES)
}

fn has_more_prefixes(wildcards: &BTreeSet<&Wildcard>, most: usize) -> bool {
    let tokens: Vec<_> = wildcards.iter().map(|wildcard| wildcard.tokens()).collect();
    let start: BTreeSet<Prefix> = (0..tokens.len()).map(|wildcard| (wildcard, 0)).collect();
    let mut seen = BTreeSet::from([start.clone()]);
    let mut pending = vec![start];
    while let Some(prefixes) = pending.pop() {
        // All bytes that go on with no prefix are alike: no byte stands for them.
        let bytes = prefixes.iter().filter_map(|prefix| token(&tokens, *prefix)).chain([None]);
        for byte in bytes.collect::<BTreeSet<_>>() {
            let next = advance(&tokens, &prefixes, byte);
            if next.len() > most {
                return true;
            }
            if seen.insert(next.clone()) {
                pending.push(next);
            }
        }
    }
    false
}

/// The token after a prefix.
fn token(tokens: &[Vec<Option<u8>>], (wildcard, length): Prefix) -> Option<Option<u8>> {
    tokens.get(wildcard)?.get(length).copied()
}

/// The prefixes that a text matches which ends in `byte`, and without it matches `prefixes`.
fn advance(
    tokens: &[Vec<Option<u8>>],
    prefixes: &BTreeSet<Prefix>,
    byte: Option<u8>,
) -> BTreeSet<Prefix> {
    let mut next = BTreeSet::new();
    for &(wildcard, length) in prefixes {
        let last = length.checked_sub(1).and_then(|at| token(tokens, (wildcard, at)));
        if last == Some(None) {
            next.insert((wildcard, length));
        }
        if byte.is_some() && token(tokens, (wildcard, length)) == Some(byte) {
            next.insert((wildcard, length + 1));
        }
    }
    // What matches a prefix matches it with a star behind it, too.
    let starred = next.iter().filter(|prefix| token(tokens, **prefix) == Some(None));
    let starred: Vec<Prefix> = starred.map(|(wildcard, length)| (*wildcard, length + 1)).collect();
    next.extend(starred);
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_that_one_text_matches_are_counted() {
        for (texts, expected) in [
            // The opening quote is a prefix, and so it is with a star.
            (vec!["*"], 2),
            (vec!["web"], 1),
            (vec!["web*"], 2),
            (vec!["w*ww"], 3),
            (vec!["*w*w*w*"], 7),
            (vec!["*wx*wy*"], 5),
            (vec!["/home/*/sub/sub/sub/sub/sub/notes"], 7),
            (vec!["*-*-*-*-*-end/*"], 11),
            (vec!["a*", "b*"], 2),
            (vec!["*a", "*b"], 4),
            (vec!["*:g/a/*", "*:g/b/*", "*:g/c/*"], 9),
            (vec!["*:g/a/*", "*:g/b/*", "*:g/c/*", "*:g/d/*"], 12),
        ] {
            let wildcards: Vec<_> = texts.iter().map(|t| Wildcard::read(t).unwrap()).collect();
            let wildcards = wildcards.iter().collect();
            assert!(!has_more_prefixes(&wildcards, expected), "{texts:?}: more");
            assert!(has_more_prefixes(&wildcards, expected - 1), "{texts:?}: fewer");
        }
    }
}

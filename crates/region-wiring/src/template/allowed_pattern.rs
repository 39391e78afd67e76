//! `AllowedPattern`, as far as templates use it: characters, classes and how often they repeat.

/// What one character may be.
#[derive(Debug)]
enum Atom {
    Any,
    /// Ranges, and whether it is what lies outside them.
    Class(Vec<(char, char)>, bool),
}

impl Atom {
    fn takes(&self, c: char) -> bool {
        match self {
            Self::Any => true,
            Self::Class(ranges, outside) => {
                ranges.iter().any(|(low, high)| (*low..=*high).contains(&c)) != *outside
            }
        }
    }
}

#[derive(Debug)]
struct Piece {
    atom: Atom,
    least: usize,
    most: usize,
}

/// Whether the whole of `text` matches. Nothing if the pattern uses groups, alternatives or
/// else that is not read here: such a pattern is left for CloudFormation to judge.
pub(super) fn matches(pattern: &str, text: &str) -> Option<bool> {
    let pattern = pattern.strip_prefix('^').unwrap_or(pattern);
    let pattern = pattern.strip_suffix('$').unwrap_or(pattern);
    let pieces = parse(pattern)?;
    let text: Vec<char> = text.chars().collect();
    Some(run(&pieces, &text))
}

fn parse(pattern: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut rest = pattern.chars().peekable();
    while let Some(c) = rest.next() {
        let atom = match c {
            '.' => Atom::Any,
            '[' => {
                let outside = rest.next_if_eq(&'^').is_some();
                Atom::Class(class(&mut rest)?, outside)
            }
            '\\' => Atom::Class(escape(rest.next()?)?, false),
            '(' | ')' | '|' | '*' | '+' | '?' | '{' | '^' | '$' => return None,
            plain => Atom::Class(vec![(plain, plain)], false),
        };
        let (least, most) = match rest.peek() {
            Some('*') => (0, usize::MAX),
            Some('+') => (1, usize::MAX),
            Some('?') => (0, 1),
            Some('{') => {
                let bounds: String = rest.by_ref().skip(1).take_while(|c| *c != '}').collect();
                pieces.push(bounded(atom, &bounds)?);
                continue;
            }
            _ => {
                pieces.push(Piece { atom, least: 1, most: 1 });
                continue;
            }
        };
        rest.next();
        pieces.push(Piece { atom, least, most });
    }
    Some(pieces)
}

fn bounded(atom: Atom, bounds: &str) -> Option<Piece> {
    let (least, most) = bounds.split_once(',').unwrap_or((bounds, bounds));
    let most = if most.is_empty() { usize::MAX } else { most.parse().ok()? };
    Some(Piece { atom, least: least.parse().ok()?, most })
}

fn escape(c: char) -> Option<Vec<(char, char)>> {
    match c {
        'd' => Some(vec![('0', '9')]),
        'w' => Some(vec![('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')]),
        's' => Some(vec![(' ', ' '), ('\t', '\r')]),
        c if c.is_alphanumeric() => None,
        c => Some(vec![(c, c)]),
    }
}

fn class(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<Vec<(char, char)>> {
    let mut ranges = Vec::new();
    loop {
        let low = match rest.next()? {
            ']' => return Some(ranges),
            '\\' => {
                ranges.extend(escape(rest.next()?)?);
                continue;
            }
            low => low,
        };
        if rest.next_if_eq(&'-').is_none() {
            ranges.push((low, low));
        } else if rest.peek() == Some(&']') {
            ranges.extend([(low, low), ('-', '-')]);
        } else {
            ranges.push((low, rest.next()?));
        }
    }
}

/// Take as many characters as a piece can, and give back one by one until the rest fits.
fn run(pieces: &[Piece], text: &[char]) -> bool {
    let Some((piece, later)) = pieces.split_first() else { return text.is_empty() };
    let run_length = text.iter().take(piece.most).take_while(|c| piece.atom.takes(**c)).count();
    (piece.least..=run_length)
        .rev()
        .any(|taken| text.get(taken..).is_some_and(|text| run(later, text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_must_match_as_a_whole() {
        for (pattern, text, expected) in [
            ("^[a-z][a-z0-9-]*$", "web-1", Some(true)),
            ("[a-z][a-z0-9-]*", "1web", Some(false)),
            ("[a-z]+", "web1", Some(false)),
            (r"\d{1,3}\.?", "123.", Some(true)),
            (r"\d{2}", "123", Some(false)),
            (r"arn:[^:]+:sns:.*", "arn:aws:sns:x:y", Some(true)),
            (r"[\w.]*", "", Some(true)),
            ("x{2,}", "xxx", Some(true)),
            ("(a|b)", "a", None),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}

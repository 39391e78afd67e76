//! `wildcard`: `*` stands for any text, and `\*` and `\\` for a star and a backslash.

/// The parts between the stars.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Wildcard {
    parts: Vec<String>,
}

impl Wildcard {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let (mut parts, mut part) = (Vec::new(), String::new());
        let mut rest = text.char_indices().peekable();
        while let Some((at, character)) = rest.next() {
            // AWS counts bytes in the quoted text.
            let position = at + 1;
            let next = rest.peek().map(|(_, next)| *next);
            match (character, next) {
                ('*', Some('*')) => {
                    return Err(format!("Consecutive wildcard characters at pos {position}"));
                }
                ('*', _) => parts.push(std::mem::take(&mut part)),
                ('\\', Some(escaped @ ('*' | '\\'))) => {
                    part.push(escaped);
                    rest.next();
                }
                ('\\', _) => return Err(format!("Invalid escape character at pos {position}")),
                (character, _) => part.push(character),
            }
        }
        parts.push(part);
        Ok(Self { parts })
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        let [first, middle @ .., last] = self.parts.as_slice() else {
            return self.parts.iter().any(|whole| whole == text);
        };
        let between = text.strip_prefix(first.as_str()).and_then(|t| t.strip_suffix(last.as_str()));
        let Some(between) = between else { return false };
        // The earliest place of each part leaves the most text for the others.
        let rest = middle
            .iter()
            .try_fold(between, |rest, part| rest.split_once(part.as_str()).map(|(_, after)| after));
        rest.is_some()
    }

    /// Its bytes, quotes included, with nothing for a star.
    pub(super) fn tokens(&self) -> Vec<Option<u8>> {
        let mut tokens = vec![Some(b'"')];
        for (index, part) in self.parts.iter().enumerate() {
            if index > 0 {
                tokens.push(None);
            }
            tokens.extend(part.bytes().map(Some));
        }
        tokens.push(Some(b'"'));
        tokens
    }
}

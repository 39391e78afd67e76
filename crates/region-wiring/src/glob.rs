//! The patterns of IAM: `*` stands for any characters, `?` for one.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>

/// Whether the whole of `text` matches `glob`.
pub fn matches(glob: &str, text: &str) -> bool {
    let (glob, text): (Vec<char>, Vec<char>) = (glob.chars().collect(), text.chars().collect());
    let (mut at, mut read) = (0, 0);
    // Where to resume, after the latest `*` and one character further.
    let mut resume = None;
    while read < text.len() {
        match glob.get(at) {
            Some('*') => {
                resume = Some((at + 1, read));
                at += 1;
            }
            Some(one) if *one == '?' || text.get(read) == Some(one) => {
                at += 1;
                read += 1;
            }
            _ => {
                let Some((after, taken)) = resume else { return false };
                resume = Some((after, taken + 1));
                (at, read) = (after, taken + 1);
            }
        }
    }
    glob.iter().skip(at).all(|rest| *rest == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text_and_a_question_mark_for_one() {
        for (glob, text, expected) in [
            ("arn:aws:sns:*:topic-?", "arn:aws:sns:eu-west-1:1:topic-a", true),
            ("arn:aws:sns:*:topic-?", "arn:aws:sns:eu-west-1:1:topic-", false),
            ("*", "", true),
            ("**a*", "bab", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("", "", true),
            ("", "a", false),
            ("é?", "éß", true),
        ] {
            assert_eq!(matches(glob, text), expected, "{glob} {text}");
        }
    }
}

//! The value of `--stop-seconds`.

use std::str::FromStr;

/// The longest time that containers may take to stop, in seconds.
const MOST: u64 = 3600;

/// The shortest and the longest time that containers take to stop, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StopSeconds {
    pub(crate) least: u64,
    pub(crate) most: u64,
}

impl FromStr for StopSeconds {
    type Err = String;

    /// Reads a range such as `2-4`, or one number for both ends.
    fn from_str(text: &str) -> Result<Self, String> {
        let (least, most) = text.split_once('-').unwrap_or((text, text));
        let [least, most] = [seconds(least)?, seconds(most)?];
        if least > most {
            return Err(format!("{least} is above {most}; write the shorter time first"));
        }
        Ok(Self { least, most })
    }
}

fn seconds(text: &str) -> Result<u64, String> {
    let seconds = text.trim().parse().ok().filter(|seconds| *seconds <= MOST);
    seconds.ok_or_else(|| {
        format!("`{text}` is not a whole number from 0 to {MOST}; write a range such as 2-4")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_or_one_number_is_accepted() {
        let read = |text: &str| text.parse::<StopSeconds>().map(|read| (read.least, read.most));
        assert_eq!(read("2-4"), Ok((2, 4)));
        assert_eq!(read("0 - 3600"), Ok((0, 3600)));
        assert_eq!(read("7"), Ok((7, 7)));
    }

    #[test]
    fn an_unusable_range_is_refused_with_its_reason() {
        for (text, reason) in [
            ("4-2", "4 is above 2"),
            ("", "`` is not a whole number"),
            ("2-", "`` is not a whole number"),
            ("-4", "`` is not a whole number"),
            ("2-4-6", "`4-6` is not a whole number"),
            ("1.5-2", "`1.5` is not a whole number"),
            ("0-3601", "`3601` is not a whole number from 0 to 3600"),
            ("a-b", "`a` is not a whole number"),
        ] {
            let refused = text.parse::<StopSeconds>().unwrap_err();
            assert!(refused.starts_with(reason), "{text}: {refused}");
        }
    }
}

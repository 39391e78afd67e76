//! Times as CloudWatch writes them, `2026-11-22T09:00:00.123+0000`. The offset has no colon, so
//! that is not RFC 3339. RFC 3339 is accepted too, in case CloudWatch changes.

use std::borrow::Cow;

use time::UtcOffset;
use time::format_description::well_known::Rfc3339;

use crate::Time;

/// The point in time that `text` names, in UTC.
pub(super) fn read(text: &str) -> Option<Time> {
    let time = Time::parse(&with_colon(text), &Rfc3339).ok()?;
    time.checked_to_offset(UtcOffset::UTC)
}

/// The same text with a colon in its offset.
fn with_colon(text: &str) -> Cow<'_, str> {
    let Some((rest, minutes)) = text.len().checked_sub(2).and_then(|at| text.split_at_checked(at))
    else {
        return Cow::Borrowed(text);
    };
    let sign = rest.len().checked_sub(3).and_then(|at| rest.as_bytes().get(at));
    if matches!(sign, Some(b'+' | b'-')) && rest.contains('T') {
        Cow::Owned(format!("{rest}:{minutes}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::datetime;

    #[test]
    fn an_offset_is_read_with_a_colon_and_without() {
        let time = Some(datetime!(2026-11-22 09:00:00.123 UTC));
        for text in [
            "2026-11-22T09:00:00.123+0000",
            "2026-11-22T09:00:00.123+00:00",
            "2026-11-22T09:00:00.123Z",
            "2026-11-22T10:30:00.123+0130",
            "2026-11-22T04:00:00.123-0500",
            "2026-11-22T04:00:00.123-05:00",
        ] {
            assert_eq!(read(text), time, "{text}");
            assert_eq!(read(text).map(|time| time.offset()), Some(UtcOffset::UTC));
        }
        assert_eq!(read("2026-11-22T09:00:00+0000"), Some(datetime!(2026-11-22 09:00 UTC)));
    }

    #[test]
    fn what_names_no_time_is_none() {
        for text in [
            "",
            "+0",
            "yesterday",
            "22/11/26 09:00:00",
            "2026-11-22",
            "2026-11-22T09:00:00",
            "2026-13-22T09:00:00.123+0000",
            "2026-11-22T09:00:00.123+00ü",
            // In UTC it is a year with five digits.
            "9999-12-31T23:59:59-0100",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_time_in_utc_or_none(text in "([0-9]{4}-[0-9]{2}-[0-9]{2}T)?\\PC{0,20}([+-][0-9]{2}:?[0-9]{2})?") {
            let utc = read(&text).is_none_or(|time| time.offset().is_utc());
            prop_assert!(utc);
        }
    }
}

//! Values as text.

use advice::advice::Interval;
use load_test::Unit;
use report_page::number::{number, prefixed, seconds};

/// A value with its unit.
pub(crate) fn quantity(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Percent => format!("{}%", number(value)),
        Unit::PerSecond => format!("{}/s", number(value)),
        Unit::Bytes => prefixed(value, "B"),
        Unit::Seconds => seconds(value),
        Unit::Count | Unit::Unknown => number(value),
    }
}

/// An estimate with its interval. If both ends have the same unit, it appears once.
pub(crate) fn interval(interval: Interval, show: impl Fn(f64) -> String) -> String {
    let [value, low, high] = [interval.value, interval.low, interval.high].map(show);
    let unit = |text: &str| {
        text.find([' ', '/', '%']).and_then(|at| text.get(at..)).unwrap_or("").to_owned()
    };
    let low = if unit(&low) == unit(&high) { low.trim_end_matches(&unit(&high)) } else { &low };
    format!("{value} ({low} to {high})")
}

#[cfg(test)]
mod tests {
    use report_page::number::share;

    use super::*;

    #[test]
    fn an_interval_has_its_unit_once_if_both_ends_share_it() {
        let around = Interval { value: 0.9, low: 0.8, high: 1.1 };
        assert_eq!(interval(around, share), "90% (80 to 110%)");
        assert_eq!(interval(around, seconds), "900 ms (800 ms to 1.1 s)");
        assert_eq!(interval(around, number), "0.9 (0.8 to 1.1)");
    }

    #[test]
    fn quantities_have_readable_units() {
        let shown = [
            quantity(70.56, Unit::Percent),
            quantity(3.2e9, Unit::Bytes),
            quantity(0.0425, Unit::Seconds),
            quantity(12.0, Unit::PerSecond),
            quantity(200.0, Unit::Count),
        ];
        assert_eq!(shown, ["70.6%", "3.2 GB", "42.5 ms", "12/s", "200"]);
    }
}

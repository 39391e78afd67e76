//! Numbers as text.

/// Three significant digits without zeros at the end; a dash if it is not finite.
pub fn number(value: f64) -> String {
    digits(value, 3)
}

/// A short form for the labels of an axis.
pub fn tick(value: f64) -> String {
    if value.abs() < 1e4 { number(value) } else { prefixed(value, "") }
}

fn digits(value: f64, count: u8) -> String {
    if !value.is_finite() {
        return "-".to_owned();
    }
    let size = value.abs();
    if size == 0.0 {
        return "0".to_owned();
    }
    if !(1e-4..1e9).contains(&size) {
        return format!("{value:.2e}");
    }
    let decimals = (f64::from(count) - 1.0 - size.log10().floor()).clamp(0.0, 6.0) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// Two decimals, for values that are compared with 1. No sign if both are 0.
pub fn two(value: f64) -> String {
    if !value.is_finite() {
        return "-".to_owned();
    }
    let rounded = (100.0 * value).round() / 100.0 + 0.0;
    format!("{rounded:.2}")
}

/// A share of 1 in percent, with two significant digits below 9.95%.
pub fn share(value: f64) -> String {
    let percent = 100.0 * value;
    if percent.is_finite() && percent.abs() >= 9.95 {
        format!("{percent:.0}%")
    } else {
        format!("{}%", digits(percent, 2))
    }
}

/// A duration, in milliseconds below one second.
pub fn seconds(value: f64) -> String {
    if value != 0.0 && value.abs() < 1.0 {
        format!("{} ms", number(1e3 * value))
    } else {
        format!("{} s", number(value))
    }
}

/// Seconds since the start of the test, as hours, minutes and seconds.
pub fn clock(value: f64) -> String {
    let value = value.round().max(0.0) as u64;
    let (hours, minutes, seconds) = (value / 3600, value / 60 % 60, value % 60);
    format!("{hours}:{minutes:02}:{seconds:02}")
}

/// A value with the prefix of its power of a thousand.
pub fn prefixed(value: f64, unit: &str) -> String {
    let (size, prefix) = match value.abs() {
        size if size >= 1e12 => (1e12, "T"),
        size if size >= 1e9 => (1e9, "G"),
        size if size >= 1e6 => (1e6, "M"),
        size if size >= 1e3 => (1e3, "k"),
        _ => (1.0, ""),
    };
    format!("{}{}{prefix}{unit}", number(value / size), if unit.is_empty() { "" } else { " " })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_significant_digits() {
        let shown = [0.0, 0.123_456, 1.0, 9.999, 62.34, 104.4, 15_321.7].map(number);
        assert_eq!(shown, ["0", "0.123", "1", "10", "62.3", "104", "15322"]);
        assert_eq!([1.0e-7, -2.5e12].map(number), ["1.00e-7", "-2.50e12"]);
    }

    #[test]
    fn non_finite_numbers_are_shown_as_a_dash() {
        for value in [f64::NAN, f64::INFINITY] {
            assert_eq!(
                [number(value), two(value), share(value), seconds(value)],
                ["-", "-", "-%", "- s"]
            );
        }
    }

    #[test]
    fn zero_has_no_sign() {
        assert_eq!([-0.004, 0.0, -0.006, 1.0].map(two), ["0.00", "0.00", "-0.01", "1.00"]);
        assert_eq!([-0.0, 0.0].map(number), ["0", "0"]);
    }

    #[test]
    fn shares_ticks_and_clocks_are_short() {
        assert_eq!(
            [0.0, 0.0005, 0.0123, 0.0996, 0.5].map(share),
            ["0%", "0.05%", "1.2%", "10%", "50%"]
        );
        assert_eq!([2_500.0, 25_000.0, 1.5e6].map(tick), ["2500", "25k", "1.5M"]);
        assert_eq!([0.0, 59.6, 3725.0].map(clock), ["0:00:00", "0:01:00", "1:02:05"]);
    }
}

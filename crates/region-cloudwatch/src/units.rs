//! The units of samples, after API_MetricDatum. CloudWatch converts none into another.

/// Every unit, in CloudWatch's own order. If samples have several units and a query names none,
/// the first of them is the one that CloudWatch takes.
pub(crate) const UNITS: [&str; 27] = [
    "Megabits",
    "Terabits",
    "Gigabits",
    "Count",
    "Bytes",
    "Gigabytes",
    "Gigabytes/Second",
    "Kilobytes",
    "Kilobits/Second",
    "Terabytes",
    "Terabits/Second",
    "Bytes/Second",
    "Percent",
    "Megabytes",
    "Megabits/Second",
    "Milliseconds",
    "Microseconds",
    "Kilobytes/Second",
    "Gigabits/Second",
    "Megabytes/Second",
    "Bits",
    "Bits/Second",
    "Count/Second",
    "Seconds",
    "Kilobits",
    "Terabytes/Second",
    NONE,
];

/// The unit of samples that were put without one.
pub(crate) const NONE: &str = "None";

/// The unit of this name.
pub(crate) fn unit(name: &str) -> Option<&'static str> {
    UNITS.into_iter().find(|unit| *unit == name)
}

/// What CloudWatch says of a unit that it does not have, at `place` of a request.
pub(crate) fn unknown(place: &str) -> String {
    format!("The parameter {place} must be a value in the set [ {} ].", UNITS.join(", "))
}

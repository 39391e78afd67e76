//! Values of options.

use std::time::Duration;

use load_test::Quantile;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A duration, for example `500ms`, `60s` or `3m`.
pub fn duration(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text).map_err(|error| {
        format!("{error}; give a number with a unit, for example 500ms, 60s or 3m")
    })
}

/// A duration above zero.
pub fn some_time(text: &str) -> Result<Duration, String> {
    duration(text).and_then(|time| {
        if time.is_zero() { Err("must be more than 0".to_owned()) } else { Ok(time) }
    })
}

/// A share from 0 to 1, for example `1%` or `0.01`.
pub fn share(text: &str) -> Result<f64, String> {
    let share = positive_share(text)?;
    match share <= 1.0 {
        true => Ok(share),
        false => {
            Err("is more than 100%; give a percentage such as 1% or a share of 0.01".to_owned())
        }
    }
}

/// A share that may exceed 1, such as a rise.
fn positive_share(text: &str) -> Result<f64, String> {
    let (number, unit) = match text.strip_suffix('%') {
        Some(number) => (number, 100.0),
        None => (text, 1.0),
    };
    let value = number.trim().parse::<f64>().ok().filter(|value| value.is_finite());
    let value = value.filter(|value| *value >= 0.0);
    value
        .map(|value| value / unit)
        .ok_or_else(|| "give a percentage such as 10%, or a share such as 0.1".to_owned())
}

/// A rise per minute, for example `10%/min`.
pub fn ramp(text: &str) -> Result<f64, String> {
    positive_share(text.strip_suffix("/min").unwrap_or(text))
        .map_err(|_| "give the rise per minute, for example 10%/min".to_owned())
}

/// A rise from one level to the next, for example `25%`.
pub fn step(text: &str) -> Result<f64, String> {
    positive_share(text)
        .ok()
        .filter(|step| (0.01..=10.0).contains(step))
        .ok_or_else(|| "give a rise from 1% to 1000%".to_owned())
}

/// A rate in requests per second, 0.01 to 10,000,000.
pub fn rate(text: &str) -> Result<f64, String> {
    let rate = text.parse::<f64>().ok().filter(|rate| (0.01..=1e7).contains(rate));
    rate.ok_or_else(|| "give requests a second, 0.01 to 10000000".to_owned())
}

/// A statistic of response times with its limit in seconds, for example `p95=500ms`.
pub fn objective(text: &str) -> Result<(Quantile, f64), String> {
    let form = || "give mean, p50, p95 or p99 with its limit, for example p95=500ms".to_owned();
    let (quantile, limit) = text.split_once('=').ok_or_else(form)?;
    let quantile = match quantile {
        "mean" => Quantile::Mean,
        "p50" => Quantile::P50,
        "p95" => Quantile::P95,
        "p99" => Quantile::P99,
        _ => return Err(form()),
    };
    Ok((quantile, some_time(limit)?.as_secs_f64()))
}

/// A point in time, for example `2026-11-26T10:15:00Z`.
pub fn moment(text: &str) -> Result<OffsetDateTime, String> {
    OffsetDateTime::parse(text, &Rfc3339)
        .map_err(|error| format!("{error}; give a time such as 2026-11-26T10:15:00Z"))
}

/// The name of a cluster or service.
pub fn name(text: &str) -> Result<String, String> {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
    match (1..=255).contains(&text.len()) && text.chars().all(fits) {
        true => Ok(text.to_owned()),
        false => Err("give its name, not its ARN".to_owned()),
    }
}

/// The part of an ARN from `first` on.
fn end_of_arn(text: &str, first: &str, form: &str) -> Result<String, String> {
    let found = text.find(first).and_then(|at| text.get(at..));
    let parts = found.map(|end| end.split('/').count());
    match (found, parts == Some(form.split('/').count())) {
        (Some(end), true) => Ok(end.to_owned()),
        _ => Err(format!("give its ARN or its full name, {form}")),
    }
}

/// A load balancer, by its ARN or full name.
pub fn load_balancer(text: &str) -> Result<String, String> {
    end_of_arn(text, "app/", "app/NAME/ID")
}

/// A target group, by its ARN or full name.
pub fn target_group(text: &str) -> Result<String, String> {
    end_of_arn(text, "targetgroup/", "targetgroup/NAME/ID")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_percentages_or_parts_of_one() {
        assert_eq!((share("1%"), share("0.01"), share("100 %")), (Ok(0.01), Ok(0.01), Ok(1.0)));
        for bad in ["1.5", "101%", "-1%", "NaN", "inf", "", "%"] {
            assert!(share(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn ramps_are_rises_in_a_minute() {
        assert_eq!((ramp("10%/min"), ramp("250%"), ramp("0.5")), (Ok(0.1), Ok(2.5), Ok(0.5)));
        assert!(ramp("10%/h").is_err());
    }

    #[test]
    fn objectives_name_a_statistic_and_its_limit() {
        assert_eq!(objective("p95=500ms"), Ok((Quantile::P95, 0.5)));
        assert_eq!(objective("mean=2s"), Ok((Quantile::Mean, 2.0)));
        for bad in ["p95", "p90=1s", "p95=0s", "p95=500"] {
            assert!(objective(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn load_balancers_and_target_groups_are_known_by_their_arns_too() {
        let arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/front/01ab";
        assert_eq!(load_balancer(arn).as_deref(), Ok("app/front/01ab"));
        assert_eq!(target_group("targetgroup/web/01ab").as_deref(), Ok("targetgroup/web/01ab"));
        assert!(load_balancer("front").is_err() && target_group("app/front/01ab").is_err());
    }
}

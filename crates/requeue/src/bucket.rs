//! Time buckets: they merge many requests into one requeue message without losing a request.
//!
//! With delay `d` and width `w ≤ d − SKEW`, a request at time `r` falls into bucket
//! `floor((r + d) / w)`. Let `r₀` be the first request of a bucket, so its requeue message is
//! delivered at `r₀ + d` or later. Any other request `r` of that bucket has `r + d < r₀ + d + w`,
//! hence `r < r₀ + w ≤ (r₀ + d) − SKEW`: it was made at least `SKEW` before the requeue message is
//! delivered, so the reconcile that follows sees everything that the request was about. A test
//! below checks this for arbitrary times and skews.

use time::OffsetDateTime;

/// Seconds by which the clocks of two sandboxes may differ, including the time of a publish,
/// without losing a reconcile.
pub const SKEW: i64 = 5;

/// SNS and SQS deduplicate for 300 s. A bucket must be over well before its id could be accepted
/// again.
const LONGEST: u16 = 240;

/// The time buckets of one delay class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Buckets {
    delay: i64,
}

/// A delay outside the supported range, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("delay of {0} s, choose {min} to {LONGEST} s", min = SKEW + 1)]
pub struct BadDelay(pub u16);

impl Buckets {
    /// Buckets for a queue that delays each message by `delay` seconds (6 to 240).
    ///
    /// # Errors
    /// A delay outside that range.
    pub fn new(delay: u16) -> Result<Self, BadDelay> {
        if i64::from(delay) > SKEW && delay <= LONGEST {
            Ok(Self { delay: i64::from(delay) })
        } else {
            Err(BadDelay(delay))
        }
    }

    /// Buckets of 60 s.
    pub const MINUTE: Self = Self { delay: 60 + SKEW };

    /// The queue's delay.
    pub fn delay(self) -> time::Duration {
        time::Duration::seconds(self.delay)
    }

    /// The bucket that a request made at `now` falls into.
    pub fn bucket(self, now: OffsetDateTime) -> i64 {
        (now.unix_timestamp() + self.delay).div_euclid(self.delay - SKEW)
    }

    /// Whether a requeue message requested in `bucket` also covers a request made at `now`: it is
    /// the same bucket, or even the first possible request of that bucket makes the message due at
    /// least [`SKEW`] from now.
    pub fn answers(self, bucket: i64, now: OffsetDateTime) -> bool {
        let earliest = bucket.saturating_mul(self.delay - SKEW);
        bucket == self.bucket(now) || now.unix_timestamp() + SKEW < earliest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::Duration;

    fn at(milliseconds: i64) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH + Duration::milliseconds(milliseconds)
    }

    proptest! {
        #[test]
        fn a_time_bucket_never_loses_a_reconcile(
            delay in 6u16..=240,
            first_ms in 0i64..4_000_000_000_000,
            gap_ms in 0i64..300_000,
            skew_ms in 0i64..SKEW * 1000 - 1000,
        ) {
            let buckets = Buckets::new(delay).unwrap();
            let delivered = first_ms + i64::from(delay) * 1000;
            let request = first_ms + gap_ms;
            // The second sandbox's clock is behind by the skew, so it computes the bucket of an
            // earlier time.
            let said = at(request - skew_ms);
            if buckets.bucket(said) == buckets.bucket(at(first_ms)) {
                prop_assert!(request < delivered, "asked at {request}, delivered at {delivered}");
            }
        }

        #[test]
        fn a_bucket_is_over_before_its_id_may_be_accepted_again(
            delay in 6u16..=240,
            first in 0i64..4_000_000_000,
            gap in 300i64..100_000,
        ) {
            let buckets = Buckets::new(delay).unwrap();
            prop_assert_ne!(
                buckets.bucket(at(first * 1000)),
                buckets.bucket(at((first + gap) * 1000))
            );
        }

        #[test]
        fn requests_without_end_make_at_most_one_requeue_a_width(
            delay in 6u16..=240,
            start in 0i64..4_000_000_000,
        ) {
            let buckets = Buckets::new(delay).unwrap();
            let width = i64::from(delay) - SKEW;
            let span = 3_600;
            let distinct: std::collections::BTreeSet<_> =
                (0..span).map(|second| buckets.bucket(at((start + second) * 1000))).collect();
            prop_assert!(i64::try_from(distinct.len()).unwrap() <= span / width + 2);
        }
    }

    proptest! {
        #[test]
        fn a_requeue_that_answers_a_later_request_comes_after_it(
            delay in 6u16..=240,
            first_ms in 0i64..4_000_000_000_000,
            gap_ms in 0i64..300_000,
        ) {
            let buckets = Buckets::new(delay).unwrap();
            let delivered = first_ms + i64::from(delay) * 1000;
            let request = first_ms + gap_ms;
            if buckets.answers(buckets.bucket(at(first_ms)), at(request)) {
                prop_assert!(request < delivered, "asked at {request}, delivered at {delivered}");
            }
        }
    }

    #[test]
    fn a_bucket_answers_for_itself_and_for_whatever_comes_well_before_it_is_due() {
        let buckets = Buckets::new(240).unwrap();
        // Bucket 10 is due 2350 s after the epoch at the earliest.
        assert!(buckets.answers(10, at(2_344_000)) && buckets.answers(10, at(2_110_000)));
        assert_eq!(buckets.bucket(at(2_345_000)), 11);
        assert!(!buckets.answers(10, at(2_345_000)));
        assert!(!buckets.answers(9, at(2_200_000)));
    }

    #[test]
    fn a_bucket_is_as_wide_as_the_delay_less_the_skew() {
        let buckets = Buckets::new(240).unwrap();
        assert_eq!(buckets.delay(), Duration::minutes(4));
        assert_eq!(buckets.bucket(at(0)), 1);
        let first = (0..).find(|second| buckets.bucket(at(second * 1000)) == 2).unwrap();
        let next = (0..).find(|second| buckets.bucket(at(second * 1000)) == 3).unwrap();
        assert_eq!((first, next - first), (230, 235));
    }

    #[test]
    fn a_delay_that_leaves_no_width_is_refused() {
        assert_eq!(Buckets::new(5), Err(BadDelay(5)));
        assert_eq!(Buckets::new(241), Err(BadDelay(241)));
        assert_eq!(BadDelay(5).to_string(), "delay of 5 s, choose 6 to 240 s");
    }
}

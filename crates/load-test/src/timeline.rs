//! What is recorded, by time, in bounded memory.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// As many times as are kept. At one a second, an hour's test is kept as it is; eight hours are
/// kept by the eight seconds.
pub const MOST_TIMES: usize = 4096;

/// Ticks of a second. A power of two, so that buckets that double pass through whole seconds.
const TICKS: i64 = 1 << 20;

/// Beyond any date that a program writes, year 9999 included, and far from where ticks overflow.
const FURTHEST_SECONDS: f64 = 1e12;

/// A point in time: ticks since an origin that its clock knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Tick(pub(crate) i64);

impl Tick {
    /// `None` for what is no time.
    pub(crate) fn from_seconds(seconds: f64) -> Option<Self> {
        (seconds.abs() < FURTHEST_SECONDS).then(|| Self((seconds * TICKS as f64).round() as i64))
    }

    pub(crate) fn seconds(self) -> f64 {
        self.0 as f64 / TICKS as f64
    }

    pub(crate) const fn plus(self, ticks: i64) -> Self {
        Self(self.0.saturating_add(ticks))
    }

    pub(crate) const fn minus(self, other: Self) -> i64 {
        self.0.saturating_sub(other.0)
    }

    /// The beginning of its second.
    pub(crate) const fn whole(self) -> Self {
        Self(self.0.div_euclid(TICKS) * TICKS)
    }
}

/// What can be taken together with its like.
pub(crate) trait Merge: Default {
    fn merge(&mut self, other: Self);
}

/// At most [`MOST_TIMES`] buckets. Where more times come, buckets double in width until they hold
/// them: the width is the smallest that does, whatever the order in which they came.
#[derive(Debug)]
pub(crate) struct Timeline<B> {
    /// A bucket is 2 to this power ticks wide.
    doubled: u32,
    buckets: BTreeMap<i64, Bucket<B>>,
    entries: u64,
    repeated: u64,
}

#[derive(Debug, Default)]
struct Bucket<B> {
    /// Sum of the times that came.
    ticks: i128,
    entries: u64,
    of: B,
}

impl<B> Default for Timeline<B> {
    fn default() -> Self {
        Self { doubled: 0, buckets: BTreeMap::new(), entries: 0, repeated: 0 }
    }
}

impl<B: Merge> Timeline<B> {
    /// What holds that time.
    pub(crate) fn at(&mut self, tick: Tick) -> &mut B {
        self.entries += 1;
        while self.buckets.len() >= MOST_TIMES && !self.buckets.contains_key(&self.key(tick)) {
            self.double();
        }
        let exact = u64::from(self.doubled == 0);
        let bucket = match self.buckets.entry(self.key(tick)) {
            Entry::Occupied(entry) => {
                self.repeated += exact;
                entry.into_mut()
            }
            Entry::Vacant(entry) => entry.insert(Bucket::default()),
        };
        bucket.ticks += i128::from(tick.0);
        bucket.entries += 1;
        &mut bucket.of
    }

    /// How many times came that had come before, as long as all were kept apart.
    pub(crate) const fn repeated(&self) -> u64 {
        self.repeated
    }

    /// Whether all entries came at one time.
    pub(crate) const fn is_at_once(&self) -> bool {
        self.repeated + 1 == self.entries
    }

    /// The width of a bucket in seconds, if times were taken together.
    pub(crate) fn width(&self) -> Option<f64> {
        (self.doubled > 0).then(|| Tick(1 << self.doubled).seconds())
    }

    /// How many entries came.
    pub(crate) const fn entries(&self) -> u64 {
        self.entries
    }

    /// Buckets in the order of time, each at the average of the times that it holds.
    pub(crate) fn into_rows(self) -> impl Iterator<Item = (Tick, B)> {
        self.buckets.into_values().map(|bucket| {
            let mean = bucket.ticks / i128::from(bucket.entries.max(1));
            (Tick(i64::try_from(mean).unwrap_or(i64::MAX)), bucket.of)
        })
    }

    const fn key(&self, tick: Tick) -> i64 {
        tick.0 >> self.doubled
    }

    fn double(&mut self) {
        self.doubled += 1;
        for (key, bucket) in std::mem::take(&mut self.buckets) {
            match self.buckets.entry(key >> 1) {
                Entry::Vacant(entry) => {
                    entry.insert(bucket);
                }
                Entry::Occupied(entry) => {
                    let into = entry.into_mut();
                    into.ticks += bucket.ticks;
                    into.entries += bucket.entries;
                    into.of.merge(bucket.of);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Default, PartialEq, Clone)]
    struct Count(u64);

    impl Merge for Count {
        fn merge(&mut self, other: Self) {
            self.0 += other.0;
        }
    }

    fn of(seconds: impl IntoIterator<Item = f64>) -> Timeline<Count> {
        let mut timeline = Timeline::<Count>::default();
        for seconds in seconds {
            timeline.at(Tick::from_seconds(seconds).unwrap()).0 += 1;
        }
        timeline
    }

    #[test]
    fn an_hour_by_the_second_is_kept_as_it_is() {
        let timeline = of((0..3600).map(f64::from));
        assert_eq!(timeline.width(), None);
        assert_eq!(timeline.into_rows().count(), 3600);
    }

    #[test]
    fn eight_hours_by_the_second_are_kept_by_the_eight_seconds() {
        let timeline = of((0..8 * 3600).map(f64::from));
        assert_eq!(timeline.width(), Some(8.0));
        let rows: Vec<_> = timeline.into_rows().collect();
        assert_eq!(rows.len(), 3600);
        assert!(rows.iter().all(|(_, count)| *count == Count(8)));
        assert_eq!(rows[0].0.seconds(), 3.5, "at the average of its times");
    }

    #[test]
    fn a_time_that_comes_again_is_counted() {
        assert_eq!(of([1.0, 2.0, 1.0]).repeated(), 1);
    }

    #[test]
    fn what_is_no_time_is_none() {
        for seconds in [f64::NAN, f64::INFINITY, -f64::INFINITY, 1e13] {
            assert_eq!(Tick::from_seconds(seconds), None);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn the_order_of_times_does_not_matter(
            times in proptest::collection::vec(-1e6..1e6_f64, 1..9000).prop_shuffle(),
        ) {
            let mut sorted = times.clone();
            sorted.sort_by(f64::total_cmp);
            let shuffled: Vec<_> = of(times).into_rows().collect();
            prop_assert!(shuffled.len() <= MOST_TIMES);
            prop_assert_eq!(shuffled, of(sorted).into_rows().collect::<Vec<_>>());
        }

        #[test]
        fn nothing_is_lost(times in proptest::collection::vec(-1e11..1e11_f64, 1..9000)) {
            let sum: u64 = of(times.clone()).into_rows().map(|(_, count)| count.0).sum();
            prop_assert_eq!(sum, times.len() as u64);
        }
    }
}

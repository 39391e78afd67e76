//! Shares of the token buckets by which AWS throttles an account.
//!
//! Where the number of calls grows with that of instances, a thousand of them would empty the
//! bucket for everybody of the account, and most calls would be refused and made again. So they wait
//! for their turn instead: the wait is as long, and no call is wasted. Each cluster has shares of its
//! own, so none waits behind the calls of another.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::{Duration, Instant};

/// What a process may use for one cluster of a bucket.
#[derive(Debug, Clone, Copy)]
struct Size {
    /// Calls at once.
    burst: u32,
    /// Calls a second from then on.
    per_second: f64,
}

/// The sizes while no other cluster drains, and while others do. Two reconciles may run at once, each
/// in a process of its own: beside others, both together use at most half of a bucket. Alone they
/// use more, and leave some to other users of the account.
#[derive(Debug, Clone, Copy)]
struct Sizes {
    alone: Size,
    beside_others: Size,
}

/// Reads of cluster resources. AWS allows an account 100 at once, and 20 a second.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html>
const READS: Sizes = Sizes {
    alone: Size { burst: 50, per_second: 15.0 },
    beside_others: Size { burst: 25, per_second: 5.0 },
};

/// Changes of cluster resources: 100 at once, and 40 a second.
const CHANGES: Sizes = Sizes {
    alone: Size { burst: 50, per_second: 30.0 },
    beside_others: Size { burst: 25, per_second: 10.0 },
};

/// Heartbeats and completions. Auto Scaling does not publish its limits: 100 at once and 10 a second
/// are assumed.
const LIFECYCLE: Sizes = Sizes {
    alone: Size { burst: 40, per_second: 8.0 },
    beside_others: Size { burst: 25, per_second: 2.5 },
};

/// The shares of one cluster. Clones are the same shares.
#[derive(Debug, Clone)]
pub struct Shares {
    pub(crate) reads: Share,
    pub(crate) changes: Share,
    pub(crate) lifecycle: Share,
}

impl Default for Shares {
    fn default() -> Self {
        Self {
            reads: Share::of(READS),
            changes: Share::of(CHANGES),
            lifecycle: Share::of(LIFECYCLE),
        }
    }
}

impl Shares {
    /// Sets whether other clusters drain too.
    pub fn beside_others(&self, beside_others: bool) {
        for share in [&self.reads, &self.changes, &self.lifecycle] {
            share.lock().beside_others = beside_others;
        }
    }

    /// Whether other clusters drain too.
    pub fn are_beside_others(&self) -> bool {
        self.reads.lock().beside_others
    }

    /// How long the next call that lists tasks waits for its turn, if other clusters drain.
    pub fn wait_to_read(&self) -> Duration {
        self.reads.wait_beside_others()
    }

    /// How long the next heartbeat or completion waits for its turn, if other clusters drain.
    pub fn wait_for_lifecycle(&self) -> Duration {
        self.lifecycle.wait_beside_others()
    }
}

/// A share of one bucket. Clones are the same share.
#[derive(Debug, Clone)]
pub(crate) struct Share(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    sizes: Sizes,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    beside_others: bool,
    /// The tokens that are missing from the full burst, and when.
    missing: Option<(Instant, f64)>,
}

impl Share {
    /// A share of `burst` calls at once and `per_second` from then on, whatever else drains.
    pub(crate) fn new(burst: u32, per_second: u32) -> Self {
        let size = Size { burst, per_second: per_second.max(1).into() };
        Self::of(Sizes { alone: size, beside_others: size })
    }

    fn of(sizes: Sizes) -> Self {
        Self(Arc::new(Inner { sizes, state: Mutex::default() }))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long the next token is waited for while others drain. Alone, no other waits meanwhile,
    /// and to begin again later would cost calls.
    fn wait_beside_others(&self) -> Duration {
        let state = self.lock();
        if state.beside_others { next(self.0.sizes, &state).1 } else { Duration::ZERO }
    }

    /// Take a token, and wait for it if there is none.
    pub(crate) async fn take(&self) {
        let wait = {
            let mut state = self.lock();
            let (missing, wait) = next(self.0.sizes, &state);
            state.missing = Some(missing);
            wait
        };
        tokio::time::sleep(wait).await;
    }
}

/// The tokens that are missing once the next one is taken, and how long it is waited for.
fn next(sizes: Sizes, state: &State) -> ((Instant, f64), Duration) {
    let Size { burst, per_second } =
        if state.beside_others { sizes.beside_others } else { sizes.alone };
    let now = Instant::now();
    let missing = state.missing.map_or(0.0, |(at, missing)| {
        (missing - now.duration_since(at).as_secs_f64() * per_second).max(0.0)
    });
    let wait = (missing + 1.0 - f64::from(burst)).max(0.0) / per_second;
    ((now, missing + 1.0), Duration::from_secs_f64(wait))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn took(share: &Share, calls: usize) -> u128 {
        let began = Instant::now();
        for _ in 0..calls {
            share.take().await;
        }
        began.elapsed().as_millis()
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_goes_at_once_and_the_rest_at_its_rate() {
        let share = Share::new(10, 5);
        assert_eq!(took(&share, 10).await, 0);
        let rest = took(&share, 10).await;
        assert!((1_990..=2_020).contains(&rest), "{rest}");
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert_eq!(took(&share, 10).await, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn beside_others_two_processes_use_half_of_each_bucket() {
        // The burst and the rate of AWS's bucket.
        let buckets = |shares: &Shares| {
            let Shares { reads, changes, lifecycle } = shares.clone();
            [(reads, 100, 20), (changes, 100, 40), (lifecycle, 100, 10)]
        };
        let processes = [Shares::default(), Shares::default()];
        for (first, second) in buckets(&processes[0]).into_iter().zip(buckets(&processes[1])) {
            let ((share, burst, per_second), (other, ..)) = (first, second);
            processes.iter().for_each(|shares| shares.beside_others(true));
            let seconds = 60;
            let most = (burst + per_second * seconds) / 2;
            let all = most / 2;
            let took = tokio::join!(took(&share, all), took(&other, all));
            let seconds = u128::try_from(seconds).unwrap() * 1_000;
            assert!(took.0 >= seconds - 100 && took.1 >= seconds - 100, "{took:?}");
            processes.iter().for_each(|shares| shares.beside_others(false));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn alone_a_cluster_uses_more_and_then_less_again() {
        let shares = Shares::default();
        assert_eq!(took(&shares.reads, 50).await, 0);
        shares.beside_others(true);
        // The 25 above the smaller burst come back first, at five a second.
        let next = took(&shares.reads, 1).await;
        assert!((5_100..=5_300).contains(&next), "{next}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_cluster_does_not_wait_behind_the_calls_of_another() {
        let (large, small) = (Shares::default(), Shares::default());
        large.beside_others(true);
        small.beside_others(true);
        let of_large = tokio::spawn(async move { took(&large.reads, 1_000).await });
        tokio::time::sleep(Duration::from_secs(20)).await;
        assert!(!of_large.is_finished());
        assert_eq!(took(&small.reads, 20).await, 0);
        assert!(of_large.await.unwrap() > 190_000);
    }
}

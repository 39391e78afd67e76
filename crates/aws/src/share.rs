//! Our share of the token buckets by which AWS throttles an account.
//!
//! Where each item costs a call, a thousand of them would empty the bucket for everybody
//! of the account, and most would be refused and made again. So a process waits for its
//! turn instead: the wait is as long, and no call is wasted.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::{Duration, Instant};

/// A share of one bucket; clones are the same share.
#[derive(Debug, Clone)]
pub(crate) struct Share(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    burst: u32,
    /// How long a token takes to come back.
    refill: Duration,
    /// When the bucket will be full again.
    full: Mutex<Option<Instant>>,
}

impl Share {
    /// A share of `burst` calls at once and `per_second` from then on.
    pub(crate) fn new(burst: u32, per_second: u32) -> Self {
        let refill = Duration::from_secs(1) / per_second.max(1);
        Self(Arc::new(Inner { burst, refill, full: Mutex::new(None) }))
    }

    /// Take a token, and wait for it if there is none.
    pub(crate) async fn take(&self) {
        let Inner { burst, refill, full } = &*self.0;
        let now = Instant::now();
        let wait = {
            let mut full = full.lock().unwrap_or_else(PoisonError::into_inner);
            let next = full.map_or(now, |full| full.max(now)) + *refill;
            *full = Some(next);
            (next - now).saturating_sub(*refill * *burst)
        };
        tokio::time::sleep(wait).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_burst_goes_at_once_and_the_rest_at_its_rate() {
        let share = Share::new(10, 5);
        let began = Instant::now();
        for _ in 0..10 {
            share.take().await;
        }
        assert_eq!(began.elapsed().as_millis(), 0);
        for _ in 0..10 {
            share.take().await;
        }
        assert!((1_990..=2_020).contains(&began.elapsed().as_millis()), "{:?}", began.elapsed());
        tokio::time::sleep(Duration::from_secs(60)).await;
        let rested = Instant::now();
        for _ in 0..10 {
            share.take().await;
        }
        assert_eq!(rested.elapsed().as_millis(), 0);
    }
}

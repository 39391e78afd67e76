//! Work on all cores.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Calls `work` for each item, on all cores, and returns the results in the order of the items.
///
/// # Errors
/// One of `work`.
pub fn map<Item: Sync, One: Send, Error: Send>(
    items: &[Item],
    work: impl Fn(&Item) -> Result<One, Error> + Sync,
) -> Result<Vec<One>, Error> {
    let work = |place: u64| {
        let item = usize::try_from(place).ok().and_then(|place| items.get(place));
        item.map(&work).transpose()
    };
    let take = |ready: &mut BTreeMap<u64, Option<One>>, place, one| {
        ready.insert(place, one);
    };
    Ok(each(0..items.len() as u64, work, take)?.into_values().flatten().collect())
}

/// Calls `work` for each number, on all cores, and passes each result to `take`, in the order in
/// which they are ready.
///
/// # Errors
/// One of `work`.
pub fn each<One, Total: Default + Send, Error: Send>(
    numbers: Range<u64>,
    work: impl Fn(u64) -> Result<One, Error> + Sync,
    take: impl Fn(&mut Total, u64, One) + Sync,
) -> Result<Total, Error> {
    let next = AtomicU64::new(numbers.start);
    let total = Mutex::new(Total::default());
    let worker = || -> Result<(), Error> {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= numbers.end {
                return Ok(());
            }
            let one = work(number)?;
            take(&mut total.lock().unwrap_or_else(PoisonError::into_inner), number, one);
        }
    };
    thread::scope(|scope| {
        let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().try_for_each(|worker| {
            worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    })?;
    Ok(total.into_inner().unwrap_or_else(PoisonError::into_inner))
}

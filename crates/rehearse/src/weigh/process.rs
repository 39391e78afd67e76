//! What the kernel says of a process (proc(5)).

use std::fs;
use std::io;

use time::Duration;

/// The CPU time of all threads that `pid` has.
///
/// # Errors
/// A process that is gone, or a kernel that keeps no account.
pub(super) fn cpu(pid: u32) -> io::Result<Duration> {
    let mut nanoseconds = 0;
    for thread in fs::read_dir(format!("/proc/{pid}/task"))? {
        let account = fs::read_to_string(thread?.path().join("schedstat"))?;
        nanoseconds += number(account.split_whitespace().next())?;
    }
    Ok(Duration::nanoseconds(i64::try_from(nanoseconds).unwrap_or(i64::MAX)))
}

/// The most memory that `pid` ever had resident, in bytes.
///
/// # Errors
/// A process that is gone.
pub(super) fn peak_bytes(pid: u32) -> io::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    Ok(number(peak.and_then(|peak| peak.split_whitespace().next()))? * 1024)
}

fn number(text: Option<&str>) -> io::Result<u64> {
    let number = text.and_then(|text| text.parse().ok());
    number.ok_or_else(|| io::Error::other("the kernel says no number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_shows_as_cpu_time_and_memory_as_a_peak() {
        let own = std::process::id();
        let before = cpu(own).unwrap();
        let filled = std::hint::black_box(vec![1_u8; 32_000_000]);
        assert!(cpu(own).unwrap() > before);
        assert!(peak_bytes(own).unwrap() >= 32_000_000, "{}", filled.len());
    }
}

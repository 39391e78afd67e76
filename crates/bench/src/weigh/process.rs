//! CPU time and memory of a process, from proc(5).

use std::fs;
use std::io;

use time::Duration;

/// The CPU time of all threads of `pid`.
///
/// # Errors
/// The process has ended, or the kernel has no scheduler statistics.
pub(super) fn cpu(pid: u32) -> io::Result<Duration> {
    let mut nanoseconds = 0;
    for thread in fs::read_dir(format!("/proc/{pid}/task"))? {
        let account = fs::read_to_string(thread?.path().join("schedstat"))?;
        nanoseconds += number(account.split_whitespace().next())?;
    }
    Ok(Duration::nanoseconds(i64::try_from(nanoseconds).unwrap_or(i64::MAX)))
}

/// The peak resident memory of `pid` in bytes.
///
/// # Errors
/// The process has ended.
pub(super) fn peak_bytes(pid: u32) -> io::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    Ok(number(peak.and_then(|peak| peak.split_whitespace().next()))? * 1024)
}

fn number(text: Option<&str>) -> io::Result<u64> {
    let number = text.and_then(|text| text.parse().ok());
    number.ok_or_else(|| io::Error::other("no number in /proc"))
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

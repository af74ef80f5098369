//! How much of the cores something used. The machine is shared: wall time says as much about the neighbours as about the
//! node, CPU time does not. Linux only.

use std::fs;

/// The cores of this machine.
pub(crate) fn cores() -> f64 {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    f64::from(u32::try_from(cores).unwrap_or(1))
}

/// The CPU seconds that a process has used, in steps of 10 ms; `self` names this one.
pub(crate) fn of_process(process: &str) -> f64 {
    let text =
        fs::read_to_string(format!("/proc/{process}/stat")).expect("the process runs, on Linux");
    // Behind the name in brackets, which may hold anything: the 12th and 13th are user's and system's ticks (proc(5)).
    let (_, numbers) = text.rsplit_once(") ").expect("the name stands in brackets");
    let ticks: u32 = numbers
        .split(' ')
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<u32>().ok())
        .sum();
    f64::from(ticks) / 100.0
}

/// The CPU seconds that this thread has used.
pub(crate) fn of_thread() -> f64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").expect("this is Linux");
    seconds(&text).expect("Linux writes numbers")
}

/// The first number of `schedstat`: nanoseconds on a core.
fn seconds(text: &str) -> Option<f64> {
    let nanoseconds: u64 = text.split(' ').next()?.parse().ok()?;
    Some(std::time::Duration::from_nanos(nanoseconds).as_secs_f64())
}

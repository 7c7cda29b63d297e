//! Processor time: on a machine that others use too, the clock on the wall tells about them.

use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use nix::time::{ClockId, clock_gettime};

/// Time that this thread has had.
pub(crate) fn of_thread() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map_or(Duration::ZERO, Duration::from)
}

/// What work gave, and the time that all threads have had meanwhile.
pub(crate) fn of_process<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let now =
        || clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).map_or(Duration::ZERO, Duration::from);
    let start = now();
    let result = work();
    (now() - start, result)
}

/// Time that programs started from here have had, as user and in the kernel, once they have ended.
pub(crate) fn of_children() -> Duration {
    let duration = |time: TimeVal| {
        let micros = time.tv_sec() * 1_000_000 + time.tv_usec();
        Duration::from_micros(u64::try_from(micros).unwrap_or(0))
    };
    getrusage(UsageWho::RUSAGE_CHILDREN)
        .map_or(Duration::ZERO, |usage| duration(usage.user_time()) + duration(usage.system_time()))
}

/// The least time of several runs, and what the last one gave.
pub(crate) fn least<T>(runs: usize, mut work: impl FnMut() -> T) -> (Duration, T) {
    let mut run = || {
        let start = of_thread();
        let result = work();
        (of_thread() - start, result)
    };
    let (mut least, mut result) = run();
    for _ in 1..runs {
        // One result at a time is in memory. What it leaves in small pieces is put in order by the
        // allocator when it is next asked for a large one: not on this run's account.
        drop(result);
        drop(std::hint::black_box(vec![0_u8; 100_000]));
        let (time, next) = run();
        least = least.min(time);
        result = next;
    }
    (least, result)
}

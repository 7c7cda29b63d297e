//! Interleaved rounds, medians of ratios.

use std::time::{Duration, Instant};

/// Something to be timed.
pub(crate) struct Contestant<'a> {
    pub(crate) name: &'static str,
    pub(crate) work: Box<dyn FnMut() + 'a>,
}

impl<'a> Contestant<'a> {
    pub(crate) fn new(name: &'static str, work: impl FnMut() + 'a) -> Self {
        Self { name, work: Box::new(work) }
    }
}

/// The median time of each contestant, and its ratio to the first one in the same round.
pub(crate) struct Outcome {
    #[cfg_attr(not(feature = "peers"), allow(dead_code, reason = "peers are told apart by it"))]
    pub(crate) name: &'static str,
    pub(crate) time: Duration,
    pub(crate) ratio: f64,
}

const ROUNDS: usize = 301;
const SAMPLE: Duration = Duration::from_micros(200);

/// Runs all contestants once a round.
pub(crate) fn race(mut contestants: Vec<Contestant<'_>>) -> Vec<Outcome> {
    let counts: Vec<u32> = contestants.iter_mut().map(|c| calibrate(&mut c.work)).collect();
    let mut times = vec![Vec::with_capacity(ROUNDS); contestants.len()];
    for round in 0..ROUNDS {
        for step in 0..contestants.len() {
            // Another one goes first each round.
            let index = (step + round) % contestants.len();
            times[index].push(time(&mut contestants[index].work, counts[index]));
        }
    }
    let first = times[0].clone();
    contestants
        .iter()
        .zip(times)
        .map(|(contestant, times)| Outcome {
            name: contestant.name,
            ratio: median(times.iter().zip(&first).map(|(t, f)| t / f).collect()),
            time: Duration::from_secs_f64(median(times)),
        })
        .collect()
}

/// How many runs fill a sample.
fn calibrate(work: &mut dyn FnMut()) -> u32 {
    let mut count = 1;
    while time(work, count) * f64::from(count) < SAMPLE.as_secs_f64() && count < 1 << 20 {
        count *= 2;
    }
    count
}

/// Seconds for one run.
fn time(work: &mut dyn FnMut(), count: u32) -> f64 {
    let start = Instant::now();
    for _ in 0..count {
        work();
    }
    start.elapsed().as_secs_f64() / f64::from(count)
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

//! Minimising a smooth function under bounds: projected gradient steps with momentum.
//!
//! Deterministic: no random start, no clock; the same input gives the same weights everywhere.

/// A lower and an upper bound.
pub type Bound = (f64, f64);

/// Most steps.
const STEPS: usize = 400;
/// Relative gain below which it has arrived.
const ARRIVED: f64 = 1e-9;

/// Minimises `objective`, which fills in its gradient, from `start` within `bounds`.
pub fn minimise(
    start: Vec<f64>,
    bounds: &[Bound],
    mut objective: impl FnMut(&[f64], &mut [f64]) -> f64,
) -> Vec<f64> {
    let n = start.len();
    let mut x = project(start, bounds);
    let mut ahead = x.clone();
    let mut gradient = vec![0.0; n];
    let mut momentum = 1.0_f64;
    let mut step = 1.0;
    let mut best = objective(&x, &mut gradient);
    let mut quiet = 0;
    for _ in 0..STEPS {
        let here = objective(&ahead, &mut gradient);
        let (next, value) = loop {
            let next = project((0..n).map(|k| ahead[k] - step * gradient[k]).collect(), bounds);
            let mut unused = vec![0.0; n];
            let value = objective(&next, &mut unused);
            let (mut slope, mut length) = (0.0, 0.0);
            for k in 0..n {
                let moved = next[k] - ahead[k];
                slope += gradient[k] * moved;
                length += moved * moved;
            }
            if value <= here + slope + length / (2.0 * step) + 1e-12 || step < 1e-8 {
                break (next, value);
            }
            step *= 0.5;
        };
        if value > best {
            // Momentum carried it past the valley: start again from here.
            momentum = 1.0;
            ahead.clone_from(&x);
            quiet += 1;
            if quiet > 3 {
                break;
            }
            continue;
        }
        quiet = if best - value < ARRIVED * best.abs() { quiet + 1 } else { 0 };
        let faster = f64::midpoint(1.0, (1.0 + 4.0 * momentum * momentum).sqrt());
        let carry = (momentum - 1.0) / faster;
        ahead = (0..n).map(|k| next[k] + carry * (next[k] - x[k])).collect();
        momentum = faster;
        x = next;
        best = value;
        step *= 1.2;
        if quiet > 3 {
            break;
        }
    }
    x
}

fn project(mut x: Vec<f64>, bounds: &[Bound]) -> Vec<f64> {
    for (value, (low, high)) in x.iter_mut().zip(bounds) {
        *value = value.clamp(*low, *high);
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_valley_within_bounds() {
        let free = (f64::NEG_INFINITY, f64::INFINITY);
        let found = minimise(vec![0.0, 0.0, 0.0], &[free, (0.0, 10.0), free], |x, g| {
            g[0] = 2.0 * (x[0] - 3.0);
            g[1] = 20.0 * (x[1] + 1.0);
            g[2] = 0.2 * (x[2] - x[0]);
            g[0] -= 0.2 * (x[2] - x[0]);
            (x[0] - 3.0).powi(2) + 10.0 * (x[1] + 1.0).powi(2) + 0.1 * (x[2] - x[0]).powi(2)
        });
        assert!((found[0] - 3.0).abs() < 1e-3 && found[1] == 0.0 && (found[2] - 3.0).abs() < 1e-2);
    }
}

//! Whether a stated probability can be believed.

use crate::random::SplitMix;

/// Probabilities are held this far from 0 and 1 before their logarithm is taken, so that one sure
/// and wrong statement costs much and not everything.
const EDGE: f64 = 1e-6;

/// Rounds of the simulation behind [`Mix::perfect_range`].
const ROUNDS: usize = 2_000;

/// A stated probability and what came of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Claim {
    /// What was stated.
    pub p: f64,
    /// Whether it was right: 0 or 1, between them only where a tie left it to chance.
    pub right: f64,
}

/// Claims with weights that sum to one (or none at all).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Mix {
    claims: Vec<(Claim, f64)>,
}

/// One bin of a reliability diagram.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    /// Share of the weight in it.
    pub weight: f64,
    /// Mean stated probability.
    pub stated: f64,
    /// Share that was right.
    pub right: f64,
}

/// What is left when only claims of some confidence are acted on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Selected {
    /// Share of those acted on that were right; `None` where nothing was.
    pub precision: Option<f64>,
    /// Share of the weight acted on.
    pub coverage: f64,
}

impl Mix {
    /// Mixes claims made with a culprit there and claims made without, so that the latter have
    /// `none_share` of the weight. Where one kind is empty the other has it all.
    #[must_use]
    pub fn new(with: &[Claim], without: &[Claim], none_share: f64) -> Self {
        let (of_with, of_without) = match (with.is_empty(), without.is_empty()) {
            (false, false) => (1.0 - none_share, none_share),
            _ => (1.0, 1.0),
        };
        let weigh = |claims: &[Claim], share: f64| {
            let weight = share / claims.len() as f64;
            claims.iter().map(|claim| (*claim, weight)).collect::<Vec<_>>()
        };
        let mut claims = weigh(with, of_with);
        claims.extend(weigh(without, of_without));
        Self { claims }
    }

    /// Share that was right.
    #[must_use]
    pub fn base_rate(&self) -> f64 {
        self.mean(|claim| claim.right)
    }

    /// Mean squared distance between what was stated and what came.
    #[must_use]
    pub fn brier(&self) -> f64 {
        self.mean(|claim| brier(claim.p, claim.right))
    }

    /// Mean surprise in nats.
    #[must_use]
    pub fn log_loss(&self) -> f64 {
        self.mean(|claim| log_loss(claim.p, claim.right))
    }

    /// [`Self::brier`] of the best constant: whoever states the base rate each time.
    #[must_use]
    pub fn constant_brier(&self) -> f64 {
        let rate = self.base_rate();
        self.mean(|claim| brier(rate, claim.right))
    }

    /// [`Self::log_loss`] of the best constant.
    #[must_use]
    pub fn constant_log_loss(&self) -> f64 {
        let rate = self.base_rate();
        self.mean(|claim| log_loss(rate, claim.right))
    }

    /// The claims cut into `n` bins of equal weight by what was stated. A claim on a border is
    /// shared between its bins, and equal claims are one, so the order does not matter.
    #[must_use]
    pub fn bins(&self, n: usize) -> Vec<Bin> {
        bins(&self.grouped(), n)
    }

    /// Mean distance between stated and right over the bins, by weight.
    #[must_use]
    pub fn calibration_error(&self, n: usize) -> f64 {
        error(&self.bins(n))
    }

    /// The middle 95 % of the calibration errors that these claims would show if each were right
    /// exactly as often as stated: what sample size alone produces.
    #[must_use]
    pub fn perfect_range(&self, n: usize, seed: u64) -> (f64, f64) {
        let mut random = SplitMix::new(seed);
        let mut errors: Vec<_> = (0..ROUNDS)
            .map(|_| {
                let mut drawn = self.clone();
                for (claim, _) in &mut drawn.claims {
                    claim.right = f64::from(u8::from(random.unit() < claim.p));
                }
                drawn.calibration_error(n)
            })
            .collect();
        errors.sort_by(f64::total_cmp);
        super::bootstrap::middle_95(&errors).unwrap_or((0.0, 0.0))
    }

    /// Acts on claims of at least this probability.
    #[must_use]
    pub fn at_least(&self, p: f64) -> Selected {
        let sure = self.claims.iter().filter(|(claim, _)| claim.p >= p);
        let (coverage, right) = sure.fold((0.0, 0.0), |(coverage, right), (claim, weight)| {
            (coverage + weight, right + weight * claim.right)
        });
        Selected { precision: (coverage > 0.0).then(|| right / coverage), coverage }
    }

    fn mean(&self, of: impl Fn(&Claim) -> f64) -> f64 {
        self.claims.iter().map(|(claim, weight)| weight * of(claim)).sum()
    }

    /// Sorted by what was stated, equal statements put together.
    fn grouped(&self) -> Vec<Bin> {
        let mut sorted = self.claims.clone();
        sorted.sort_by(|a, b| a.0.p.total_cmp(&b.0.p));
        sorted
            .chunk_by(|a, b| a.0.p == b.0.p)
            .map(|equal| {
                let weight: f64 = equal.iter().map(|(_, weight)| weight).sum();
                let right: f64 = equal.iter().map(|(claim, weight)| weight * claim.right).sum();
                Bin { weight, stated: equal[0].0.p, right: right / weight }
            })
            .collect()
    }
}

fn bins(groups: &[Bin], n: usize) -> Vec<Bin> {
    let total: f64 = groups.iter().map(|group| group.weight).sum();
    let mut out = Vec::with_capacity(n);
    let mut rest = groups.iter().copied();
    let mut group = rest.next();
    for i in 0..n {
        let mut room = total / n as f64;
        let mut bin = Bin { weight: 0.0, stated: 0.0, right: 0.0 };
        while let Some(current) = &mut group {
            let last = i + 1 == n;
            let taken = if last { current.weight } else { current.weight.min(room) };
            bin.weight += taken;
            bin.stated += taken * current.stated;
            bin.right += taken * current.right;
            room -= taken;
            current.weight -= taken;
            if current.weight <= total * 1e-12 {
                group = rest.next();
            }
            if !last && room <= total * 1e-12 {
                break;
            }
        }
        if bin.weight > 0.0 {
            bin.stated /= bin.weight;
            bin.right /= bin.weight;
            out.push(bin);
        }
    }
    out
}

fn error(bins: &[Bin]) -> f64 {
    bins.iter().map(|bin| bin.weight * (bin.stated - bin.right).abs()).sum()
}

fn brier(p: f64, right: f64) -> f64 {
    // The expectation over a tie's chance, not the square of the chance.
    right * (1.0 - p).powi(2) + (1.0 - right) * p.powi(2)
}

fn log_loss(p: f64, right: f64) -> f64 {
    let p = p.clamp(EDGE, 1.0 - EDGE);
    -(right * p.ln() + (1.0 - right) * (1.0 - p).ln())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(of: &[(f64, f64)]) -> Vec<Claim> {
        of.iter().map(|(p, right)| Claim { p: *p, right: *right }).collect()
    }

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn losses_by_hand() {
        let mix = Mix::new(&claims(&[(0.9, 1.0), (0.6, 0.0)]), &[], 0.3);
        assert!(near(mix.brier(), (0.01 + 0.36) / 2.0));
        assert!(near(mix.log_loss(), -(0.9_f64.ln() + 0.4_f64.ln()) / 2.0));
        assert!(near(mix.base_rate(), 0.5));
        assert!(near(mix.constant_brier(), 0.25));
        assert!(near(mix.constant_log_loss(), std::f64::consts::LN_2));
    }

    #[test]
    fn the_mix_gives_none_cases_their_share_whatever_their_number() {
        let mix = Mix::new(&claims(&[(0.9, 1.0)]), &claims(&[(0.5, 0.0); 4]), 0.3);
        assert!(near(mix.base_rate(), 0.7));
        assert!(near(mix.brier(), 0.7 * 0.01 + 0.3 * 0.25));
        let sure = mix.at_least(0.8);
        assert_eq!(sure.precision, Some(1.0));
        assert!(near(sure.coverage, 0.7));
        let all = mix.at_least(0.5);
        assert!(near(all.precision.unwrap(), 0.7) && near(all.coverage, 1.0));
        assert_eq!(mix.at_least(0.95), Selected { precision: None, coverage: 0.0 });
    }

    #[test]
    fn bins_have_equal_weight_and_share_what_lies_on_a_border() {
        let mix = Mix::new(&claims(&[(0.1, 0.0), (0.2, 0.0), (0.9, 1.0)]), &[], 0.3);
        let bins = mix.bins(2);
        assert_eq!(bins.len(), 2);
        // First: all of 0.1 and half of 0.2; second: the other half and 0.9.
        assert!(near(bins[0].weight, 0.5) && near(bins[0].stated, (0.1 + 0.5 * 0.2) / 1.5));
        assert!(near(bins[1].stated, (0.5 * 0.2 + 0.9) / 1.5) && near(bins[1].right, 2.0 / 3.0));
        let by_hand = 0.5 * (0.2 / 1.5) + 0.5 * (2.0 / 3.0 - 1.0 / 1.5);
        assert!(near(mix.calibration_error(2), by_hand));
    }

    #[test]
    fn equal_claims_have_no_order() {
        let a = Mix::new(&claims(&[(0.5, 1.0), (0.5, 0.0), (0.5, 0.0), (0.5, 1.0)]), &[], 0.3);
        let b = Mix::new(&claims(&[(0.5, 0.0), (0.5, 0.0), (0.5, 1.0), (0.5, 1.0)]), &[], 0.3);
        assert_eq!(a.bins(4), b.bins(4));
        assert!(near(a.calibration_error(4), 0.0));
    }

    #[test]
    fn a_calibrated_teller_lies_within_the_range_and_a_boaster_beyond() {
        let mut random = SplitMix::new(3);
        let honest: Vec<_> = (0..200)
            .map(|_| {
                let p = random.unit();
                Claim { p, right: f64::from(u8::from(random.unit() < p)) }
            })
            .collect();
        let mix = Mix::new(&honest, &[], 0.3);
        let (low, high) = mix.perfect_range(5, 1);
        assert!((low..=high).contains(&mix.calibration_error(5)), "{low} {high}");
        assert_eq!(mix.perfect_range(5, 1), (low, high), "seeded");

        let boast: Vec<_> =
            honest.iter().map(|claim| Claim { p: claim.p.sqrt(), ..*claim }).collect();
        let mix = Mix::new(&boast, &[], 0.3);
        assert!(mix.calibration_error(5) > mix.perfect_range(5, 1).1);
    }

    #[test]
    fn nothing_measured_is_zero_everywhere() {
        let mix = Mix::default();
        assert_eq!((mix.brier(), mix.calibration_error(5)), (0.0, 0.0));
        assert!(mix.bins(5).is_empty());
        assert_eq!(Mix::new(&[], &[], 0.3), mix);
    }

    #[test]
    fn a_sure_error_costs_much_and_not_everything() {
        let mix = Mix::new(&claims(&[(1.0, 0.0)]), &[], 0.3);
        assert!(near(mix.log_loss(), -EDGE.ln()));
    }
}

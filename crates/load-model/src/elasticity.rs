//! How well a supply of tasks follows demand: the metrics of the SPEC Research Group (N. Herbst et
//! al., "Ready for Rain? A View from SPEC Research on the Future of Cloud Metrics", 2016), and the
//! times that users see.
//!
//! Demand is the least supply that keeps the objective. Accuracies are normalized by demand, so that
//! 100% over-provisioning is twice what is needed.

/// Demand and supply at one time, in tasks. Samples are evenly spaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// At least 1.
    pub demand: usize,
    pub supply: usize,
}

/// The metrics, all in percent.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Elasticity {
    /// `theta_U`: what was lacking, as a share of demand, averaged over time.
    pub under_accuracy: f64,
    /// `theta_O`: what was too much, as a share of demand, averaged over time.
    pub over_accuracy: f64,
    /// `tau_U`: the share of time in which too little was there.
    pub under_time: f64,
    /// `tau_O`: the share of time in which too much was there.
    pub over_time: f64,
    /// The share of steps in which supply and demand changed in different directions, or only one
    /// did.
    pub instability: f64,
}

impl Elasticity {
    /// Of samples of supply and demand. `step` samples are one step of the instability.
    pub fn of(samples: &[Sample], step: usize) -> Self {
        let mut sums = Self::default();
        for Sample { demand, supply } in samples {
            let of_demand = |part: usize| part as f64 / (*demand).max(1) as f64;
            sums.under_accuracy += of_demand(demand.saturating_sub(*supply));
            sums.over_accuracy += of_demand(supply.saturating_sub(*demand));
            sums.under_time += f64::from(u8::from(supply < demand));
            sums.over_time += f64::from(u8::from(supply > demand));
        }
        let percent = 100.0 / samples.len().max(1) as f64;
        Self {
            under_accuracy: percent * sums.under_accuracy,
            over_accuracy: percent * sums.over_accuracy,
            under_time: percent * sums.under_time,
            over_time: percent * sums.over_time,
            instability: instability(samples, step),
        }
    }
}

fn instability(samples: &[Sample], step: usize) -> f64 {
    let every: Vec<&Sample> = samples.iter().step_by(step.max(1)).collect();
    let apart = |pair: &[&Sample]| match pair {
        [before, after] => after.supply.cmp(&before.supply) != after.demand.cmp(&before.demand),
        _ => false,
    };
    let steps = every.len().saturating_sub(1);
    let apart = every.windows(2).filter(|pair| apart(pair)).count();
    if steps == 0 { 0.0 } else { 100.0 * apart as f64 / steps as f64 }
}

/// A stretch of time in which demand was above supply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rise {
    /// The sample at which it began.
    pub begin: usize,
    /// Samples until supply grew for the first time; none if it did not.
    pub first: Option<usize>,
    /// Samples until supply was enough; none if it never was.
    pub enough: Option<usize>,
}

/// All rises of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rises(pub Vec<Rise>);

impl Rises {
    pub fn of(samples: &[Sample]) -> Self {
        let mut rises = Vec::new();
        let mut open: Option<Rise> = None;
        let mut before = None;
        for (place, Sample { demand, supply }) in samples.iter().enumerate() {
            let grew = before.is_some_and(|before| *supply > before);
            before = Some(*supply);
            if let Some(mut rise) = open.take() {
                let took = place - rise.begin;
                rise.first = rise.first.or(grew.then_some(took));
                if supply >= demand {
                    // Demand may also have come down to what was there.
                    rise.enough = Some(took);
                    rises.push(rise);
                } else {
                    open = Some(rise);
                }
            } else if supply < demand {
                open = Some(Rise { begin: place, first: None, enough: None });
            }
        }
        rises.extend(open);
        Self(rises)
    }

    /// The rise that lasted longest.
    pub fn longest(&self) -> Option<&Rise> {
        self.0.iter().max_by_key(|rise| rise.enough.unwrap_or(usize::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(demand: &[usize], supply: &[usize]) -> Vec<Sample> {
        let pairs = demand.iter().zip(supply);
        pairs.map(|(demand, supply)| Sample { demand: *demand, supply: *supply }).collect()
    }

    #[test]
    fn accuracy_and_time_share_are_those_of_the_definitions() {
        let one = Elasticity::of(&samples(&[2, 4, 4, 4], &[2, 2, 8, 4]), 1);
        // Half of four was lacking in one sample of four, and four were too many in another.
        assert_eq!((one.under_accuracy, one.over_accuracy), (12.5, 25.0));
        assert_eq!((one.under_time, one.over_time), (25.0, 25.0));
    }

    #[test]
    fn a_perfect_supply_has_zeros_and_no_samples_do() {
        let demand = [1, 3, 5, 2];
        assert_eq!(Elasticity::of(&samples(&demand, &demand), 1), Elasticity::default());
        assert_eq!(Elasticity::of(&[], 60), Elasticity::default());
    }

    #[test]
    fn supply_that_changes_alone_or_against_demand_is_instable() {
        let one = |demand: &[usize], supply: &[usize]| {
            Elasticity::of(&samples(demand, supply), 1).instability
        };
        assert_eq!(one(&[2, 2, 2], &[2, 3, 2]), 100.0);
        assert_eq!(one(&[1, 2, 3], &[3, 2, 2]), 100.0);
        assert_eq!(one(&[1, 2, 2], &[1, 2, 3]), 50.0);
        assert_eq!(Elasticity::of(&samples(&[2, 2, 2], &[2, 3, 2]), 2).instability, 0.0);
    }

    #[test]
    fn a_rise_lasts_until_supply_is_enough() {
        let rises = Rises::of(&samples(&[2, 6, 6, 6, 6, 2, 3], &[2, 2, 2, 4, 6, 2, 2]));
        let first = Rise { begin: 1, first: Some(2), enough: Some(3) };
        let last = Rise { begin: 6, first: None, enough: None };
        assert_eq!(rises.0, [first, last]);
        assert_eq!(rises.longest(), Some(&last));
    }
}

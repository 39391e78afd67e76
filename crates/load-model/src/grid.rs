//! Times that grow evenly in their logarithm.

/// The times at which a curve is tabulated.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grid {
    pub(crate) shortest: f64,
    pub(crate) longest: f64,
    pub(crate) points: usize,
}

impl Grid {
    /// The time of a point.
    pub(crate) fn time(self, place: usize) -> f64 {
        self.shortest * (self.span() * place as f64 / (self.points - 1) as f64).exp()
    }

    /// The height of a curve of probabilities, between the points of its table: 1 before the first and 0
    /// after the last.
    pub(crate) fn read(self, curve: &[f64], at: f64) -> f64 {
        if at <= self.shortest {
            return 1.0;
        }
        let place = (at / self.shortest).ln() / self.span() * (self.points - 1) as f64;
        let (before, share) = (place as usize, place.fract());
        let height = |place: usize| curve.get(place).copied().unwrap_or_default();
        height(before) * (1.0 - share) + height(before + 1) * share
    }

    fn span(self) -> f64 {
        (self.longest / self.shortest).ln()
    }
}

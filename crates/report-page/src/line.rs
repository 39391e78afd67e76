//! Lines of as many points as can be seen.

use crate::plot::Point;

/// The most points of a line. More would not be visible, and enlarge the report.
const POINTS: usize = 600;

/// Of each stretch of the series its least and its greatest value, in their order, so that no
/// peak is lost.
pub fn thinned(points: &[Point]) -> Vec<Point> {
    if points.len() <= POINTS {
        return points.to_vec();
    }
    let stretch = points.len().div_ceil(POINTS / 2);
    let mut kept = Vec::new();
    for part in points.chunks(stretch) {
        let present = || part.iter().enumerate().filter(|(_, at)| at.1.is_finite());
        let least = present().min_by(|one, other| one.1.1.total_cmp(&other.1.1));
        let greatest = present().max_by(|one, other| one.1.1.total_cmp(&other.1.1));
        match (least, greatest) {
            (Some(one), Some(other)) if one.0 == other.0 => kept.push(*one.1),
            (Some(one), Some(other)) if one.0 < other.0 => kept.extend([*one.1, *other.1]),
            (Some(one), Some(other)) => kept.extend([*other.1, *one.1]),
            // The line is to break here.
            _ => kept.extend(part.first()),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_series_keeps_its_peaks_and_its_gaps() {
        let mut values = vec![1.0; 100_000];
        values[54_321] = 9.0;
        values[54_322] = -9.0;
        values[70_000..71_000].fill(f64::NAN);
        let points: Vec<Point> = (0..100_000).map(f64::from).zip(values).collect();
        let kept = thinned(&points);
        assert!(kept.len() <= POINTS, "{} points", kept.len());
        assert!(kept.is_sorted_by(|one, other| one.0 < other.0));
        assert!(kept.contains(&(54_321.0, 9.0)) && kept.contains(&(54_322.0, -9.0)));
        assert!(kept.iter().any(|at| at.1.is_nan()), "the gap is closed");
    }

    #[test]
    fn a_short_series_is_drawn_as_it_is() {
        assert_eq!(thinned(&[(0.0, 3.0), (1.0, 4.0)]), [(0.0, 3.0), (1.0, 4.0)]);
    }
}

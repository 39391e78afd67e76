//! A smooth curve through points, at one place.

use super::least_squares;

/// Least points that a local line is laid through.
const NEAREST: usize = 4;

/// The value at `x` of a line through the points around it, the nearer the heavier (W. S. Cleveland's local
/// regression). Beyond the outermost points it is the nearest of them; `None` without points.
pub(crate) fn smooth_at(points: &[(f64, f64)], x: f64) -> Option<f64> {
    let mut points: Vec<(f64, f64)> = points.to_vec();
    points.sort_by(|one, other| (one.0 - x).abs().total_cmp(&(other.0 - x).abs()));
    let nearest = points.first()?.1;
    let within = NEAREST.max(points.len() / 4).min(points.len());
    let near = points.get(..within)?;
    let reach = 1.1 * near.last().map_or(0.0, |point| (point.0 - x).abs());
    let (least, most) =
        points.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), point| {
            (low.min(point.0), high.max(point.0))
        });
    if reach <= 0.0 {
        return Some(nearest);
    }
    let rows: Vec<Vec<f64>> = near.iter().map(|point| vec![1.0, point.0 - x]).collect();
    let y: Vec<f64> = near.iter().map(|point| point.1).collect();
    let weights: Vec<f64> = near
        .iter()
        .map(|point| (1.0 - ((point.0 - x).abs() / reach).powi(3)).max(0.0).powi(3))
        .collect();
    let inside = least <= x && x <= most;
    let fitted = least_squares(&rows, &y, &weights).filter(|_| inside);
    Some(
        fitted.and_then(|fitted| fitted.coefficients.first().map(|at| at.value)).unwrap_or(nearest),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn between_points_it_follows_the_curve_and_beyond_them_stays() {
        let points: Vec<(f64, f64)> =
            (1..=10).map(|x| (f64::from(x), f64::from(x).powi(2))).collect();
        let at = smooth_at(&points, 7.5).unwrap();
        assert!((at - 56.25).abs() < 1.5, "{at}");
        assert!((smooth_at(&points, 30.0).unwrap() - 100.0).abs() < 1e-9);
        assert_eq!(smooth_at(&[], 1.0), None);
        assert_eq!(smooth_at(&[(1.0, 5.0)], 1.0), Some(5.0));
    }
}

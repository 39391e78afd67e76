//! Colors that color-blind readers can distinguish: M. Okabe and K. Ito, Color Universal Design,
//! 2008.

use plotters::style::RGBAColor;

/// A color and its opacity, 0 to 1.
#[derive(Clone, Copy, PartialEq)]
pub struct Ink(u8, u8, u8, f64);

impl Ink {
    pub const BLACK: Self = Self(34, 34, 34, 1.0);
    pub const GREY: Self = Self(115, 115, 115, 1.0);
    pub const BLUE: Self = Self(0, 114, 178, 1.0);
    pub const VERMILION: Self = Self(213, 94, 0, 1.0);
    pub const GREEN: Self = Self(0, 158, 115, 1.0);
    pub const PURPLE: Self = Self(204, 121, 167, 1.0);

    /// So that what is below shows through.
    pub const fn thin(self, opacity: f64) -> Self {
        Self(self.0, self.1, self.2, opacity)
    }

    pub(super) const fn colour(self) -> RGBAColor {
        RGBAColor(self.0, self.1, self.2, self.3)
    }

    /// Black is that of the page, which is light where the page is dark.
    pub(super) fn css(self) -> String {
        if self == Self::BLACK {
            return "var(--ink)".to_owned();
        }
        format!("rgba({},{},{},{})", self.0, self.1, self.2, self.3)
    }
}

//! Self-contained HTML reports: their layout, their plots and their numbers. They are readable in
//! the dark, in print and on a phone, without a script.

mod line;
pub mod number;
mod page;
mod plot;

pub use self::line::thinned;
pub use self::page::{Page, Part};
pub use self::plot::{Axis, HEIGHT, Ink, Mark, Plot, Point, Shape, Symbol, WIDTH};

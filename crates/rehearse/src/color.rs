//! The color of errors. Results have none.

use std::io::stderr;

use clap::ColorChoice;
use command_line::color;
use console::Style;

/// The beginning of an error on standard error.
pub(crate) fn bad(choice: ColorChoice, text: &str) -> String {
    if color::is_colored(choice, &stderr()) {
        Style::new().red().force_styling(true).apply_to(text).to_string()
    } else {
        text.to_owned()
    }
}

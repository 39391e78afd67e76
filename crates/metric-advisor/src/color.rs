//! Whether output has color.

use std::ffi::OsString;
use std::io::{self, IsTerminal};

use clap::{ColorChoice, ValueEnum};
use command_line::color;
use console::Style;

/// When output has color.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Also into files and pipes
    Always,
    /// Plain text
    Never,
}

impl Color {
    /// The choice in arguments that are not parsed yet. Errors in them are reported later.
    pub(crate) fn of_arguments(arguments: &[OsString]) -> Self {
        match color::of_arguments(arguments) {
            ColorChoice::Auto => Self::Auto,
            ColorChoice::Always => Self::Always,
            ColorChoice::Never => Self::Never,
        }
    }

    /// `auto` is resolved by clap, by the same rules.
    pub(crate) const fn for_clap(self) -> ColorChoice {
        match self {
            Self::Auto => ColorChoice::Auto,
            Self::Always => ColorChoice::Always,
            Self::Never => ColorChoice::Never,
        }
    }

    /// Paint for what is written to standard output.
    pub fn stdout(self) -> Paint {
        self.on(&io::stdout())
    }

    /// Paint for what is written to standard error.
    pub fn stderr(self) -> Paint {
        self.on(&io::stderr())
    }

    fn on(self, stream: &impl IsTerminal) -> Paint {
        Paint(color::is_colored(self.for_clap(), stream))
    }
}

/// Colors, or none.
#[derive(Debug, Clone, Copy, Default)]
pub struct Paint(bool);

impl Paint {
    /// No color.
    pub const PLAIN: Self = Self(false);

    /// The style of the headline.
    pub fn bold(self, text: &str) -> String {
        self.by(Style::new().bold(), text)
    }

    /// The color of a good result.
    pub(crate) fn good(self, text: &str) -> String {
        self.by(Style::new().green(), text)
    }

    /// The color of a result that is neither good nor bad.
    pub(crate) fn fair(self, text: &str) -> String {
        self.by(Style::new().cyan(), text)
    }

    /// The color of a bad result.
    pub fn bad(self, text: &str) -> String {
        self.by(Style::new().red(), text)
    }

    /// Colors each line separately, because a pager shows single lines.
    fn by(self, style: Style, text: &str) -> String {
        if !self.0 {
            return text.to_owned();
        }
        let style = style.force_styling(true);
        let lines: Vec<String> =
            text.split('\n').map(|line| style.apply_to(line).to_string()).collect();
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(line: &str) -> Color {
        Color::of_arguments(&line.split(' ').map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn the_last_choice_counts_wherever_it_stands() {
        assert_eq!(chosen("metric-advisor advise test.csv"), Color::Auto);
        assert_eq!(chosen("metric-advisor --color never advise"), Color::Never);
        assert_eq!(chosen("metric-advisor advise --color=never --color=always"), Color::Always);
        assert_eq!(chosen("metric-advisor advise --color"), Color::Auto);
        assert_eq!(chosen("metric-advisor advise --color red"), Color::Auto);
    }

    #[test]
    fn each_line_has_its_color_and_plain_text_has_none() {
        assert_eq!(Paint(true).bad("a\nb"), "\u{1b}[31ma\u{1b}[0m\n\u{1b}[31mb\u{1b}[0m");
        assert_eq!(Paint::PLAIN.bad("a\nb"), "a\nb");
    }
}

//! The color of help and errors. Results have none.

use std::ffi::OsString;
use std::io::{IsTerminal as _, stderr};

use clap::{ColorChoice, ValueEnum as _};
use console::Style;

/// The choice in arguments that are not parsed yet. Errors in them are reported later.
pub(crate) fn of_arguments(arguments: &[OsString]) -> ColorChoice {
    let words = || arguments.iter().map(|word| word.to_str().unwrap_or_default());
    let after = words().zip(words().skip(1)).filter(|(word, _)| *word == "--color");
    let within = words().filter_map(|word| word.strip_prefix("--color="));
    let value = after.map(|(_, value)| value).chain(within).last();
    value.and_then(|value| ColorChoice::from_str(value, false).ok()).unwrap_or_default()
}

/// The beginning of an error on standard error.
pub(crate) fn bad(choice: ColorChoice, text: &str) -> String {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let plain = || set("NO_COLOR").is_some() || set("TERM").is_none_or(|term| term == "dumb");
    let colored = match choice {
        ColorChoice::Auto => stderr().is_terminal() && !plain(),
        ColorChoice::Always => true,
        ColorChoice::Never => false,
    };
    if colored {
        Style::new().red().force_styling(true).apply_to(text).to_string()
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(line: &str) -> ColorChoice {
        of_arguments(&line.split(' ').map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn the_choice_is_found_wherever_it_stands() {
        assert_eq!(chosen("rehearse drain --virtual"), ColorChoice::Auto);
        assert_eq!(chosen("rehearse --color never drain"), ColorChoice::Never);
        assert_eq!(chosen("rehearse drain --color=always"), ColorChoice::Always);
        assert_eq!(chosen("rehearse drain --color"), ColorChoice::Auto);
        assert_eq!(chosen("rehearse drain --color red"), ColorChoice::Auto);
    }
}

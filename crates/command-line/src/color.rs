//! Whether output has color.

use std::ffi::OsString;
use std::io::IsTerminal;

use clap::{ColorChoice, ValueEnum as _};

/// The choice by `--color` in arguments that are not parsed yet: the last one, or `auto`. Errors in
/// them are reported later.
pub fn of_arguments(arguments: &[OsString]) -> ColorChoice {
    let words = || arguments.iter().map(|word| word.to_str().unwrap_or_default());
    let after = words().zip(words().skip(1)).filter(|(word, _)| *word == "--color");
    let within = words().filter_map(|word| word.strip_prefix("--color="));
    let value = after.map(|(_, value)| value).chain(within).last();
    value.and_then(|value| ColorChoice::from_str(value, false).ok()).unwrap_or_default()
}

/// Whether `stream` has color. With `auto`, a terminal has, unless `NO_COLOR` is set or `TERM` is
/// `dumb` or not set. clap resolves `auto` by the same rules.
pub fn is_colored(choice: ColorChoice, stream: &impl IsTerminal) -> bool {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let plain = || set("NO_COLOR").is_some() || set("TERM").is_none_or(|term| term == "dumb");
    match choice {
        ColorChoice::Auto => stream.is_terminal() && !plain(),
        ColorChoice::Always => true,
        ColorChoice::Never => false,
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

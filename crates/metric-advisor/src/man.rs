//! Man pages, in roff.

use clap::Command;
use clap::builder::Resettable;
use clap_mangen::Man;

use crate::cli::NAME;
use crate::exit::Failure;

/// The page of `whole`, or of its subcommand `of`.
///
/// # Errors
/// When it cannot be written to memory, which does not happen.
pub(crate) fn page(mut whole: Command, of: Option<&str>) -> Result<String, Failure> {
    whole.build();
    let command = of.and_then(|name| whole.find_subcommand(name)).unwrap_or(&whole).clone();
    let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let mut text = Vec::new();
    Man::new(command.after_help(Resettable::Reset))
        .title(of.map_or_else(|| NAME.to_owned(), |command| format!("{NAME}-{command}")))
        .source(format!("{NAME} {}", env!("CARGO_PKG_VERSION")))
        .render(&mut text)
        .map_err(Failure::file("man page"))?;
    let sections = after.split("\n\n").filter(|block| !block.is_empty()).map(section);
    Ok([String::from_utf8_lossy(&text).into_owned()].into_iter().chain(sections).collect())
}

/// A block below the options: a heading with preformatted lines, or prose. clap_mangen would wrap
/// the lines and break examples.
fn section(block: &str) -> String {
    match block.split_once(":\n") {
        Some((heading, lines)) if !heading.contains('\n') => {
            let heading = heading.split(',').next().unwrap_or(heading).to_uppercase();
            format!(".SH {heading}\n.nf\n{}\n.fi\n", escaped(lines))
        }
        _ => format!(".SH NOTES\n{}\n", escaped(block)),
    }
}

/// A backslash begins a command, and so does a dot or an apostrophe at the beginning of a line.
fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-");
    text.lines().map(|line| format!("\\&{line}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_their_form_and_prose_is_filled() {
        assert_eq!(
            section("Examples:\n  advise a.csv \\\n    --quiet"),
            ".SH EXAMPLES\n.nf\n\\&  advise a.csv \\e\n\\&    \\-\\-quiet\n.fi\n"
        );
        assert_eq!(section("It needs bash:\nand"), ".SH IT NEEDS BASH\n.nf\n\\&and\n.fi\n");
        assert_eq!(section("It needs bash\n.and"), ".SH NOTES\n\\&It needs bash\n\\&.and\n");
    }
}

//! A page with a table that is measured.

/// Before the table.
const BEGIN: &str = "<!-- measured by make advisor-bench -->\n";

/// After it.
const END: &str = "<!-- end -->";

/// A page that does not say where the table goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("has no lines `{}` and `{END}` for the table to stand between", BEGIN.trim_end())]
pub struct Unmarked;

/// The page with another table between its markers.
///
/// # Errors
/// If it has no markers.
pub fn with_table(page: &str, table: &str) -> Result<String, Unmarked> {
    let (before, rest) = page.split_once(BEGIN).ok_or(Unmarked)?;
    let (_, after) = rest.split_once(END).ok_or(Unmarked)?;
    Ok(format!("{before}{BEGIN}\n{table}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_between_the_markers_is_replaced() {
        let page = format!("# Title\n{BEGIN}old\n{END}\nmore\n");
        let once = with_table(&page, "new").unwrap();
        assert_eq!(once, format!("# Title\n{BEGIN}\nnew\n{END}\nmore\n"));
        assert_eq!(with_table(&once, "new").unwrap(), once);
    }

    #[test]
    fn a_page_without_markers_is_left_alone() {
        assert_eq!(with_table("# Title\n", "new"), Err(Unmarked));
        assert_eq!(with_table(&format!("{END}\n{BEGIN}"), "new"), Err(Unmarked));
    }
}

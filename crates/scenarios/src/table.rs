//! Tables, and the format of numbers in them.

use std::collections::BTreeMap;

use comfy_table::{CellAlignment, LineStyle, Table, TableStyle};
use time::Duration;

/// An empty table, with the first column aligned left and the others right.
pub fn table(titles: &[&str]) -> Table {
    let mut table = Table::new();
    let rule = LineStyle::none().fill('─').junction('─');
    table.load_style(TableStyle::new().header_separator(rule)).set_header(titles.to_vec());
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// The number of calls of each operation, and the total.
pub fn calls_table(calls: &BTreeMap<String, u64>) -> Table {
    let mut table = table(&["operation", "calls"]);
    for (operation, calls) in calls {
        table.add_row([operation.clone(), calls.to_string()]);
    }
    table.add_row(["in all".to_owned(), calls.values().sum::<u64>().to_string()]);
    table
}

/// A duration to a tenth of a second, or a dash.
pub fn seconds(span: Option<Duration>) -> String {
    span.map_or_else(|| "-".to_owned(), |span| format!("{:.1} s", span.as_seconds_f64()))
}

/// Billed time to the millisecond.
pub fn billed(milliseconds: u64) -> String {
    format!("{}.{:03} s", milliseconds / 1000, milliseconds % 1000)
}

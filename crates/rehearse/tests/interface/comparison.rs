//! Compares the tables about drains in README.md and docs/numbers.md with what the bench measures.

use bench::comparison::{Compared, FIGURES, Row, UNTHROTTLED};

use crate::page::{Table, read, tables};

/// The drains in the columns of README.md's table, by their names in the bench.
const COLUMNS: [&str; 5] =
    ["ecs-tide", "CDK hook, 5 minutes", "CDK hook, 15 minutes", "getsocial", "widdix"];

/// The table of a page whose heading begins with `first`.
fn table_of(page: &str, first: &str) -> Table {
    let mut all = tables(&read(page)).into_iter();
    let found = all.find(|table| table.heading.first().is_some_and(|cell| cell == first));
    found.unwrap_or_else(|| panic!("{page} has no table `{first}`"))
}

fn markdown(rows: &[Vec<String>]) -> String {
    rows.iter().map(|row| format!("| {} |\n", row.join(" | "))).collect()
}

fn assert_shows(page: &str, shown: &[Vec<String>], measured: &[Vec<String>]) {
    assert!(shown == measured, "{page} has to show:\n{}", markdown(measured));
}

fn assert_numbers_page_shows(compared: &Compared) {
    let page = "docs/numbers.md";
    let Table { heading, rows } = table_of(page, compared.case.title);
    assert_eq!(heading[1..], FIGURES, "{page}");
    let measured = compared.rows().map(|row| {
        let name = [row.name.to_owned()];
        name.into_iter().chain(row.figures()).collect()
    });
    assert_shows(page, &rows, &measured.collect::<Vec<_>>());
}

fn result(row: &Row) -> String {
    match row.is_clean() {
        true => format!("lag {}", row.lag()),
        false => format!("{} cut short", row.cut_short()),
    }
}

/// A row of README.md's table, without its first cell.
fn in_columns(compared: &Compared, figure: impl Fn(&Row) -> String) -> Vec<String> {
    let named = |name: &str| compared.rows().find(|row| row.name == name).unwrap();
    COLUMNS.map(|name| figure(named(name))).to_vec()
}

fn assert_readme_shows([slow, quick, emptied]: &[Compared; 3]) {
    let shown = table_of("README.md", "one instance").rows;
    let shown: Vec<Vec<String>> = shown.iter().map(|row| row[1..].to_vec()).collect();
    let mut calls = in_columns(slow, Row::calls);
    let by_two = slow.ours[1].calls();
    calls[0] = format!("{} with one warm process, {by_two} with two", calls[0]);
    let measured = [
        in_columns(slow, result),
        calls,
        in_columns(slow, Row::billed),
        in_columns(quick, result),
        in_columns(emptied, result),
    ];
    assert_shows("README.md", &shown, &measured);
}

#[tokio::test(start_paused = true)]
async fn tables_of_drains_show_what_the_bench_measures() {
    let [slow, quick, emptied] = UNTHROTTLED;
    let step = |_: &str| ();
    let compared = [
        slow.compare(1, &step).await.unwrap(),
        quick.compare(1, &step).await.unwrap(),
        emptied.compare(1, &step).await.unwrap(),
    ];
    compared.iter().for_each(assert_numbers_page_shows);
    assert_readme_shows(&compared);
}

//! The names of the columns, and which of them is the time.

use crate::formats::{cells, writers};
use crate::mapping::Mapping;
use crate::role::Role;
use crate::said::{Fault, brief, list};
use crate::table::{LONGEST_NAME, MOST_COLUMNS};
use crate::words::Words;

/// What separates the header's cells: whichever there is most of.
pub(crate) fn separator(head: &[u8]) -> u8 {
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |separator: u8| line.iter().filter(|byte| **byte == separator).count();
    [b'\t', b';', b','].into_iter().max_by_key(|separator| count(*separator)).unwrap_or(b',')
}

pub(crate) struct Header {
    pub(crate) names: Vec<String>,
    /// Index of the time.
    pub(crate) time: usize,
    /// Whether a flag says so.
    pub(crate) time_told: bool,
}

impl Header {
    pub(crate) fn read(
        file: &str,
        record: &cells::Rows<'_>,
        mapping: &Mapping,
    ) -> Result<Self, Fault> {
        let names = names(record).map_err(|what| Fault::new(file, what))?;
        let indices = |is: &dyn Fn(&str) -> bool| -> Vec<usize> {
            let all = names.iter().enumerate();
            all.filter(|(_, name)| is(name)).map(|(index, _)| index).collect()
        };
        let told = indices(&|name| mapping.role_of(name) == Some(Role::Time));
        let guessed = indices(&|name| {
            mapping.role_of(name).is_none()
                && !mapping.is_ignored(name)
                && Words::of(name).role() == Role::Time
        });
        let time_told = !told.is_empty();
        let of =
            |what: String| Fault::new(file, format!("{what}; say which by --column time=COLUMN"));
        match if time_told { told } else { guessed }.as_slice() {
            [time] => Ok(Self { time: *time, time_told, names }),
            [] => {
                let names = list(names.iter().map(String::as_str));
                let what = format!(
                    "no column is named as the time; its columns are {names}; say which by \
                     --column time=COLUMN, or give a file of a format that is read: {}",
                    writers()
                );
                Err(Fault::new(file, what))
            }
            many => {
                let many = many.iter().filter_map(|index| names.get(*index));
                let many = list(many.map(String::as_str));
                Err(of(format!("more than one of its columns may be the time: {many}")))
            }
        }
    }
}

fn names(record: &cells::Rows<'_>) -> Result<Vec<String>, String> {
    if record.len() > MOST_COLUMNS {
        return Err(format!("has {} columns; {MOST_COLUMNS} are read at most", record.len()));
    }
    let mut names: Vec<String> = Vec::with_capacity(record.len());
    for cell in record.cells() {
        let cell = std::str::from_utf8(cell);
        let cell = cell.map_err(|_| "its header is not UTF-8; save it as UTF-8")?;
        if cell.len() > LONGEST_NAME {
            return Err(format!("a column's name has more than {LONGEST_NAME} bytes"));
        }
        names.push(cell.trim().replace("\"\"", "\""));
    }
    if names.iter().any(|name| name.parse::<f64>().is_ok()) {
        let what = "its first line has numbers; a header with the columns' names has to be there";
        return Err(what.to_owned());
    }
    let mut sorted: Vec<&str> = names.iter().map(String::as_str).collect();
    sorted.retain(|name| !name.is_empty());
    sorted.sort_unstable();
    match sorted.windows(2).find(|pair| pair.first() == pair.last()) {
        Some([twice, _]) => {
            Err(format!("two of its columns are named `{}`; rename one", brief(twice)))
        }
        _ => Ok(names),
    }
}

//! Which column is what.

use crate::align::{Aligned, Grid};
use crate::mapping::Mapping;
use crate::role::Role;
use crate::said::{Fault, Guess, Note, brief, list};
use crate::table::Meaning;
use crate::words::Words;

/// The rank of what a flag says.
const TOLD: u8 = u8::MAX;
/// The rank of a load generator's own records: what it sent, and how long it waited.
pub(crate) const OFFERED: u8 = 10;
/// The rank of what a name says.
pub(crate) const NAMED: u8 = 9;
/// The rank of what the names of files say.
pub(crate) const FILED: u8 = 1;

/// A column and what it is.
pub(crate) struct Cast {
    pub(crate) aligned: Aligned,
    pub(crate) role: Role,
    /// What its source says, as far as it does.
    pub(crate) meaning: Option<Meaning>,
    rank: u8,
}

impl Cast {
    pub(crate) fn name(&self) -> &str {
        &self.aligned.column.name
    }

    pub(crate) fn called(&self) -> String {
        self.aligned.column.called()
    }
}

/// Gives every column its role. A flag goes before what a source says of itself, and that before
/// a name. There has to be a column for each role that is needed.
pub(crate) fn cast(
    grid: &mut Grid,
    mapping: &Mapping,
    needed: &[Role],
    guesses: &mut Vec<Guess>,
    notes: &mut Vec<Note>,
) -> Result<Vec<Cast>, Fault> {
    let columns = std::mem::take(&mut grid.columns);
    for (flag, name) in mapping.named() {
        if !columns.iter().any(|aligned| aligned.column.name == name) {
            let names = list(columns.iter().map(|aligned| aligned.column.name.as_str()));
            return Err(Fault::new(
                format!("{flag} `{}`", brief(name)),
                format!("there is no such column; the columns are {names}"),
            ));
        }
    }
    let mut cast: Vec<Cast> = Vec::with_capacity(columns.len());
    for aligned in columns {
        if aligned.cells.iter().all(crate::table::Cell::is_empty) {
            // A percentile that a load generator does not report gets no note.
            if aligned.column.meaning.is_none() {
                notes.push(Note::new(aligned.column.called(), "has no number and is left out"));
            }
            continue;
        }
        cast.push(one(aligned, mapping));
    }
    contend(&mut cast, notes)?;
    for cast in cast.iter().filter(|cast| cast.rank == NAMED && cast.role != Role::Metric) {
        guesses.push(Guess::new(cast.called(), format!("is {}, by its name", cast.role.meaning())));
    }
    needed.iter().try_for_each(|role| need(&cast, *role))?;
    Ok(cast)
}

fn one(aligned: Aligned, mapping: &Mapping) -> Cast {
    let column = &aligned.column;
    let meaning = column.meaning;
    let (role, rank) = match (mapping.role_of(&column.name), meaning) {
        (Some(role), _) => (role, TOLD),
        (None, Some(meaning)) => (meaning.role, meaning.rank),
        // The time is found where rows are read; another column of that name is none.
        (None, None) => match Words::of(&column.name).role() {
            Role::Time => (Role::Metric, NAMED),
            role => (role, NAMED),
        },
    };
    Cast { aligned, role, meaning, rank }
}

/// Of two columns for one role, the higher has it and the other is a metric, or nothing if it
/// counts tasks.
fn contend(cast: &mut Vec<Cast>, notes: &mut Vec<Note>) -> Result<(), Fault> {
    for (_, role) in crate::role::ROLES {
        if matches!(role, Role::Time | Role::Metric) {
            continue;
        }
        let rank = cast.iter().filter(|cast| cast.role == role).map(|cast| cast.rank).max();
        let Some(rank) = rank else { continue };
        let best: Vec<_> =
            cast.iter().filter(|cast| cast.role == role && cast.rank == rank).collect();
        if let [one, _, ..] = best.as_slice() {
            let names = best.iter().map(|cast| cast.name());
            return Err(Fault::new(
                one.called(),
                format!(
                    "{} may be {} as well; say which by --column {}=COLUMN, and leave the other \
                     out by --ignore or keep it by --column metric=COLUMN",
                    list(names.skip(1)),
                    role.meaning(),
                    role.word()
                ),
            ));
        }
        let winner = best.first().map(|cast| cast.called()).unwrap_or_default();
        for loser in cast.iter_mut().filter(|cast| cast.role == role && cast.rank < rank) {
            let (rest, becomes) = match role {
                Role::Tasks => (Role::Time, "left out"),
                _ => (Role::Metric, "a metric"),
            };
            let what = format!("is {becomes}; {} is taken from {winner}", role.meaning());
            notes.push(Note::new(loser.called(), what));
            loser.role = rest;
        }
    }
    cast.retain(|cast| cast.role != Role::Time);
    Ok(())
}

fn need(cast: &[Cast], role: Role) -> Result<(), Fault> {
    if cast.iter().any(|cast| cast.role == role) {
        return Ok(());
    }
    let names = list(cast.iter().map(Cast::name));
    let mut what = format!(
        "no column has it; the columns are {names}; say which by --column {}=COLUMN",
        role.word()
    );
    if role == Role::Tasks {
        what.push_str(
            ", or name the load generator's file as `20261126T101500Z-2tasks-100rps.oha.json`",
        );
    }
    Err(Fault::new(role.meaning(), what))
}

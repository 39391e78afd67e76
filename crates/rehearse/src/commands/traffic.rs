//! The load, the service and the cluster of a rehearsal, from the command line.

use std::fs::{self, File};
use std::path::Path;

use load_model::Load as Demand;
use load_rehearsal::Description;
use load_test::Mapping;

use crate::cli::load::{Described, Shape, Traffic};
use crate::error::Error;

/// The load, and what the report calls it.
pub(super) fn demand(what: &Traffic) -> Result<(String, Demand), Error> {
    if let Some(Shape { text, load }) = &what.shape {
        return Ok((text.clone(), load.clone()));
    }
    let path = what.csv.as_deref().unwrap_or(Path::new(""));
    let name = path.display().to_string();
    let file = File::open(path).map_err(|error| Error::File(name.clone(), error))?;
    let mut mapping = Mapping::default();
    what.columns.iter().try_for_each(|flag| mapping.column(flag))?;
    what.units.iter().try_for_each(|flag| mapping.unit(flag))?;
    let (_, recording) = load_test::read(&name, file, &mapping)?;
    let demand = recording.into_demand(&mapping)?;
    for guess in &demand.guesses {
        eprintln!("{guess}");
    }
    for note in &demand.notes {
        eprintln!("{note}");
    }
    Ok((name, Demand::samples(&demand.times, &demand.rates)?))
}

/// The service and the cluster.
pub(super) fn described(what: &Described) -> Result<Description, Error> {
    let mut description = match &what.service {
        Some(path) => {
            let name = path.display().to_string();
            let text = fs::read_to_string(path).map_err(|error| Error::File(name, error))?;
            Description::json(&text)?
        }
        None => Description::default(),
    };
    for (name, value) in what.given() {
        description.set(name, value.clone());
    }
    Ok(description)
}

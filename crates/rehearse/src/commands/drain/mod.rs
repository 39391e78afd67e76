//! The command `drain`: scales the group in and watches the drain until it ends.

mod document;
mod progress;
mod setup;
mod watch;

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use region::Time;
use region::http;
use region::live::Live;
use region::region::{Region, Settings};
use scenarios::draining::cluster::DrainedCluster;
use scenarios::hooks;
use scenarios::processes::Processes;
use scenarios::rehearsal::Rehearsal;
use scenarios::report::Report;
use scenarios::stack;
use tokio::net::TcpListener;

use self::document::Document;
use self::setup::Setup;
use self::watch::{Log, Watch};
use super::{in_real_time, in_virtual_time};
use crate::cli::Drain;
use crate::error::Error;
use crate::output;

pub(super) fn run(what: &Drain) -> Result<(), Error> {
    if what.virtually {
        in_virtual_time()?.block_on(virtually(what))
    } else {
        in_real_time()?.block_on(really(what, own_directory()?, Time::now_utc()))
    }
}

/// The directory of this binary, which also holds the compiled functions.
fn own_directory() -> Result<PathBuf, Error> {
    let own = std::env::current_exe().map_err(Error::Start)?;
    Ok(own.parent().map(Path::to_path_buf).unwrap_or_default())
}

/// Drains with the compiled functions in `directory`, in real time from `now` on.
async fn really(what: &Drain, directory: PathBuf, now: Time) -> Result<(), Error> {
    let setup = Setup::of(what)?;
    let Setup { cluster, wiring, limit, .. } = &setup;
    let region = Region::new(wiring.clone(), Settings::default(), what.seed, now);
    let live = Live::new(region, now);
    let socket = |error| Error::Socket("127.0.0.1".to_owned(), error);
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(socket)?;
    let address = listener.local_addr().map_err(socket)?;
    cluster.create(&live)?;
    hooks::keep(&live, wiring).await?;
    let mut processes = Processes::start(&directory, wiring, address)?;
    let mut log = Log::of(what.output);
    introduce(&mut log, cluster, what.seed)?;
    log.line(&format!(
        "{} processes of the compiled functions, the region at http://{address}; {}\n",
        processes.count(),
        setup.stack(),
    ))?;
    let leaving = cluster.scale_in(&live)?;
    let watch = Watch { live: &live, wiring, leaving, limit: *limit, log };
    let watching = watch.until_over(Duration::from_millis(200), || Ok(processes.check()?));
    let report = tokio::select! {
        ended = http::serve(listener, live.clone(), wiring.clone()) => {
            let error = ended.err().unwrap_or_else(|| io::Error::other("the server stopped"));
            return Err(Error::Socket(address.to_string(), error));
        }
        report = watching => report?,
    };
    let judged = judge(what, &report, *limit);
    if matches!(judged, Err(Error::NotDrained(_))) {
        eprintln!("{}", processes.last_lines());
    }
    judged
}

/// Drains with the functions in this process, in virtual time.
async fn virtually(what: &Drain) -> Result<(), Error> {
    let setup = Setup::of(what)?;
    let Setup { cluster, wiring, limit, .. } = &setup;
    let rehearsal = Rehearsal::begin(wiring.clone(), Settings::default(), what.seed).await?;
    let live = &rehearsal.live;
    cluster.create(live)?;
    rehearsal.keep_hooks().await?;
    let mut log = Log::of(what.output);
    introduce(&mut log, cluster, what.seed)?;
    log.line(&format!("the functions' handlers in virtual time, {}\n", setup.stack()))?;
    let leaving = cluster.scale_in(live)?;
    let watch = Watch { live, wiring, leaving, limit: *limit, log: log.without_bars() };
    let report = watch.until_over(Duration::from_secs(1), || Ok(())).await?;
    judge(what, &report, *limit)
}

fn introduce(log: &mut Log, cluster: &DrainedCluster, seed: u64) -> Result<(), Error> {
    log.line(&format!(
        "cluster {}: {} of {} instances leave; deregistration {} s, containers stop in {} to {} s{}; \
         seed {seed}",
        stack::CLUSTER,
        cluster.leaving,
        cluster.leaving + cluster.staying,
        cluster.deregistration_seconds,
        cluster.stop_min_seconds,
        cluster.stop_max_seconds,
        if cluster.daemon { "" } else { ", no daemon" },
    ))
}

/// Prints the report.
///
/// # Errors
/// An instance was not drained.
fn judge(what: &Drain, report: &Report, limit: Duration) -> Result<(), Error> {
    let mut failures = report.faults();
    if !report.is_over() {
        failures.push(format!("not over after {} s", limit.as_secs()));
    }
    if what.output.json {
        output::json(&Document::of(what, report, &failures))?;
    } else {
        output::text(format_args!("\n{report}"))?;
    }
    if failures.is_empty() { Ok(()) } else { Err(Error::NotDrained(failures)) }
}

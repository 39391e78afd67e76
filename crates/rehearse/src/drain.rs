//! The command `drain`: scales the group in and watches the drain until it ends.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use function::environment::BadEnvironment;
use region::Time;
use region::api::ApiError;
use region::http;
use region::live::Live;
use region::region::{Region, Settings};
use region::wiring::Wiring;
use region::wiring::template::TemplateError;
use tokio::net::TcpListener;

use crate::progress::Progress;
use scenarios::draining::cluster::DrainedCluster;
use scenarios::processes::{ProcessError, Processes};
use scenarios::rehearsal::Rehearsal;
use scenarios::report::Report;
use scenarios::stack;

/// Parameters that differ from the template's defaults in real time, so that a drain of half a
/// minute gets requeue messages too.
const SHORTENED: [(&str, &str); 1] = [("LaterSeconds", "10")];

/// The longest duration of a drain in real time: several times the usual one.
const LIMIT: Duration = Duration::from_secs(120);

/// The longest duration of a drain in virtual time: the template's default deadline.
const VIRTUAL_LIMIT: Duration = Duration::from_secs(7200);

/// Why a rehearsal failed.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The template cannot be interpreted.
    #[error("cannot read template.yaml: {0}")]
    Template(#[from] TemplateError),
    /// A function refuses its environment.
    #[error("{0}")]
    Environment(#[from] BadEnvironment),
    /// The cluster cannot be created in the simulated region.
    #[error("cannot create the cluster: {0}")]
    Region(#[from] ApiError),
    /// A rehearsal cannot begin.
    #[error(transparent)]
    Scenario(#[from] scenarios::Error),
    /// The address cannot be served.
    #[error("cannot serve on {0}: {1}")]
    Socket(String, io::Error),
    /// The compiled functions do not run.
    #[error("{0}")]
    Processes(#[from] ProcessError),
    /// An instance was not drained, with the reasons.
    #[error("the drain failed: {}", .0.join("; "))]
    Failed(Vec<String>),
}

/// Drains with the compiled functions in `directory`, in real time from `now` on.
///
/// # Errors
/// See [`Trouble`].
pub async fn really(
    directory: PathBuf,
    cluster: DrainedCluster,
    seed: u64,
    now: Time,
) -> Result<(), Trouble> {
    let wiring = stack::wiring(&SHORTENED)?;
    let region = Region::new(wiring.clone(), Settings::default(), seed, now);
    let live = Live::new(region, now);
    let socket = |error| Trouble::Socket("127.0.0.1".to_owned(), error);
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(socket)?;
    let address = listener.local_addr().map_err(socket)?;
    cluster.create(&live)?;
    let mut processes = Processes::start(&directory, &wiring, address)?;
    introduce(&cluster, seed);
    println!(
        "{} processes of the compiled functions, the region at http://{address}; \
         the stack as deployed but for {}\n",
        processes.count(),
        SHORTENED.map(|(name, value)| format!("{name}={value}")).join(" and "),
    );
    let leaving = cluster.scale_in(&live)?;
    let watched = Watch { live: &live, wiring: &wiring, leaving, limit: LIMIT, in_place: true };
    let watching = watched.until_over(Duration::from_millis(200), || processes.check());
    let report = tokio::select! {
        ended = http::serve(listener, live.clone(), wiring.clone()) => {
            let error = ended.err().unwrap_or_else(|| io::Error::other("the server stopped"));
            return Err(Trouble::Socket(address.to_string(), error));
        }
        report = watching => report?,
    };
    let judged = judge(&report, LIMIT);
    if judged.is_err() {
        eprintln!("{}", processes.last_lines());
    }
    judged
}

/// Drains with the functions in this process, in virtual time.
///
/// # Errors
/// See [`Trouble`].
pub async fn virtually(cluster: DrainedCluster, seed: u64) -> Result<(), Trouble> {
    let wiring = stack::wiring(&[])?;
    let rehearsal = Rehearsal::begin(wiring.clone(), Settings::default(), seed).await?;
    let live = &rehearsal.live;
    cluster.create(live)?;
    introduce(&cluster, seed);
    println!("the functions' handlers in virtual time, the stack as deployed\n");
    let leaving = cluster.scale_in(live)?;
    let watch = Watch { live, wiring: &wiring, leaving, limit: VIRTUAL_LIMIT, in_place: false };
    let report = watch.until_over(Duration::from_secs(1), || Ok(())).await?;
    judge(&report, VIRTUAL_LIMIT)
}

fn introduce(cluster: &DrainedCluster, seed: u64) {
    println!(
        "cluster {}: {} of {} instances leave; deregistration {} s, containers stop in {} to {} s{}; \
         seed {seed}",
        stack::CLUSTER,
        cluster.leaving,
        cluster.leaving + cluster.staying(),
        cluster.deregistration_seconds,
        cluster.stop_min_seconds,
        cluster.stop_max_seconds,
        if cluster.daemon { "" } else { ", no daemon" },
    );
}

fn judge(report: &Report, limit: Duration) -> Result<(), Trouble> {
    println!("\n{report}");
    let mut faults = report.faults();
    if !report.is_over() {
        faults.push(format!("not over after {} s", limit.as_secs()));
    }
    if faults.is_empty() { Ok(()) } else { Err(Trouble::Failed(faults)) }
}

/// A drain that is watched.
struct Watch<'a> {
    live: &'a Live,
    wiring: &'a Wiring,
    leaving: BTreeSet<String>,
    limit: Duration,
    in_place: bool,
}

impl Watch<'_> {
    /// Polls until the drain is over, `check` fails, or the time limit is reached.
    async fn until_over(
        self,
        every: Duration,
        mut check: impl FnMut() -> Result<(), ProcessError>,
    ) -> Result<Report, ProcessError> {
        let mut progress = Progress::new(self.leaving.clone(), self.in_place);
        let end = self.live.now() + self.limit;
        loop {
            let (report, now) = self.live.observe(|region, now| {
                progress.show(region, now);
                (Report::of(region, self.wiring, &self.leaving), now)
            });
            check()?;
            if report.is_over() || now >= end {
                return Ok(report);
            }
            tokio::time::sleep(every).await;
        }
    }
}

//! The command `serve`: serves the simulated region over HTTP.

use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;

use region::Time;
use region::http;
use region::live::Live;
use region::region::{Region, Settings};
use scenarios::draining::cluster::DrainedCluster;
use scenarios::scaling::busy;
use scenarios::{hooks, scaling, stack};
use tokio::net::TcpListener;

use super::in_real_time;
use crate::cli::Serve;
use crate::error::Error;
use crate::output;

pub(super) fn run(what: &Serve) -> Result<(), Error> {
    in_real_time()?.block_on(serve(what, Time::now_utc()))
}

/// Serves a simulated region in real time from `now` on. Its demo cluster has just been scaled in,
/// and its service is busy. Returns only on an error.
async fn serve(what: &Serve, now: Time) -> Result<(), Error> {
    let Serve { address, seed, leaving, deregistration_seconds } = *what;
    let wiring = stack::wiring(&[])?;
    let region = Region::new(wiring.clone(), Settings::default(), seed, now);
    let live = Live::new(region, now);
    let socket = |error: io::Error| Error::Socket(address.to_string(), error);
    let listener = TcpListener::bind(address).await.map_err(socket)?;
    let address = listener.local_addr().map_err(socket)?;
    let cluster =
        DrainedCluster { deregistration_seconds, ..DrainedCluster::short(leaving.into()) };
    cluster.create(&live)?;
    hooks::keep(&live, &wiring).await?;
    scaling::scale_group(&live)?;
    busy::keep_busy(&live)?;
    let leaving = cluster.scale_in(&live)?;
    output::text(usage(address, &leaving))?;
    http::serve(listener, live, wiring).await.map_err(socket)
}

fn usage(address: SocketAddr, leaving: &BTreeSet<String>) -> String {
    let (cluster, group) = (stack::CLUSTER, stack::GROUP);
    let names = leaving.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let waiting = match leaving.len() {
        0 => "Nothing".to_owned(),
        1 => names,
        _ => format!("Each of {names}"),
    };
    format!(
        "\
The simulated region is at http://{address}; Ctrl-C ends it. {waiting} of the group {group} waits to be
drained, and the alarm {alarm} of the service {service} is in ALARM. For the AWS CLI, boto3 and the functions:

  export AWS_ENDPOINT_URL=http://{address} AWS_REGION={region}
  export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local
  aws ecs list-container-instances --cluster {cluster}

To read and change the state of the simulated region (see `Control` in crates/region):

  curl http://{address}/_region/truth
  curl http://{address}/_region/control -d '{{\"set-desired-capacity\": [\"{group}\", 1]}}'
  curl http://{address}/_region/control -d '{{\"run-task\": {{\"cluster\": \"{cluster}\"}}}}'
  curl http://{address}/_region/send -d '{{\"queue\": {{\"id\": \"Inbox\", \"body\": \"{{}}\"}}}}'
  curl http://{address}/_region/event -d '{{\"source\": \"aws.ecs\"}}'

A function's process handles the messages of the simulated region if it is started with
AWS_LAMBDA_RUNTIME_API=http://{address}/{auto_drain}. Without such a process, they time out.",
        region = region::names::REGION,
        auto_drain = stack::AUTO_DRAIN,
        alarm = busy::ALARM,
        service = scaling::SERVICE,
    )
}

//! The command `serve`: the region over HTTP, for whoever comes.

use std::io;
use std::net::SocketAddr;

use region::Time;
use region::http;
use region::live::Live;
use region::region::{Region, Settings};
use tokio::net::TcpListener;

use crate::drain::Trouble;
use crate::scene::Scene;
use crate::stack;

/// Serve a region at `address`, in real time from `now` on, in which the demo cluster
/// has just been scaled in by one instance. It ends only with an error.
///
/// # Errors
/// See [`Trouble`].
pub async fn serve(address: SocketAddr, seed: u64, now: Time) -> Result<(), Trouble> {
    let wiring = stack::wiring(&[])?;
    let region = Region::new(wiring.clone(), Settings::default(), seed, now);
    let live = Live::new(region, now);
    let socket = |error: io::Error| Trouble::Socket(address.to_string(), error);
    let listener = TcpListener::bind(address).await.map_err(socket)?;
    let address = listener.local_addr().map_err(socket)?;
    let scene = Scene { deregistration_seconds: 30, ..Scene::short(1) };
    scene.set(&live)?;
    let leaving = scene.scale_in(&live)?.into_iter().collect::<Vec<_>>().join(", ");
    println!("{}", usage(address, &leaving));
    http::serve(listener, live, wiring).await.map_err(socket)
}

fn usage(address: SocketAddr, leaving: &str) -> String {
    let (cluster, group) = (stack::CLUSTER, stack::GROUP);
    format!(
        "\
The region is at http://{address}; Ctrl-C ends it. {leaving} of the group {group} waits to be
drained. For the AWS CLI, boto3 and the functions:

  export AWS_ENDPOINT_URL=http://{address} AWS_REGION={region}
  export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local
  aws ecs list-container-instances --cluster {cluster}

What is true, and what an experimenter can do (see `Control` in crates/region):

  curl http://{address}/_region/truth
  curl http://{address}/_region/control -d '{{\"set-desired-capacity\": [\"{group}\", 1]}}'
  curl http://{address}/_region/control -d '{{\"run-task\": {{\"cluster\": \"{cluster}\"}}}}'
  curl http://{address}/_region/send -d '{{\"queue\": {{\"id\": \"Inbox\", \"body\": \"{{}}\"}}}}'
  curl http://{address}/_region/event -d '{{\"source\": \"aws.ecs\"}}'

A function's process answers the region's own messages with
AWS_LAMBDA_RUNTIME_API=http://{address}/{auto_drain}; without one they time out.",
        region = region::world::REGION,
        auto_drain = stack::AUTO_DRAIN,
    )
}

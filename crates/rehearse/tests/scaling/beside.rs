//! Native step scaling and alarm-scaling under the same load.

use rehearse::bench::scaling::run;

#[tokio::test(start_paused = true)]
async fn show() {
    println!("{:?}", run(1, |_| ()).await.unwrap());
}

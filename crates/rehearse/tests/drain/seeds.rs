//! Drains of every kind at once: sizes, speeds, lags, throttles, duplicates and
//! crashes, all drawn from a seed that a failure names.

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use region::crash::{Crash, Side};
use region::delivery::Settings as DeliverySettings;
use region::region::Settings;
use region::world::{CreateService, Settings as WorldSettings, Workload};
use rehearse::stack;

use crate::scene::{Scene, group, service};

/// Seeds that are tried at every run of the tests; each draws a drain of its own.
const SEEDS: u64 = 60;

async fn drained(seed: u64) {
    let mut chance = StdRng::seed_from_u64(seed);
    let settings = Settings {
        world: WorldSettings {
            throttling: chance.random_bool(0.3),
            read_lag_seconds: chance.random_range(0..=4),
            ..WorldSettings::default()
        },
        delivery: DeliverySettings {
            duplicate_probability: chance.random_range(0.0..0.5),
            duplicate_delay: 500..=120_000,
            ..DeliverySettings::default()
        },
    };
    let instances = chance.random_range(3..=16);
    let staying = chance.random_range(instances / 2..instances);
    let web = CreateService {
        minimum_healthy_percent: chance.random_range(0..=100),
        maximum_percent: 200,
        workload: Workload {
            deregistration_seconds: chance.random_bool(0.7).then(|| chance.random_range(0..=600)),
            health_seconds: chance.random_range(0..=60),
            stop_max_seconds: chance.random_range(5..=120),
            ..Workload::default()
        },
        ..service(chance.random_range(0..=4 * staying))
    };
    let logs = CreateService { name: "logs".to_owned(), daemon: true, ..service(0) };
    let side = if chance.random_bool(0.5) { Side::Before } else { Side::After };
    let crash = Crash::at(chance.random_range(1..=60), side);
    let wiring = stack::wiring(&[]).unwrap();
    let scene = Scene::begun(wiring, settings, (seed, crash), group(instances)).await.serve(web);
    let scene = if chance.random_bool(0.3) { scene.serve(logs) } else { scene };
    scene.pass(chance.random_range(0..=400)).await;
    for id in scene.in_service() {
        if chance.random_bool(0.2) {
            scene.run_task(&id, Some(chance.random_range(1..=2_000)));
        }
    }
    let first = scene.scale_in(staying + (instances - staying) / 2);
    scene.pass(chance.random_range(0..=900)).await;
    let second = scene.scale_in(staying);
    scene.pass(6_000).await;
    for id in first.iter().chain(&second) {
        scene.assert_drained(id);
    }
    assert_eq!(scene.cut_short(), 0);
}

#[tokio::test(start_paused = true)]
async fn whatever_the_seed_no_instance_goes_before_its_last_container_has_stopped() {
    for seed in 0..SEEDS {
        println!("seed {seed}");
        drained(seed).await;
    }
}

//! The same seed gives the same run, and a large one is workable.

use crate::testing::{Scene, service};
use crate::*;

fn story(seed: u64) -> Vec<Effect> {
    let mut scene = Scene::new();
    scene.services = Services::new(Settings::default(), seed, scene.now());
    scene.act(Control::CreateGroup(CreateGroup::default()));
    scene.hook(PutLifecycleHook { heartbeat_seconds: 300, ..PutLifecycleHook::default() });
    scene.act(Control::CreateService(service(4, 50, 150)));
    scene.drain(0);
    scene.scale_to(1);
    scene.wait(900);
    scene.services.take_effects()
}

#[test]
fn the_same_seed_gives_the_same_run() {
    assert_eq!(story(1), story(1));
    assert_ne!(story(1), story(2));
}

#[test]
fn a_thousand_instances_drain_half_and_lose_nothing() {
    let mut scene = Scene::with(CreateGroup { desired: 1000, ..CreateGroup::default() });
    scene.hook(PutLifecycleHook::default());
    for name in ["a", "b", "c", "d"] {
        let create = service(1000, 50, 150);
        scene.act(Control::CreateService(CreateService { name: name.to_owned(), ..create }));
    }
    scene.scale_to(500);
    let waiting: Vec<_> = (0..1000)
        .filter(|nth| scene.instance(*nth).state == LifecycleState::TerminatingWait)
        .collect();
    assert_eq!(waiting.len(), 500);
    for nth in &waiting {
        scene.drain(*nth);
    }
    for _ in 0..300 {
        scene.wait(1);
        scene.services.take_effects();
    }
    for nth in waiting {
        assert_eq!(scene.live(nth), 0);
        scene.complete(nth, "drain", "CONTINUE").unwrap();
    }
    assert!(scene.services.truth().instances().all(|instance| instance.cut_short().count() == 0));
    let running: usize = (0..1000).map(|nth| scene.container(nth).running).sum();
    assert_eq!(running, 4000);
}

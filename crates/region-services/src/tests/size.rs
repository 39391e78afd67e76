//! The same seed gives the same run, and a large one is workable.

use crate::testing::{Account, service};
use crate::*;

fn story(seed: u64) -> Vec<Effect> {
    let mut account = Account::new();
    account.services = Services::new(Settings::default(), seed, account.now());
    account.act(Control::CreateGroup(CreateGroup::default()));
    account.hook(PutLifecycleHook { heartbeat_seconds: 300, ..PutLifecycleHook::default() });
    account.act(Control::CreateService(service(4, 50, 150)));
    account.drain(0);
    account.scale_to(1);
    account.wait(900);
    account.services.take_effects()
}

#[test]
fn the_same_seed_gives_the_same_run() {
    assert_eq!(story(1), story(1));
    assert_ne!(story(1), story(2));
}

#[test]
fn a_thousand_instances_drain_half_and_lose_nothing() {
    let mut account = Account::with(CreateGroup { desired: 1000, ..CreateGroup::default() });
    account.hook(PutLifecycleHook::default());
    for name in ["a", "b", "c", "d"] {
        let create = service(1000, 50, 150);
        account.act(Control::CreateService(CreateService { name: name.to_owned(), ..create }));
    }
    account.scale_to(500);
    let waiting: Vec<_> = (0..1000)
        .filter(|nth| account.instance(*nth).state == LifecycleState::TerminatingWait)
        .collect();
    assert_eq!(waiting.len(), 500);
    for nth in &waiting {
        account.drain(*nth);
    }
    for _ in 0..300 {
        account.wait(1);
        account.services.take_effects();
    }
    for nth in waiting {
        assert_eq!(account.live(nth), 0);
        account.complete(nth, "drain", "CONTINUE").unwrap();
    }
    assert!(account.services.truth().instances().all(|instance| instance.cut_short().count() == 0));
    let running: usize = (0..1000).map(|nth| account.container(nth).running).sum();
    assert_eq!(running, 4000);
}

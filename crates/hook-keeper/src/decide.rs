//! Decides what to do about the hook of one group.

use std::collections::BTreeMap;

use aws::Whereabouts;
use drain::hook::{HOOK, Hook, HookMark, MANAGED_DRAINING};
use drain::opt_in::{GroupTags, Mode};
use time::Duration;

use crate::Time;
use crate::config::Config;

/// How long the tag of a hook is kept after the hook was removed and the warm pool was last seen with
/// an instance. Everything that drains leave is gone after ten minutes and two periods of the schedule.
/// Halfway, the warm pool is read, so that it was empty for the other half when the tag goes.
pub const KEPT: Duration = Duration::minutes(40);

/// The hook that a group should have, and the mark in its tag `ecs-tide:hook`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub hook: Hook,
    pub mark: HookMark,
}

impl Wanted {
    /// The hook that the tags of a group ask for; `None` if it should have none.
    pub fn of(tags: &GroupTags, config: &Config) -> Option<Self> {
        let cluster = tags.cluster.as_ref().filter(|_| tags.mode == Mode::Drain)?;
        let Config { lifecycle_topic, hook_role, .. } = config;
        let hook = Hook::wanted(cluster, &tags.settings, lifecycle_topic, hook_role);
        Some(Self { mark: hook.mark(cluster), hook })
    }
}

/// What was read about the hook of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Our hook, if there is one.
    pub ours: Option<Hook>,
    /// Whether ECS drains the group itself.
    pub managed_draining: bool,
    /// What the tag `ecs-tide:hook` says, if there is one.
    pub mark: Mark,
    /// Where its instances are; `None` if it was not read.
    pub instances: Option<Whereabouts>,
}

/// The tag `ecs-tide:hook` of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    Absent,
    Invalid,
    Is(HookMark),
}

/// A change of the hook of a group, of its tag, or of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change<'w> {
    /// Put the hook, then write the tag.
    Put(&'w Wanted),
    /// Delete the hook, then write in the tag that it is gone.
    Remove,
    /// Write in the tag that the hook is gone as of now.
    MarkRemoved,
    /// Write the tag of a hook that is as it should be.
    Mark(&'w HookMark),
    /// Delete the tag of a hook that is gone, and of which drains have left nothing.
    Unmark,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision<'w> {
    /// Everything is as it should be.
    Nothing,
    /// ECS drains the group itself.
    LeaveAlone,
    /// Read whether a hook holds an instance, and decide again.
    ReadInstances,
    /// The change has to wait until no hook holds an instance of the group.
    Postpone(Change<'w>),
    Do(Change<'w>),
}

impl Seen {
    pub fn new(mut hooks: BTreeMap<String, Hook>, mark: Mark) -> Self {
        Self {
            ours: hooks.remove(HOOK),
            managed_draining: hooks.contains_key(MANAGED_DRAINING),
            mark,
            instances: None,
        }
    }
}

/// Whether the tags of a group show that its hook is not as it should be, or that it is time to see
/// whether the tag of a hook that is gone can go too.
pub fn differs(wanted: Option<&Wanted>, mark: &Mark, now: Time) -> bool {
    match (wanted, mark) {
        (Some(wanted), Mark::Is(mark)) => *mark != wanted.mark,
        (Some(_), Mark::Absent | Mark::Invalid) => true,
        (None, Mark::Is(mark)) => mark.removed_at().is_none_or(|at| now - at >= KEPT / 2),
        (None, mark) => *mark != Mark::Absent,
    }
}

/// Decides what to do about a group that should have the hook `wanted`, or none.
///
/// While a hook holds an instance, ours is neither changed nor deleted: the deletion terminates the
/// instance, and what a change does to a lifecycle action is not documented. The exception is a hook
/// with another target or role than ours, whose notifications reach nobody.
pub fn decide<'w>(wanted: Option<&'w Wanted>, seen: &Seen, now: Time) -> Decision<'w> {
    let when_none_is_held = |change| match seen.instances {
        None => Decision::ReadInstances,
        Some(Whereabouts { held: true, .. }) => Decision::Postpone(change),
        Some(Whereabouts { held: false, .. }) => Decision::Do(change),
    };
    match (wanted, &seen.ours) {
        (Some(_), _) if seen.managed_draining => Decision::LeaveAlone,
        (Some(wanted), Some(ours)) if *ours == wanted.hook => {
            if differs(Some(wanted), &seen.mark, now) {
                Decision::Do(Change::Mark(&wanted.mark))
            } else {
                Decision::Nothing
            }
        }
        (Some(wanted), Some(ours)) if reaches(ours, &wanted.hook) => {
            when_none_is_held(Change::Put(wanted))
        }
        (Some(wanted), _) => Decision::Do(Change::Put(wanted)),
        (None, Some(_)) => when_none_is_held(Change::Remove),
        (None, None) => gone(seen, now),
    }
}

/// Decides about the tag of a hook that is gone. It leads auto-drain to the cluster in which drains
/// have left something: an instance that Spot has warned, a ghost registration, and any instance that
/// comes back from the warm pool.
fn gone<'w>(seen: &Seen, now: Time) -> Decision<'w> {
    let mark = match &seen.mark {
        Mark::Absent => return Decision::Nothing,
        Mark::Invalid => return Decision::Do(Change::Unmark),
        Mark::Is(mark) => mark,
    };
    let Some(removed_at) = mark.removed_at() else { return Decision::Do(Change::MarkRemoved) };
    let since = now - removed_at;
    match seen.instances {
        _ if since < KEPT / 2 => Decision::Nothing,
        None => Decision::ReadInstances,
        Some(Whereabouts { pooled: true, .. }) => Decision::Do(Change::MarkRemoved),
        Some(_) if since < KEPT => Decision::Nothing,
        Some(_) => Decision::Do(Change::Unmark),
    }
}

/// Whether a hook has the target and the role of the wanted one.
fn reaches(ours: &Hook, wanted: &Hook) -> bool {
    (&ours.target, &ours.role) == (&wanted.target, &wanted.role)
}

#[cfg(test)]
mod tests {
    use drain::opt_in::tags;

    use super::*;
    use crate::config::fixtures::config;

    const HELD: Whereabouts = Whereabouts { held: true, pooled: false };
    const FREE: Whereabouts = Whereabouts { held: false, pooled: false };
    const NOW: Time = Time::UNIX_EPOCH;

    fn decide<'w>(wanted: Option<&'w Wanted>, seen: &Seen) -> Decision<'w> {
        super::decide(wanted, seen, NOW)
    }

    fn differs(wanted: Option<&Wanted>, mark: &Mark) -> bool {
        super::differs(wanted, mark, NOW)
    }

    fn wanted(overrides: &[(&str, &str)]) -> Option<Wanted> {
        let all = [(tags::CLUSTER, "demo")].iter().chain(overrides);
        let config = config(&[]).unwrap();
        Wanted::of(&GroupTags::read(all.copied(), &config.settings), &config)
    }

    /// A group whose hook and mark are those of `wanted`.
    fn kept(wanted: &Wanted) -> Seen {
        Seen {
            ours: Some(wanted.hook.clone()),
            managed_draining: false,
            mark: Mark::Is(wanted.mark.clone()),
            instances: None,
        }
    }

    fn bare() -> Seen {
        Seen { ours: None, managed_draining: false, mark: Mark::Absent, instances: None }
    }

    #[test]
    fn a_tagged_group_gets_a_hook_with_the_settings_of_its_tags() {
        let wanted = wanted(&[(tags::HEARTBEAT, "900"), (tags::AT_DEADLINE, "abandon")]).unwrap();
        assert_eq!(wanted.hook.heartbeat, Duration::minutes(15));
        assert_eq!(wanted.hook.default_result, "ABANDON");
        assert_eq!(wanted.hook.metadata.as_deref(), Some(r#"{"cluster":"demo"}"#));
        assert_eq!(decide(Some(&wanted), &bare()), Decision::Do(Change::Put(&wanted)));
    }

    #[test]
    fn a_group_that_is_not_drained_should_have_no_hook() {
        assert!(wanted(&[(tags::MODE, "off")]).is_none());
        assert!(wanted(&[(tags::MODE, "observe")]).is_none());
        assert_eq!(decide(None, &bare()), Decision::Nothing);
    }

    #[test]
    fn hooks_are_read_only_where_the_tag_differs() {
        let (now, before) = (wanted(&[]).unwrap(), wanted(&[(tags::HEARTBEAT, "900")]).unwrap());
        assert!(!differs(Some(&now), &Mark::Is(now.mark.clone())));
        assert!(!differs(None, &Mark::Absent));
        for mark in [Mark::Absent, Mark::Invalid, Mark::Is(before.mark)] {
            assert!(differs(Some(&now), &mark), "{mark:?}");
        }
        assert!(differs(None, &Mark::Is(now.mark)) && differs(None, &Mark::Invalid));
    }

    #[test]
    fn a_hook_that_is_as_it_should_be_is_left() {
        let wanted = wanted(&[]).unwrap();
        assert_eq!(decide(Some(&wanted), &kept(&wanted)), Decision::Nothing);
    }

    #[test]
    fn a_hook_without_its_tag_gets_only_the_tag() {
        let wanted = wanted(&[]).unwrap();
        for mark in [Mark::Absent, Mark::Invalid] {
            let seen = Seen { mark, instances: Some(HELD), ..kept(&wanted) };
            assert_eq!(decide(Some(&wanted), &seen), Decision::Do(Change::Mark(&wanted.mark)));
        }
    }

    #[test]
    fn a_tag_without_its_hook_is_kept_while_drains_may_have_left_something() {
        let mark = wanted(&[]).unwrap().mark;
        let decided = |mark, instances, minutes| {
            let seen = Seen { mark, instances, ..bare() };
            super::decide(None, &seen, NOW + Duration::minutes(minutes))
        };
        assert_eq!(decided(Mark::Is(mark.clone()), None, 0), Decision::Do(Change::MarkRemoved));
        assert_eq!(decided(Mark::Invalid, None, 0), Decision::Do(Change::Unmark));
        let removed = || Mark::Is(mark.removed(NOW));
        assert_eq!(decided(removed(), None, 19), Decision::Nothing);
        assert!(!super::differs(None, &removed(), NOW + Duration::minutes(19)));
        assert!(super::differs(None, &removed(), NOW + Duration::minutes(20)));
        assert_eq!(decided(removed(), None, 20), Decision::ReadInstances);
        assert_eq!(decided(removed(), Some(FREE), 20), Decision::Nothing);
        assert_eq!(decided(removed(), Some(FREE), 40), Decision::Do(Change::Unmark));
        let pooled = Some(Whereabouts { held: false, pooled: true });
        for minutes in [20, 40] {
            let decision = decided(removed(), pooled, minutes);
            assert_eq!(decision, Decision::Do(Change::MarkRemoved));
        }
    }

    #[test]
    fn a_changed_setting_waits_until_no_instance_is_held() {
        let (now, before) = (wanted(&[(tags::HEARTBEAT, "900")]).unwrap(), wanted(&[]).unwrap());
        let decided = |instances| decide(Some(&now), &Seen { instances, ..kept(&before) });
        assert_eq!(decided(None), Decision::ReadInstances);
        assert_eq!(decided(Some(HELD)), Decision::Postpone(Change::Put(&now)));
        assert_eq!(decided(Some(FREE)), Decision::Do(Change::Put(&now)));
    }

    #[test]
    fn a_hook_is_removed_once_no_instance_is_held() {
        let before = wanted(&[]).unwrap();
        let decided = |instances| decide(None, &Seen { instances, ..kept(&before) });
        assert_eq!(decided(None), Decision::ReadInstances);
        assert_eq!(decided(Some(HELD)), Decision::Postpone(Change::Remove));
        assert_eq!(decided(Some(FREE)), Decision::Do(Change::Remove));
    }

    #[test]
    fn a_hook_whose_target_or_role_is_not_ours_is_replaced_at_once() {
        let wanted = wanted(&[]).unwrap();
        let gone = || Some("arn:aws:sns:us-east-1:123456789012:gone".to_owned());
        let hook = || wanted.hook.clone();
        for ours in [
            Hook { target: gone(), ..hook() },
            Hook { target: None, ..hook() },
            Hook { role: gone(), ..hook() },
        ] {
            let seen = Seen { ours: Some(ours), instances: Some(HELD), ..kept(&wanted) };
            assert_eq!(decide(Some(&wanted), &seen), Decision::Do(Change::Put(&wanted)));
        }
    }

    #[test]
    fn a_missing_hook_is_put_while_other_hooks_hold_instances() {
        let wanted = wanted(&[]).unwrap();
        let seen = Seen { ours: None, instances: Some(HELD), ..kept(&wanted) };
        assert_eq!(decide(Some(&wanted), &seen), Decision::Do(Change::Put(&wanted)));
    }

    #[test]
    fn a_group_that_ecs_drains_itself_gets_no_hook() {
        let (wanted, before) = (wanted(&[]).unwrap(), wanted(&[(tags::HEARTBEAT, "900")]).unwrap());
        for seen in [bare(), kept(&before)] {
            let seen = Seen { managed_draining: true, ..seen };
            assert_eq!(decide(Some(&wanted), &seen), Decision::LeaveAlone);
        }
        let off = Seen { managed_draining: true, instances: Some(FREE), ..kept(&wanted) };
        assert_eq!(decide(None, &off), Decision::Do(Change::Remove));
    }

    #[test]
    fn hooks_of_other_names_are_not_ours() {
        let wanted = wanted(&[]).unwrap();
        let hooks = |names: &[&str]| {
            let hooks = names.iter().map(|name| ((*name).to_owned(), wanted.hook.clone()));
            Seen::new(hooks.collect(), Mark::Absent)
        };
        assert_eq!(hooks(&["drain", "ecs-tide-drain-2"]), bare());
        assert!(hooks(&[HOOK]).ours.is_some());
        assert!(hooks(&[MANAGED_DRAINING]).managed_draining);
    }
}

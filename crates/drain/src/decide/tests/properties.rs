//! Properties of every decision, for any reads and any messages.

use std::collections::{BTreeMap, BTreeSet};

use aws_names::{ContainerInstanceArn, InstanceId, TaskArn};
use proptest::option;
use proptest::prelude::*;
use time::Duration;

use crate::Time;
use crate::decide::*;
use crate::drain_record::{Cause, DrainRecord};
use crate::fixtures::{at, ci, id, member, settings, task};
use crate::seen::{Answer, Elsewhere, Instance, Member, Registration, Status, Tasks};
use crate::settings::{AtDeadline, SettingsRecord, Standalone};
use crate::triggers::Triggers;

const STATES: [&str; 15] = [
    "Terminating:Wait",
    "Warmed:Pending:Wait",
    "Warmed:Terminating:Wait",
    "ReplacingRootVolume:Wait",
    "InService",
    "Pending",
    "Pending:Wait",
    "Terminating",
    "Warmed:Pending",
    "Warmed:Stopped",
    "Terminating:Retained",
    "Warmed:Terminating:Retained",
    "Terminating:Proceed",
    "Detaching",
    "",
];

/// Times from before to after all drains here, and the limits of the years of a drain record.
fn times() -> impl Strategy<Value = Time> {
    prop_oneof![
        8 => (-10_000i64..200_000).prop_map(at),
        1 => Just(Time::from_unix_timestamp(946_684_800).unwrap()),
        1 => Just(Time::from_unix_timestamp(7_258_118_399).unwrap()),
    ]
}

fn drain_records() -> impl Strategy<Value = DrainRecord> {
    let times = || option::of(times());
    let last = (times(), times(), times());
    let parts = (any::<bool>(), self::times(), last, times(), times(), any::<bool>());
    parts.prop_map(|(spot, began, (set_again, idle, back), beat, agent_gone, done)| DrainRecord {
        cause: if spot { Cause::Spot } else { Cause::Hook },
        began,
        set_again,
        idle,
        back,
        beat,
        agent_gone,
        done,
    })
}

fn arns() -> impl Strategy<Value = ContainerInstanceArn> {
    "ci[0-2]".prop_map(ContainerInstanceArn::from_aws)
}

fn tasks() -> impl Strategy<Value = Answer<Tasks>> {
    let task = (0..4u8, any::<bool>(), any::<bool>()).prop_map(|(number, service, stopping)| {
        task(&format!("t{number}"), if service { "service:web" } else { "family:job" }, stopping)
    });
    let left = proptest::collection::vec(task, 0..4);
    let tasks =
        (left, times()).prop_map(|(left, read_at)| Tasks { left, last_stop: None, read_at });
    prop_oneof![
        3 => tasks.prop_map(Answer::Known),
        1 => Just(Answer::Unasked),
        1 => Just(Answer::Failed),
    ]
}

fn registrations() -> impl Strategy<Value = Registration> {
    let status = prop_oneof![
        2 => Just(Status::Active),
        6 => Just(Status::Draining),
        1 => Just(Status::Registering),
        1 => Just(Status::Gone),
    ];
    let parts = (
        status,
        any::<bool>(),
        prop_oneof![2 => Just(0), 1 => 0..5u32],
        option::weighted(0.8, drain_records()),
        any::<(bool, bool)>(),
        tasks(),
    );
    parts.prop_map(
        |(status, agent_connected, counted_tasks, drain_record, (refused, fit), tasks)| {
            Registration {
                arn: ci(),
                status,
                agent_connected,
                counted_tasks,
                drain_record,
                settings: None,
                settings_fit: fit,
                record_refused: refused,
                tasks,
            }
        },
    )
}

fn answered<T: Clone + std::fmt::Debug>(
    value: impl Strategy<Value = T>,
) -> impl Strategy<Value = Answer<T>> {
    prop_oneof![Just(Answer::Unasked), Just(Answer::Failed), value.prop_map(Answer::Known),]
}

fn members() -> impl Strategy<Value = Option<Member>> {
    let state = prop_oneof![2 => 0..4usize, 1 => 0..STATES.len()];
    let modes = prop_oneof![3 => Just(Mode::Drain), 1 => Just(Mode::Observe), 1 => Just(Mode::Off)];
    let members = (state, modes).prop_map(|(state, mode)| Member { mode, ..member(STATES[state]) });
    option::weighted(0.7, members)
}

fn instances() -> impl Strategy<Value = Instance> {
    let elsewhere = prop_oneof![
        Just(Elsewhere::Nowhere),
        Just(Elsewhere::NoSuchCluster),
        Just(Elsewhere::OtherCluster),
    ];
    let parts = (
        answered(members()),
        proptest::collection::vec(registrations(), 0..3),
        times(),
        answered(option::of(times())),
        answered(elsewhere),
        (answered(members()), answered(any::<bool>()), any::<bool>()),
    );
    let numbered = |registrations: Vec<Registration>| {
        let numbered = registrations.into_iter().enumerate();
        numbered
            .map(|(number, r)| Registration {
                arn: ContainerInstanceArn::from_aws(format!("ci{number}")),
                ..r
            })
            .collect()
    };
    parts.prop_map(move |(member, registrations, read_at, since, elsewhere, place)| {
        let (untagged, has_hook, is_over) = place;
        Instance {
            id: id(),
            member,
            registrations: numbered(registrations),
            read_at,
            terminating_since: since,
            elsewhere,
            untagged,
            is_over,
            has_hook,
        }
    })
}

fn triggers() -> impl Strategy<Value = Triggers> {
    let named = || proptest::collection::btree_set(arns(), 0..3);
    let ids = || "i-[12]".prop_map(InstanceId::from_aws);
    let instances = || proptest::collection::btree_set(ids(), 0..2);
    let empty = proptest::collection::btree_map(arns(), option::of(times()), 0..3);
    let tasks = proptest::collection::btree_set("t[0-3]".prop_map(TaskArn::from_aws), 0..3);
    let stopped = proptest::collection::btree_map(arns(), tasks, 0..3);
    (instances(), instances(), empty, named(), stopped, any::<bool>()).prop_map(
        |(terminating, interrupted, empty, connected, stopped, net)| Triggers {
            terminating,
            interrupted,
            empty,
            connected,
            stopped,
            net,
            anew: false,
            requeues: BTreeMap::new(),
        },
    )
}

fn set() -> impl Strategy<Value = Settings> {
    let at_deadline =
        prop_oneof![Just(AtDeadline::Continue), Just(AtDeadline::Abandon), Just(AtDeadline::Wait)];
    let standalone = prop_oneof![Just(Standalone::Wait), Just(Standalone::Stop)];
    (at_deadline, standalone, option::of(60..100_000i64), 60..172_200i64).prop_map(
        |(at_deadline, standalone, agent_gone, deadline)| Settings {
            at_deadline,
            standalone,
            agent_gone: agent_gone.map(Duration::seconds),
            deadline: Duration::seconds(deadline),
            ..settings()
        },
    )
}

/// The instance with these settings: those of its group, and of its drain where they are recorded.
fn with_settings(mut instance: Instance, settings: &Settings) -> Instance {
    for answer in [&mut instance.member, &mut instance.untagged] {
        if let Answer::Known(Some(member)) = answer {
            member.settings = *settings;
        }
    }
    for registration in instance.registrations.iter_mut().filter(|r| r.settings_fit) {
        registration.settings = Some(SettingsRecord::of(settings));
    }
    instance
}

/// Answers questions with arbitrary answers of AWS until there is a plan.
fn planned(
    instance: &mut Instance,
    triggers: &Triggers,
    settings: &Settings,
    now: Time,
    answers: &BTreeMap<ContainerInstanceArn, Answer<Tasks>>,
    member: &Option<Member>,
) -> Plan {
    let mut asked = BTreeSet::new();
    loop {
        let questions = match decide(instance, triggers, settings, now) {
            Decision::Plan(plan) => return plan,
            Decision::Read(questions) => questions,
        };
        assert!(!questions.is_empty());
        for question in questions {
            assert!(asked.insert(format!("{question:?}")), "asked twice: {question:?}");
            let answer = |arn: &ContainerInstanceArn| match answers.get(arn) {
                Some(Answer::Known(tasks)) => Answer::Known(tasks.clone()),
                _ => Answer::Failed,
            };
            match question {
                Question::Member => {
                    let of_group = |member: Member| Member { settings: *settings, ..member };
                    instance.member = Answer::Known(member.clone().map(of_group));
                }
                Question::TerminatingSince => instance.terminating_since = Answer::Failed,
                Question::Elsewhere => instance.elsewhere = Answer::Failed,
                Question::Place => instance.untagged = Answer::Failed,
                Question::Hook => instance.has_hook = Answer::Failed,
                Question::Tasks { arn, .. } => {
                    let there = instance.registrations.iter_mut().filter(|r| r.arn == arn);
                    there.for_each(|r| r.tasks = answer(&arn));
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_096))]

    #[test]
    fn no_decision_releases_an_instance_with_running_tasks(
        instance in instances(),
        member in members(),
        triggers in triggers(),
        settings in set(),
        now in (0i64..200_000).prop_map(at),
        answers in proptest::collection::btree_map(arns(), tasks(), 0..3),
    ) {
        let mut instance = with_settings(instance, &settings);
        let plan = planned(&mut instance, &triggers, &settings, now, &answers, &member);
        let member = instance.place();
        let drains = member.is_some_and(|member| member.mode == Mode::Drain);
        let may_begin = drains
            || instance.is_recorded()
            || instance.has_hook == Answer::Known(true);
        let state = member.map(|member| &member.state);
        let enters = state == Some(&LifecycleState::EnteringPool);
        let held = state.is_some_and(LifecycleState::is_held);
        let waits = held && (!enters || instance.is_registered());
        let serves = state == Some(&LifecycleState::InService);
        let live: Vec<&Registration> =
            instance.registrations.iter().filter(|r| r.status != Status::Gone).collect();
        for action in &plan.actions {
            match action {
                Action::Complete { .. } | Action::Heartbeat { .. } | Action::StopTasks { .. } => {
                    prop_assert!(waits, "{action:?}");
                }
                Action::SetDraining { .. } => {
                    prop_assert!((waits || serves) && may_begin, "{action:?}");
                }
                Action::SetActive { .. } => prop_assert!(serves, "{action:?}"),
                Action::Deregister { arn } => {
                    let registration = live.iter().find(|r| r.arn == *arn);
                    let gone = registration.and_then(|r| r.drain_record?.agent_gone);
                    prop_assert!(instance.member == Answer::Known(None), "{action:?}");
                    prop_assert!(instance.untagged == Answer::Known(None), "{action:?}");
                    prop_assert!(registration.is_some_and(|r| !r.agent_connected));
                    prop_assert!(gone.is_some_and(|gone| now - gone >= Duration::minutes(10)));
                }
                Action::DrainRecord { .. } | Action::Forget { .. } => {}
            }
            if let Action::StopTasks { arns } = action {
                let of_service = |arn: &TaskArn| {
                    let seen = live.iter().flat_map(|r| r.unstopped());
                    seen.filter(|task| task.arn == *arn).all(|task| task.service.is_some())
                };
                prop_assert!(!arns.iter().any(of_service), "{arns:?}");
            }
        }
        match plan.verdict {
            Verdict::Ended { end: End::Drained, .. } => {
                let empty = |r: &&Registration| {
                    let Answer::Known(tasks) = &r.tasks else { return false };
                    let idle = r.drain_record.and_then(|r| r.idle).into_iter();
                    let reported = triggers.empty.get(&r.arn).copied().flatten();
                    let since = idle.chain(reported).chain([instance.read_at]).min();
                    r.status == Status::Draining
                        && r.counted_tasks == 0
                        && tasks.left.is_empty()
                        && since.is_some_and(|since| tasks.read_at >= since + BELIEVED_AFTER)
                };
                prop_assert!(live.iter().all(empty), "{live:?}");
            }
            Verdict::Ended { end: End::Deadline, began, .. } => {
                prop_assert!(settings.at_deadline != AtDeadline::Wait);
                prop_assert!(began.is_some_and(|began| now >= began + settings.deadline));
            }
            Verdict::Ended { end: End::AgentGone, .. } => {
                prop_assert!(settings.agent_gone.is_some());
                prop_assert!(live.iter().any(|r| !r.agent_connected));
            }
            Verdict::Ended { end: End::NotRegistered, .. } => {
                prop_assert!(live.is_empty() && !enters);
            }
            Verdict::Started(_) | Verdict::Waiting(_) => prop_assert!(plan.again.is_some()),
            _ => {}
        }
    }
}

//! Reads the groups and their hooks, and changes what is not as it should be.

use aws::{Aws, Error, SdkConfig, TaggedGroup, advised};
use aws_names::GroupName;
use drain::hook::HOOK;
use drain::opt_in::{GroupTags, tags as keys};
use function::clock::Clock;
use function::environment::{BadEnvironment, Strings};
use function::invocation::{Invocation, diagnostic};
use function::process::{Function, Handler};
use function::record::Record;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use time::Duration;

use crate::Time;
use crate::config::{Config, Hooks};
use crate::decide::{Change, Decision, Mark, Seen, Wanted, decide, differs};
use crate::due::{is_turn, rotate};
use crate::outcome::Outcome;
use crate::own::faults;
use crate::request::Request;

/// The least time for one group: six calls at half a second, one of which may be tried again for
/// twelve.
const ONE_GROUP: Duration = Duration::seconds(20);

/// The hook-keeper function.
#[derive(Debug)]
pub struct HookKeeper {
    aws: Aws,
    config: Config,
    clock: Clock,
}

/// A group, and what its hook should be.
#[derive(Debug)]
struct Group {
    name: GroupName,
    wanted: Option<Wanted>,
    mark: Mark,
}

impl Function for HookKeeper {
    type Config = Config;
    type Sdk = SdkConfig;

    const RECORD: &'static str = "hooks";

    fn configure(strings: &dyn Strings) -> Result<Config, BadEnvironment> {
        Config::read(strings)
    }

    fn new(sdk: &SdkConfig, config: Config, clock: Clock) -> Self {
        Self { aws: Aws::new(sdk), config, clock }
    }
}

impl Handler for HookKeeper {
    fn record(&self) -> Record {
        let mut record = Record::new("function", "hook-keeper");
        if self.config.dry_run {
            record.field("dry_run", true);
        }
        record
    }

    fn handle<'a>(&'a self, event: &'a Value, invocation: &'a mut Invocation) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            match Request::read(event) {
                Ok(request) => self.keep(&request, invocation).await,
                Err(error) => {
                    invocation.record.count("MalformedMessages", 1);
                    invocation.record.field("malformed", json!([error]));
                    invocation.failure = Some(diagnostic("malformed", &error));
                }
            }
            invocation.took(self.clock.now());
        })
    }
}

impl HookKeeper {
    /// Checks the groups whose tags differ from what they should be, those whose turn it is, and
    /// those that the request names.
    async fn keep(&self, request: &Request, invocation: &mut Invocation) {
        let mut outcome = Outcome::default();
        let found = match self.read(request, &mut outcome).await {
            Ok(found) => found,
            Err(error) => {
                invocation.record.count("HookErrors", 1);
                invocation.record.field("error", advised(&error));
                invocation.record.field("error_kind", error.kind.name());
                return;
            }
        };
        let groups = self.due(found, request, invocation.began, &mut outcome);
        let count = groups.len();
        for (place, group) in groups.into_iter().enumerate() {
            if !invocation.remaining.fits(ONE_GROUP, self.clock.now()) {
                outcome.left = count - place;
                break;
            }
            match (self.config.hooks, &group.wanted) {
                (Hooks::Keep, _) => {
                    let decided = self.keep_one(&group).await;
                    outcome.add(&group.name, decided);
                }
                (Hooks::Own, Some(wanted)) => {
                    let hooks = self.aws.lifecycle_hooks(&group.name).await;
                    let wrong = hooks.map(|hooks| faults(hooks.get(HOOK), &wanted.hook));
                    outcome.add_own(&group.name, wrong);
                }
                (Hooks::Own, None) => {}
            }
        }
        outcome.record(&mut invocation.record, self.config.dry_run);
    }

    async fn read(
        &self,
        request: &Request,
        outcome: &mut Outcome,
    ) -> Result<Vec<TaggedGroup>, Error> {
        let names = match request {
            Request::All => return self.aws.tagged_groups_without_instances().await,
            Request::Named(names) => names,
        };
        let found = self.aws.groups_without_instances(names).await?;
        let missing = names.iter().filter(|name| !found.iter().any(|group| group.name == **name));
        outcome.gone.extend(missing.cloned());
        Ok(found)
    }

    /// The groups to check: first those whose tags differ.
    fn due(
        &self,
        found: Vec<TaggedGroup>,
        request: &Request,
        now: Time,
        outcome: &mut Outcome,
    ) -> Vec<Group> {
        let (mut differing, mut others) = (Vec::new(), Vec::new());
        for TaggedGroup { name, tags, deleting } in found {
            if deleting {
                outcome.gone.push(name);
                continue;
            }
            outcome.groups += 1;
            let pairs = tags.iter().map(|(key, value)| (key.as_str(), value.as_str()));
            let read = GroupTags::read(pairs, &self.config.settings);
            let wanted = Wanted::of(&read, &self.config);
            let mark = match read.hook {
                Some(mark) => Mark::Is(mark),
                None if tags.contains_key(keys::HOOK) => Mark::Invalid,
                None => Mark::Absent,
            };
            outcome.add_invalid(&name, &read.invalid_tags);
            // Without marks, only the turn says when to check a hook of the user.
            let keeps = self.config.hooks == Hooks::Keep;
            if keeps && differs(wanted.as_ref(), &mark, now) {
                differing.push(Group { name, wanted, mark });
            } else if matches!(request, Request::Named(_)) || is_turn(name.as_str(), now) {
                others.push(Group { name, wanted, mark });
            }
        }
        rotate(&mut differing, now);
        rotate(&mut others, now);
        differing.append(&mut others);
        differing
    }

    /// Reads the hooks of a group, decides, and acts unless this is a dry run.
    async fn keep_one<'g>(&self, group: &'g Group) -> Result<Decision<'g>, Error> {
        let Group { name, wanted, mark } = group;
        let hooks = self.aws.lifecycle_hooks(name).await?;
        let (mut seen, now) = (Seen::new(hooks, mark.clone()), self.clock.now());
        let mut decision = decide(wanted.as_ref(), &seen, now);
        if decision == Decision::ReadInstances {
            seen.instances = Some(self.aws.whereabouts(name).await?);
            decision = decide(wanted.as_ref(), &seen, now);
        }
        if let Decision::Do(change) = decision
            && !self.config.dry_run
        {
            self.change(name, mark, change).await?;
        }
        Ok(decision)
    }

    async fn mark_removed(&self, group: &GroupName, mark: &Mark) -> Result<(), Error> {
        match mark {
            Mark::Absent => Ok(()),
            Mark::Invalid => self.aws.unmark_hook(group).await,
            Mark::Is(mark) => self.aws.mark_hook(group, &mark.removed(self.clock.now())).await,
        }
    }

    async fn change(
        &self,
        group: &GroupName,
        mark: &Mark,
        change: Change<'_>,
    ) -> Result<(), Error> {
        match change {
            Change::Put(Wanted { hook, mark }) => {
                self.aws.put_hook(group, HOOK, hook).await?;
                self.aws.mark_hook(group, mark).await
            }
            Change::Mark(mark) => self.aws.mark_hook(group, mark).await,
            Change::Remove => {
                self.aws.delete_hook(group, HOOK).await?;
                self.mark_removed(group, mark).await
            }
            Change::MarkRemoved => self.mark_removed(group, mark).await,
            Change::Unmark => self.aws.unmark_hook(group).await,
        }
    }
}

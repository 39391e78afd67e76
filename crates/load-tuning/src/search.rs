//! The search.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use load_model::BadInput;
use load_rehearsal::{Error, Policy, Prepared, Setup, Verdict};
use scenarios::cores;

use crate::document::Document;
use crate::front::Front;
use crate::knob::{Knobs, Setting};
use crate::score::{Goal, Score};

/// Settings that are rehearsed before the next are chosen. It does not depend on the number of cores,
/// so that the choice does not either.
const BATCH: usize = 8;

/// Draws of a new setting before the search ends because nearly all are known.
const DRAWS: usize = 500;

/// What is searched.
#[derive(Debug, Clone)]
pub struct Tuning {
    /// The loads, each with the service and the cluster. At least one.
    pub loads: Vec<Setup>,
    /// The seeds with which each load is rehearsed. At least one.
    pub seeds: Vec<u64>,
    /// Loads on which only the result is rehearsed.
    pub held_out: Vec<Setup>,
    /// Where the search begins.
    pub policy: Policy,
    pub goal: Goal,
    /// The most settings to rehearse, the start included. At least one.
    pub budget: usize,
    /// The seed of the choice of settings.
    pub seed: u64,
}

/// How far a search is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    pub tried: usize,
    pub budget: usize,
    /// The score of the best setting so far.
    pub best: Score,
}

/// What a search has found.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) knobs: Knobs,
    pub(crate) start: Score,
    /// Single changes of the start, the best first.
    pub(crate) singles: Vec<(Setting, Score)>,
    pub(crate) best: (Setting, Score),
    pub(crate) front: Front,
    pub(crate) tried: usize,
    pub(crate) is_interrupted: bool,
    /// The scores of the start and of the best on the loads that are held out.
    pub(crate) held_out: Option<(Score, Score)>,
}

impl Tuning {
    /// Searches until the budget is used up or `stop` is set. Then what was found by then counts.
    ///
    /// # Errors
    /// A rehearsal cannot begin.
    pub fn run(&self, stop: &AtomicBool, progress: impl Fn(&Progress)) -> Result<Document, Error> {
        let first = self.loads.first().ok_or_else(|| BadInput::new("load", "is missing"))?;
        let knobs = Knobs::of(&self.policy, first)?;
        let mut search = Search {
            tuning: self,
            knobs,
            loads: prepared(&self.loads)?,
            scores: BTreeMap::new(),
            front: Front::default(),
            random: fastrand::Rng::with_seed(self.seed),
        };
        let begin = search.knobs.start.clone();
        let never = AtomicBool::new(false);
        search.rehearse(std::slice::from_ref(&begin), &never)?;
        let start = search.score(&begin)?;
        let mut best = (begin.clone(), start);
        let mut singles = search.knobs.next_to(&begin);
        singles.retain(|setting| !search.scores.contains_key(setting));
        let mut rest = singles.clone();
        while search.scores.len() < self.budget && !stop.load(Ordering::Relaxed) {
            let room = BATCH.min(self.budget - search.scores.len());
            let mut batch: Vec<Setting> = rest.drain(..room.min(rest.len())).collect();
            if batch.is_empty() {
                batch = search.draw(room, &best.0);
            }
            if batch.is_empty() {
                break;
            }
            search.rehearse(&batch, stop)?;
            for (setting, score) in &search.scores {
                if self.goal.prefers(score, &best.1) {
                    best = (setting.clone(), *score);
                }
            }
            progress(&Progress { tried: search.scores.len(), budget: self.budget, best: best.1 });
        }
        let mut singles: Vec<(Setting, Score)> = singles
            .into_iter()
            .filter_map(|setting| Some((setting.clone(), *search.scores.get(&setting)?)))
            .collect();
        singles.sort_by(|(_, one), (_, other)| {
            self.goal.prefers(other, one).cmp(&self.goal.prefers(one, other))
        });
        let held_out = self.hold_out(&search.knobs, &best.0)?;
        let found = Found {
            start,
            singles,
            best,
            tried: search.scores.len(),
            is_interrupted: stop.load(Ordering::Relaxed),
            held_out,
            front: search.front,
            knobs: search.knobs,
        };
        Ok(Document::of(self, &found)?)
    }

    /// The scores of the start and of the best on the loads that are held out.
    fn hold_out(&self, knobs: &Knobs, best: &Setting) -> Result<Option<(Score, Score)>, Error> {
        if self.held_out.is_empty() {
            return Ok(None);
        }
        let policies = [knobs.policy(&knobs.start)?, knobs.policy(best)?];
        let loads = prepared(&self.held_out)?;
        let verdicts = self.verdicts(&policies, &loads, &AtomicBool::new(false))?;
        let mut scores = verdicts.iter().flatten().map(|verdicts| self.goal.score(verdicts));
        Ok(scores.next().zip(scores.next()))
    }

    /// The verdicts on each policy with all seeds, on all cores; none for a policy that `stop` kept
    /// from being rehearsed to the end.
    fn verdicts(
        &self,
        policies: &[Policy],
        loads: &[Prepared<'_>],
        stop: &AtomicBool,
    ) -> Result<Vec<Option<Vec<Verdict>>>, Error> {
        let mut plays = Vec::new();
        for policy in policies {
            for load in loads {
                plays.extend(self.seeds.iter().map(|seed| (policy, load, *seed)));
            }
        }
        let verdicts = cores::map(&plays, |(policy, load, seed)| {
            if stop.load(Ordering::Relaxed) {
                return Ok(None);
            }
            let course = load.rehearse(policy, *seed)?;
            Ok::<_, Error>(Some(Verdict::of(load.setup(), policy, &course)))
        })?;
        let each = loads.len() * self.seeds.len();
        Ok(verdicts.chunks(each.max(1)).map(|all| all.iter().cloned().collect()).collect())
    }
}

fn prepared(loads: &[Setup]) -> Result<Vec<Prepared<'_>>, BadInput> {
    loads.iter().map(Prepared::new).collect()
}

/// A search in progress.
struct Search<'a> {
    tuning: &'a Tuning,
    knobs: Knobs,
    loads: Vec<Prepared<'a>>,
    scores: BTreeMap<Setting, Score>,
    front: Front,
    random: fastrand::Rng,
}

impl Search<'_> {
    fn score(&self, setting: &Setting) -> Result<Score, Error> {
        let score = self.scores.get(setting).copied();
        Ok(score.ok_or_else(|| BadInput::new("seeds", "are missing"))?)
    }

    fn rehearse(&mut self, settings: &[Setting], stop: &AtomicBool) -> Result<(), Error> {
        let policies: Result<Vec<Policy>, _> =
            settings.iter().map(|setting| self.knobs.policy(setting)).collect();
        let verdicts = self.tuning.verdicts(&policies?, &self.loads, stop)?;
        for (setting, verdicts) in settings.iter().zip(verdicts) {
            let Some(verdicts) = verdicts else { continue };
            let score = self.tuning.goal.score(&verdicts);
            self.front.offer(setting, score);
            self.scores.insert(setting.clone(), score);
        }
        Ok(())
    }

    /// New settings: changes of the best one, and of others that nothing beats.
    fn draw(&mut self, count: usize, best: &Setting) -> Vec<Setting> {
        let mut drawn: Vec<Setting> = Vec::new();
        for _ in 0..DRAWS {
            if drawn.len() == count {
                break;
            }
            let from = match self.random.choice(self.front.settings()) {
                Some((setting, _)) if self.random.bool() => setting,
                _ => best,
            };
            let changed = self.knobs.changed(from, &mut self.random);
            if !self.scores.contains_key(&changed) && !drawn.contains(&changed) {
                drawn.push(changed);
            }
        }
        drawn
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use load_model::Load;
    use load_rehearsal::Description;

    use super::*;

    pub(crate) fn setup(load: &str) -> Setup {
        let sample = include_str!("../../load-rehearsal/tests/sample.json");
        Description::json(sample).unwrap().setup(Load::shape(load).unwrap()).unwrap()
    }

    fn tuning(policy: &str, budget: usize) -> Tuning {
        let policy = Policy::read(policy).unwrap();
        Tuning {
            loads: vec![setup("step:from=150,to=400,at=5m,length=15m")],
            seeds: vec![1],
            held_out: Vec::new(),
            goal: Goal::new(1.0, &policy, None),
            policy,
            budget,
            seed: 3,
        }
    }

    fn run(tuning: &Tuning) -> Document {
        tuning.run(&AtomicBool::new(false), |_| ()).unwrap()
    }

    #[test]
    fn the_fewest_tasks_that_keep_the_objective_are_found() {
        let found = run(&tuning("fixed:tasks=12,instances=5", 20));
        // At 400 requests a second, a task keeps the objective up to about 80.
        let tasks = found.best.policy.strip_prefix("fixed:tasks=").unwrap();
        let tasks: usize = tasks.strip_suffix(",instances=5").unwrap().parse().unwrap();
        assert!((4..=6).contains(&tasks), "{}", found.best.policy);
        assert!(found.is_met && found.best.score.cost < found.start.score.cost);
        assert!(found.tried <= 20);
    }

    #[test]
    fn the_same_seed_finds_the_same() {
        let tuning = tuning("native:instances=5", 14);
        assert_eq!(run(&tuning), run(&tuning));
    }

    #[test]
    fn every_single_change_is_ranked_before_changes_are_combined() {
        let found = run(&tuning("native:instances=5", 40));
        assert!(found.singles.len() > 6 && found.tried > found.singles.len() + 1);
        assert!(found.singles.iter().all(|one| one.changes.len() == 1));
        let goal = tuning("native:instances=5", 1).goal;
        let scores: Vec<Score> = found.singles.iter().map(|one| one.score).collect();
        assert!(scores.windows(2).all(|pair| !goal.prefers(&pair[1], &pair[0])), "{scores:?}");
        assert!(!goal.prefers(&found.start.score, &found.best.score));
    }

    #[test]
    fn what_was_found_before_an_interruption_counts() {
        let stop = AtomicBool::new(false);
        let tuning = tuning("native:instances=5", 40);
        let found = tuning.run(&stop, |_| stop.store(true, Ordering::Relaxed)).unwrap();
        assert!(found.is_interrupted && found.tried == 1 + BATCH, "{}", found.tried);
    }

    #[test]
    fn loads_that_are_held_out_judge_the_start_and_the_result() {
        let mut tuning = tuning("fixed:tasks=12,instances=5", 8);
        tuning.held_out = vec![setup("step:from=150,to=300,at=5m,length=15m")];
        let held_out = run(&tuning).held_out.unwrap();
        assert!(held_out.best.cost < held_out.start.cost);
    }
}

//! Private words of the project, which field terms have replaced.

use regex_lite::Regex;

/// Each word as a regular expression of its private meaning, and its replacement.
const PRIVATE: &[(&str, &str)] = &[
    (r"\blook(s|ed)? again\b", "reconcile again, requeue"),
    (r"\b(another|further|last|narrow|next|no|soon|later) looks?\b", "reconcile"),
    (r"\blook(s|ed)? at everything\b", "full resync"),
    (r"\bnobody looks\b", "no reconcile"),
    (r"\banew\b", "again, full resync"),
    (r"NobodyLooks", "ReconcilerStalled"),
    (r"LookErrors", "ReconcileErrors"),
    (r"\bticks?\b", "requeue message"),
    (r"\bTicks?(HandedBack|Stopped|Errors|DeadLetters)", "Requeue…"),
    (r"\basks? for a tick\b", "requeue"),
    (r"\bpaces?\b", "delay class"),
    (r"\bTurn(Queue|DeadLetters)", "WorkItem…"),
    (r"\blanes?\b", "serialization key"),
    (r"\bheed(s|ed)?\b", "accept, accepted"),
    (r"\b(is|are) told\b", "logs, reports, shows"),
    (r"\btold in full\b", "trace"),
    (r"\bshorter history\b", "minimized case"),
    (r"\bpromises? (was|were) broken\b", "violation"),
    (r"\b(break|breaks|broke) a promise\b", "violation"),
    (r"\bamiss\b", "fault"),
    (r"\bwires?\b", "integration"),
    (r"\blet(s|ting)? (\w+ ){0,2}go\b", "release, be terminated"),
    (r"\bbears?\b", "sustain"),
    (r"\bgives? out\b", "saturates, delivers"),
    (r"\bnone (of them )?will do\b", "none suitable"),
    (r"\bprevails?\b", "applied"),
    (r"\boverruled\b", "superseded"),
    (r"\bunfit\b", "unsupported"),
    (r"\bseeds? of all chance\b", "random seed"),
    (r"\badapters?\b", "alarm-scaling"),
    (r"\bhomeless\b", "unplaced"),
    (r"\bunnotable\b", "record_refused"),
    (r"\bwhoever is paged\b", "the engineer on call"),
    (r"\bhand(s|ed)? (\w+ ){0,3}back\b", "delivers, delivered"),
    (r"\bstray (message|requeue|work item)s?\b", "misrouted message"),
    (r"\b(strays|strayed|StrayMessages)\b", "misrouted"),
    (r"\bMore(Groups|Policies)\b", "Additional…"),
    (r"\bMORE_POLICIES\b", "ADDITIONAL_POLICIES"),
    (r"\bRaiseForTasks\b", "AddInstancesForTasks"),
    (r"\bKeepRoomForTasks\b", "KeepCapacityForTasks"),
    (r"\bTaskLoad\b", "TaskCapacity"),
    (r"\b(took_ms|ask_error|route_error|bad_tags)\b", "the field's new name"),
];

/// Columns of context on either side of what is found.
const CONTEXT: usize = 40;

/// The private words in a text, each with its context. `place` is the path of a file, or a command
/// line.
pub fn found(place: &str, text: &str) -> Vec<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut found = Vec::new();
    for (word, instead) in PRIVATE {
        let word = Regex::new(&format!("(?i){word}")).unwrap();
        for one in word.find_iter(&text) {
            let before = text.get(..one.start()).unwrap_or_default().chars().rev().take(CONTEXT);
            let before: String = before.collect::<Vec<_>>().into_iter().rev().collect();
            let after = text.get(one.end()..).unwrap_or_default();
            let after: String = after.chars().take(CONTEXT).collect();
            let said = one.as_str();
            found.push(format!("{place}: {before}[{said}]{after}: write {instead}"));
        }
    }
    found
}

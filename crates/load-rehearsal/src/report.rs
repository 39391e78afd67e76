//! The rehearsal of a load as a self-contained HTML page.

mod figures;

use maud::{Markup, html};
use report_page::number::{number, seconds};
use report_page::{Page, Part};

use crate::change::{Change, Target};
use crate::course::Course;
use crate::document::Document;
use crate::policy::Policy;
use crate::setup::Setup;
use crate::table::ROWS;
use crate::verdict::Verdict;

/// The most changes that are listed for a policy.
const LISTED: usize = 200;

/// What the model leaves out.
const LEFT_OUT: [&str; 5] = [
    "Clients do not retry, and do not wait for a response before their next request.",
    "Tasks on one instance do not slow each other, and use no CPU beyond their reservation.",
    "EC2 always has capacity, and instances of a type start equally fast.",
    "A load balancer picks the task of each request at random.",
    "CloudWatch's metrics are on time, and AWS does not throttle calls.",
];

/// A report on the courses of a load. `command` is how it was made.
pub fn html(
    document: &Document,
    setup: &Setup,
    courses: &[(Policy, Course)],
    command: &str,
) -> String {
    let verdicts: Vec<&Verdict> = document.policies.iter().map(|one| &one.verdict).collect();
    let mut parts = vec![Part::new("policies", "Policies side by side", comparison(&verdicts))];
    for (place, (policy, course)) in courses.iter().enumerate() {
        let body = html! {
            div.figures { (figures::all(setup, course)) }
            (changes(course))
        };
        parts.push(Part::new(format!("policy-{}", place + 1), policy.to_string(), body));
    }
    parts.push(Part::new("model", "What was rehearsed", model(document, setup, command)));
    let page = Page {
        title: "How a service would scale",
        header: html! { "How a service would scale under the load " (document.load) },
        lead: lead(document, &verdicts),
        parts: &parts,
    };
    page.html()
}

/// The policy that kept the objective longest; of several, the one that cost least.
fn best<'a>(verdicts: &[&'a Verdict]) -> Option<&'a Verdict> {
    let order = |one: &&&Verdict, other: &&&Verdict| {
        let violated = one.violated_time_percent.total_cmp(&other.violated_time_percent);
        violated.then(one.cost.instance_hours.total_cmp(&other.cost.instance_hours))
    };
    verdicts.iter().min_by(order).copied()
}

fn lead(document: &Document, verdicts: &[&Verdict]) -> Markup {
    let objective = &document.objective;
    html! {
        section.answer {
            @if let Some(best) = best(verdicts) {
                h1 {
                    (best.policy) " kept the objective for "
                    (format!("{:.1}%", 100.0 - best.violated_time_percent)) " of the time."
                }
            }
            dl.facts {
                (fact("objective", &format!("{} below {}", objective.statistic, seconds(objective.limit_seconds))))
                (fact("failed requests", &format!("at most {}%", number(100.0 * objective.failed))))
                (fact("a task keeps it up to", &format!("{} requests/s", number(document.task_sustains))))
                (fact("length", &format!("{} h", number(document.seconds / 3_600.0))))
            }
            @for verdict in verdicts { p { (verdict.sentence) } }
        }
    }
}

fn fact(name: &str, value: &str) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

fn comparison(verdicts: &[&Verdict]) -> Markup {
    html! {
        div.box {
            table {
                thead { tr { th { "" } @for verdict in verdicts { th.name scope="col" { (verdict.policy) } } } }
                tbody {
                    @for (name, value) in ROWS {
                        tr { th scope="row" { (name) } @for verdict in verdicts { td { (value(verdict)) } } }
                    }
                }
            }
        }
        p {
            "Demand is the fewest tasks that keep the objective at the present rate. theta_U and \
             theta_O are normalized by it; instability is by the minute."
        }
    }
}

fn changes(course: &Course) -> Markup {
    let shown = course.changes.iter().take(LISTED);
    html! {
        h3 { "Changes of capacity" }
        @if course.changes.is_empty() { p { "There were none." } }
        @else {
            div.box {
                table {
                    thead { tr { th { "at" } th { "of" } th { "from" } th { "to" } th { "reason" } } }
                    tbody { @for change in shown { (row(change)) } }
                }
            }
            @if course.changes.len() > LISTED {
                p { "and " (course.changes.len() - LISTED) " more, which the JSON document lists." }
            }
        }
    }
}

fn row(change: &Change) -> Markup {
    let target = match change.target {
        Target::Tasks => "tasks",
        Target::Instances => "instances",
    };
    html! {
        tr {
            th scope="row" { (report_page::number::clock(change.second)) }
            td { (target) } td { (change.from) } td { (change.to) } td { (change.reason) }
        }
    }
}

fn model(document: &Document, setup: &Setup, command: &str) -> Markup {
    let (service, tasks, cluster) = (&setup.service, &setup.tasks, &setup.cluster);
    html! {
        dl.facts {
            (fact("a task sustains", &format!("{} requests/s", number(service.sustained))))
            (fact("a request takes", &seconds(service.work.mean_seconds)))
            (fact("a client waits", &seconds(service.timeout_seconds)))
            (fact("tasks", &format!("{} to {}", tasks.min, tasks.max)))
            (fact("a task starts in", &seconds(tasks.workload.start_seconds as f64)))
            (fact("instances", &format!("{} to {}", cluster.min, cluster.max)))
            (fact("an instance boots in", &seconds(cluster.boot_seconds as f64)))
            (fact("random seed", &document.seed.to_string()))
        }
        p { "What the model leaves out:" }
        ul { @for sentence in LEFT_OUT { li { (sentence) } } }
        pre { code { (command) } }
    }
}

use load_rehearsal::document::Document;
use load_rehearsal::{Course, Policy, Prepared, Setup, rehearse, report};

use crate::sample::setup;

const LOAD: &str = "spike:base=150,peak=600,at=10m,for=20m,length=45m";

fn courses(setup: &Setup, policies: &[&str]) -> Vec<(Policy, Course)> {
    let course = |text: &&str| {
        let policy = Policy::read(text).unwrap();
        let course = rehearse(setup, &policy, 1).unwrap();
        (policy, course)
    };
    policies.iter().map(course).collect()
}

fn page(setup: &Setup, courses: &[(Policy, Course)], command: &str) -> String {
    let document = Document::of(LOAD, 1, &Prepared::new(setup).unwrap(), courses);
    report::html(&document, setup, courses, command)
}

#[test]
fn policies_stand_side_by_side_with_plots_and_reasons() {
    let setup = setup(LOAD);
    let courses = courses(&setup, &["native", "fixed:tasks=8"]);
    let page = page(&setup, &courses, "rehearse load");
    for text in [
        "<h1>fixed:tasks=8 kept the objective for 100.0% of the time.</h1>",
        "<th scope=\"row\">time outside the objective</th>",
        "data-plot=\"tasks\"",
        "limit 250 ms",
        "ecs-tide-tasks-out at 100.0, policy OutPolicy",
        "There were none.",
        "Clients do not retry",
    ] {
        assert!(page.contains(text), "{text:?} is missing");
    }
    assert_eq!(page.matches("<svg").count(), 10);
    assert!(!page.contains("could not be drawn"));
}

#[test]
fn a_report_loads_nothing_and_escapes_what_it_is_given() {
    let setup = setup(LOAD);
    let courses = courses(&setup, &["fixed:tasks=8"]);
    let page = page(&setup, &courses, "<script>alert(1)</script>");
    for text in ["<script", "http:", "https:", "url(", "@import", "src=\""] {
        assert!(!page.contains(text), "{text:?} is there");
    }
    assert!(page.contains("&lt;script&gt;"));
    assert_eq!(page.matches("href=\"").count(), page.matches("href=\"#").count());
}

#[test]
fn a_day_takes_less_than_a_megabyte() {
    let mut setup = setup("on-off:on=900,off=50,length=24h");
    setup.cluster.max = 10;
    let courses = courses(&setup, &["native", "alarm-scaling"]);
    let page = page(&setup, &courses, "rehearse load");
    assert!(page.len() < 1_000_000, "{} bytes", page.len());
}

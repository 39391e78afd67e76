//! A load test of a web service, and possible answers to it.
//!
//! Two tasks take eight rates, four tasks take four of them again. A task answers by the
//! Universal Scalability Law, with 120 requests a second at most.

mod answers;
mod service;

pub use answers::{none_suitable, not_enough, recommended};
use metric_advisor::report::{Made, Origin};
pub use service::load_test;
use time::macros::datetime;

/// The sources of its report.
pub fn made() -> Made {
    Made {
        command: "metric-advisor advise test.csv --cluster demo --service web --html report.html"
            .to_owned(),
        version: "0.1.0".to_owned(),
        at: datetime!(2026-11-26 10:15 UTC),
        service: Some("web of the cluster demo".to_owned()),
        origins: vec![Origin {
            name: "test.csv".to_owned(),
            format: "separated values".to_owned(),
            sha256: Some(
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".to_owned(),
            ),
        }],
    }
}

/// The policies to paste.
pub fn policies() -> Vec<(String, String)> {
    let policy = r#"{
  "TargetValue": 59.2,
  "PredefinedMetricSpecification": { "PredefinedMetricType": "ECSServiceAverageCPUUtilization" },
  "ScaleOutCooldown": 60,
  "ScaleInCooldown": 300
}"#;
    let command = "aws application-autoscaling put-scaling-policy --service-namespace ecs \
--scalable-dimension ecs:service:DesiredCount --resource-id service/demo/web \
--policy-name cpu --policy-type TargetTrackingScaling \
--target-tracking-scaling-policy-configuration file://policy.json";
    vec![
        ("policy.json, for target tracking".to_owned(), policy.to_owned()),
        ("Put it on the service".to_owned(), command.to_owned()),
    ]
}

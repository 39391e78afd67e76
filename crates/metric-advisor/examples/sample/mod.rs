//! A load test of a web service, and what could be said of it.
//!
//! Two tasks take eight rates, four tasks take four of them again. A task answers by the
//! Universal Scalability Law, with 120 requests a second at most.

mod answers;
mod service;

pub use answers::{none_suitable, not_enough, recommended};
pub use service::load_test;

/// What there would be to paste.
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

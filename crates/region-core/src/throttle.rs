//! AWS's token buckets: a burst, then a steady rate, per account and region.

use std::collections::BTreeMap;

use crate::Time;
use crate::api::{Api, ApiError};

/// Operations that share one bucket
/// (<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Bucket {
    ClusterRead,
    ClusterResourceModify,
    ClusterResourceRead,
    ServiceModify,
    ServiceRead,
    TagModify,
    TaskDefinitionRead,
    TaskProtection,
    AutoScaling,
    DescribeAlarms,
    GetMetricData,
    PutMetricData,
    Alarms,
    AlarmTags,
    Parameters,
}

impl Bucket {
    /// The bucket of an operation, unless its service is not simulated here.
    fn of(api: Api, operation: &str) -> Option<Self> {
        Some(match (api, operation) {
            (Api::Sns, _) => return None,
            (Api::AutoScaling, _) => Self::AutoScaling,
            (Api::CloudWatch, "DescribeAlarms") => Self::DescribeAlarms,
            (Api::CloudWatch, "GetMetricData") => Self::GetMetricData,
            (Api::CloudWatch, "PutMetricData") => Self::PutMetricData,
            (Api::CloudWatch, "ListTagsForResource") => Self::AlarmTags,
            (Api::CloudWatch, _) => Self::Alarms,
            (Api::Ssm, _) => Self::Parameters,
            (Api::Ecs, "DescribeServices" | "ListServices") => Self::ServiceRead,
            (Api::Ecs, "DescribeTaskDefinition") => Self::TaskDefinitionRead,
            (Api::Ecs, "TagResource") => Self::TagModify,
            (Api::Ecs, "UpdateService") => Self::ServiceModify,
            (Api::Ecs, "GetTaskProtection") => Self::TaskProtection,
            (Api::Ecs, "DescribeClusters" | "ListClusters") => Self::ClusterRead,
            (
                Api::Ecs,
                "ListContainerInstances"
                | "DescribeContainerInstances"
                | "ListAttributes"
                | "ListTasks"
                | "DescribeTasks",
            ) => Self::ClusterResourceRead,
            (Api::Ecs, _) => Self::ClusterResourceModify,
        })
    }

    /// The burst, and the tokens that come back each second. Auto Scaling publishes
    /// neither; its values here are a strict guess. CloudWatch and Systems Manager publish
    /// transactions per second (their "service quotas"), taken for both.
    fn size(self) -> (f64, f64) {
        match self {
            Self::ClusterRead | Self::TaskDefinitionRead => (50.0, 20.0),
            Self::ServiceModify => (50.0, 5.0),
            Self::TagModify => (20.0, 10.0),
            Self::ClusterResourceModify => (100.0, 40.0),
            Self::ClusterResourceRead | Self::ServiceRead => (100.0, 20.0),
            Self::TaskProtection => (200.0, 80.0),
            Self::AutoScaling => (100.0, 10.0),
            Self::DescribeAlarms => (9.0, 9.0),
            Self::GetMetricData => (50.0, 50.0),
            Self::PutMetricData => (500.0, 500.0),
            Self::Alarms => (3.0, 3.0),
            Self::AlarmTags => (10.0, 10.0),
            Self::Parameters => (40.0, 40.0),
        }
    }
}

/// The buckets and what is left in each.
#[derive(Debug, Default)]
pub struct Throttle {
    left: BTreeMap<Bucket, (Time, f64)>,
}

impl Throttle {
    /// Take a token for one call.
    ///
    /// # Errors
    /// When the bucket is empty.
    pub fn admit(&mut self, now: Time, api: Api, operation: &str) -> Result<(), ApiError> {
        let Some(bucket) = Bucket::of(api, operation) else { return Ok(()) };
        let (burst, rate) = bucket.size();
        let (since, left) = self.left.get(&bucket).copied().unwrap_or((now, burst));
        let left = (left + (now - since).as_seconds_f64() * rate).min(burst);
        let admitted = left >= 1.0;
        self.left.insert(bucket, (now, if admitted { left - 1.0 } else { left }));
        if admitted {
            return Ok(());
        }
        Err(ApiError::throttled(api))
    }
}

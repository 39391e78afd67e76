//! Ids, names and ARNs of AWS resources, each of its own type, so that none can pass for another.
//!
//! What others write, in messages and in the environment, is parsed and may be refused. What AWS
//! answers is taken as it is: a resource that AWS shows must not disappear here because its name
//! has a form that this crate does not know.

mod arn;
mod name;
mod resources;

pub use arn::Arn;
pub use name::BadName;
pub use resources::{
    AlarmArn, AlarmName, ClusterArn, ClusterName, ContainerInstanceArn, FifoTopicArn, GroupName,
    HookName, InstanceId, QueueArn, RoleArn, ServiceArn, ServiceName, TaskArn, TaskDefinitionArn,
    TopicArn,
};

//! Behavior of alarms and metric data, through CloudWatch's operations.

mod alarm_calls;
mod alarms;
mod composites;
mod data;
mod refused_data;
mod setup;
mod short;
mod tags;

//! AWS's guide on scaling ECS services, by its examples and its kinds of service.

mod examples;
mod ladder;
mod patterns;

//! Lifecycle hooks, and the lifecycle actions by which they hold instances.

use serde::Deserialize;
use time::Duration;

use region_core::Time;
use region_core::wording::seconds;

/// The transition at which a hook holds an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
pub enum HookTransition {
    #[serde(rename = "autoscaling:EC2_INSTANCE_LAUNCHING")]
    Launching,
    #[serde(rename = "autoscaling:EC2_INSTANCE_TERMINATING")]
    Terminating,
}

impl HookTransition {
    /// Auto Scaling's own word.
    pub(super) fn read(word: &str) -> Option<Self> {
        [Self::Launching, Self::Terminating].into_iter().find(|one| one.as_str() == word)
    }

    /// `LifecycleTransition`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Launching => "autoscaling:EC2_INSTANCE_LAUNCHING",
            Self::Terminating => "autoscaling:EC2_INSTANCE_TERMINATING",
        }
    }
}

/// A lifecycle hook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    pub name: String,
    pub transition: HookTransition,
    pub heartbeat_seconds: u64,
    pub default_result: HookResult,
    pub topic_arn: Option<String>,
    pub role_arn: Option<String>,
    pub metadata: Option<String>,
}

impl Hook {
    /// min(48 h, 100 × heartbeat), in seconds (API_LifecycleHook).
    pub(super) fn global_seconds(&self) -> u64 {
        self.heartbeat_seconds.saturating_mul(100).min(172_800)
    }
}

/// How a lifecycle action is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum HookResult {
    /// Continue after the other hooks.
    Continue,
    /// Continue without waiting for other hooks.
    Abandon,
}

impl HookResult {
    /// Auto Scaling's own word.
    pub(super) fn read(word: &str) -> Option<Self> {
        [Self::Continue, Self::Abandon].into_iter().find(|one| one.as_str() == word)
    }

    /// Auto Scaling's own word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Continue => "CONTINUE",
            Self::Abandon => "ABANDON",
        }
    }
}

/// How a lifecycle action ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActionEnd {
    /// It was completed by a call.
    Completed(HookResult),
    /// No heartbeat came in time.
    HeartbeatTimeout,
    /// It reached min(48 h, 100 × heartbeat).
    GlobalTimeout,
    /// Another hook of the same run was abandoned.
    Skipped,
}

/// One hook holding one instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// The hook's name.
    pub hook: String,
    /// The token of this action.
    pub token: String,
    /// When the instance began to wait for it.
    pub started_at: Time,
    /// The last heartbeat recorded; the start before any.
    pub last_heartbeat: Time,
    /// When and how it ended; none while it holds the instance.
    pub ended: Option<(Time, ActionEnd)>,
    /// The result when time runs out.
    pub default_result: HookResult,
    pub(super) heartbeat: Duration,
    pub(super) global_end: Time,
}

impl Action {
    pub(super) fn new(hook: &Hook, token: String, now: Time) -> Self {
        Self {
            hook: hook.name.clone(),
            token,
            started_at: now,
            last_heartbeat: now,
            ended: None,
            default_result: hook.default_result,
            heartbeat: seconds(hook.heartbeat_seconds),
            global_end: now + seconds(hook.global_seconds()),
        }
    }

    /// The heartbeat timeout of the hook when the action began.
    pub fn heartbeat(&self) -> Duration {
        self.heartbeat
    }

    /// When it runs out unless another heartbeat comes.
    pub fn expires_at(&self) -> Time {
        (self.last_heartbeat + self.heartbeat).min(self.global_end)
    }

    /// Whether it ended as ABANDON.
    pub(super) fn abandoned(&self) -> bool {
        match self.ended {
            Some((_, ActionEnd::Completed(result))) => result == HookResult::Abandon,
            Some((_, ActionEnd::HeartbeatTimeout | ActionEnd::GlobalTimeout)) => {
                self.default_result == HookResult::Abandon
            }
            Some((_, ActionEnd::Skipped)) | None => false,
        }
    }
}

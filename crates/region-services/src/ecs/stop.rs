//! Why tasks stop, after
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html>.

/// `stopCode` (API_Task). Only a task of Fargate stops with `SpotInterruption`: one on an instance
/// that Spot takes ends with its instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StopCode {
    EssentialContainerExited,
    ServiceSchedulerInitiated,
    TaskFailedToStart,
    TerminationNotice,
    UserInitiated,
}

impl StopCode {
    /// ECS's own word.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::EssentialContainerExited => "EssentialContainerExited",
            Self::ServiceSchedulerInitiated => "ServiceSchedulerInitiated",
            Self::TaskFailedToStart => "TaskFailedToStart",
            Self::TerminationNotice => "TerminationNotice",
            Self::UserInitiated => "UserInitiated",
        }
    }
}

/// Why a task stops: the first cause, whatever follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stop {
    pub(super) code: StopCode,
    /// `stoppedReason`.
    pub(super) reason: String,
}

impl Stop {
    pub(super) fn new(code: StopCode, reason: &str) -> Self {
        Self { code, reason: reason.to_owned() }
    }

    /// The scheduler of a service stops the task, for this deployment.
    pub(super) fn by_scheduler(deployment: &str) -> Self {
        Self {
            code: StopCode::ServiceSchedulerInitiated,
            reason: format!("Scaling activity initiated by (deployment {deployment})"),
        }
    }

    /// Its container ended by itself, once it ran or before.
    pub(super) fn of_container(ran: bool) -> Self {
        match ran {
            true => {
                Self::new(StopCode::EssentialContainerExited, "Essential container in task exited")
            }
            false => Self::new(StopCode::TaskFailedToStart, "Task failed to start"),
        }
    }

    /// The instance under it was `terminated` or `stopped`.
    pub(super) fn with_host(ec2_id: &str, end: &str) -> Self {
        Self {
            code: StopCode::TerminationNotice,
            reason: format!("Host EC2 (instance {ec2_id}) {end}."),
        }
    }

    /// Its container instance was deregistered by force. AWS documents no code for it.
    pub(super) fn by_deregistration() -> Self {
        let reason = "Container instance deregistration forced by user";
        Self::new(StopCode::UserInitiated, reason)
    }

    /// The exit code of its container, if AWS knows it. A container that ECS stops
    /// is taken to end by SIGTERM.
    pub(super) fn exit_code(&self) -> Option<u8> {
        match self.code {
            StopCode::EssentialContainerExited => Some(0),
            StopCode::ServiceSchedulerInitiated | StopCode::UserInitiated => Some(143),
            StopCode::TaskFailedToStart | StopCode::TerminationNotice => None,
        }
    }
}

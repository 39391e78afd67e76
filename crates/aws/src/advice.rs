//! What to do about a failed call. It is for the logs of functions, so it is not in the error.

use crate::{Error, ErrorKind};

/// The text of an error with advice.
pub fn advised(error: &Error) -> String {
    let operation = error.operation;
    match &error.kind {
        ErrorKind::Throttled => format!("{error}; it is tried again"),
        ErrorKind::NoSuchCluster => format!("{error}, check the cluster's name"),
        ErrorKind::AttributesFull => format!("{error}, remove one of the ten"),
        ErrorKind::Denied(message) => {
            format!("{operation} was denied, grant it to the function's role: {message}")
        }
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_that_an_operator_can_mend_say_how() {
        let text = |kind| advised(&Error { operation: "Call", kind });
        assert_eq!(text(ErrorKind::Throttled), "Call was throttled; it is tried again");
        let missing = "Call: no such cluster, check the cluster's name";
        assert_eq!(text(ErrorKind::NoSuchCluster), missing);
        let full = "Call: no room for another attribute, remove one of the ten";
        assert_eq!(text(ErrorKind::AttributesFull), full);
        let denied = "Call was denied, grant it to the function's role: no policy allows it";
        assert_eq!(text(ErrorKind::Denied("no policy allows it".to_owned())), denied);
        assert_eq!(text(ErrorKind::AlreadyDone), "Call: the lifecycle action is over already");
    }
}

//! The event of a run.

use aws_names::GroupName;
use serde_json::Value;

/// The groups to look after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// All that have a tag of ours: the event `{}`.
    All,
    /// These, whatever their tags: the event `{"groups":["web"]}`. The hook of one that has lost all
    /// of its tags is found only by its name.
    Named(Vec<GroupName>),
}

impl Request {
    /// # Errors
    /// What is wrong with the event.
    pub fn read(event: &Value) -> Result<Self, String> {
        let wanted = r#"write {} for all groups, or {"groups":["NAME"]}"#;
        let fields = event.as_object().ok_or_else(|| format!("event is no object: {wanted}"))?;
        if let Some(other) = fields.keys().find(|field| *field != "groups") {
            return Err(format!("event has the unknown field `{other}`: {wanted}"));
        }
        let Some(groups) = fields.get("groups") else { return Ok(Self::All) };
        let name = |group: &Value| {
            let text = group.as_str().ok_or_else(|| format!("group {group} is no text"))?;
            text.parse().map_err(|bad| format!("group `{text}` is {bad}"))
        };
        match groups.as_array() {
            Some(groups) if !groups.is_empty() => {
                Ok(Self::Named(groups.iter().map(name).collect::<Result<_, String>>()?))
            }
            _ => Err(format!("field `groups` is no list of names: {wanted}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_empty_object_means_all_groups_and_a_list_those_in_it() {
        assert_eq!(Request::read(&json!({})), Ok(Request::All));
        let named = Request::Named(vec![GroupName::from_aws("a"), GroupName::from_aws("b")]);
        assert_eq!(Request::read(&json!({"groups": ["a", "b"]})), Ok(named));
    }

    #[test]
    fn any_other_event_is_refused_with_what_is_wrong() {
        for (event, wrong) in [
            (json!([]), "no object"),
            (json!({"groups": []}), "no list of names"),
            (json!({"groups": "a"}), "no list of names"),
            (json!({"groups": [1]}), "group 1 is no text"),
            (json!({"groups": ["a:b"]}), "group `a:b` is not the name"),
            (json!({"schedule": {}}), "unknown field `schedule`"),
        ] {
            let error = Request::read(&event).unwrap_err();
            assert!(error.contains(wrong), "{error}");
        }
    }
}

//! What roles may do, by the policies that stand in them or name them.

use serde_json::Value;

use super::TemplateError;
use super::permission::texts;
use super::property::Properties;

/// A statement of a role's policies: it allows these actions on these resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Actions, such as `ecs:StopTask`.
    pub actions: Vec<String>,
    /// ARNs, perhaps with wildcards.
    pub resources: Vec<String>,
    /// On what conditions; null if on none.
    pub condition: Value,
}

/// The statements of all policies of one role.
pub(super) fn statements(p: &Properties) -> Result<Vec<Statement>, TemplateError> {
    let mut statements = Vec::new();
    for policy in p.list("Policies")? {
        statements.extend(of_document(p, policy, "Policies.PolicyDocument.Statement")?);
    }
    Ok(statements)
}

/// The statements of an `AWS::IAM::Policy`.
pub(super) fn of_policy(p: &Properties) -> Result<Vec<Statement>, TemplateError> {
    of_document(p, &p.body, "PolicyDocument.Statement")
}

fn of_document(
    p: &Properties,
    policy: &Value,
    path: &str,
) -> Result<Vec<Statement>, TemplateError> {
    let listed = policy.pointer("/PolicyDocument/Statement").and_then(Value::as_array);
    let listed = listed.ok_or_else(|| p.error(path, "is no list; give one"))?;
    let read = |statement: &Value| {
        if statement.get("Effect").and_then(Value::as_str) != Some("Allow") {
            return Err(p.error(path, "does not allow; only what allows can be read here"));
        }
        Ok(Statement {
            actions: texts(statement.get("Action")),
            resources: texts(statement.get("Resource")),
            condition: statement.get("Condition").cloned().unwrap_or_default(),
        })
    };
    listed.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};

    use crate::template::roles;

    fn template(effect: &str, condition: &str) -> String {
        format!(
            "
Parameters:
  Cluster: {{ Type: String, Default: web }}
Resources:
  Logs:
    Type: AWS::Logs::LogGroup
    Properties: {{ LogGroupName: !Sub '/lambda/${{AWS::StackName}}' }}
  Role:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyDocument:
            Statement:
              - {{ Effect: Allow, Action: [logs:PutLogEvents], Resource: !GetAtt Logs.Arn }}
        - PolicyDocument:
            Statement:
              - Effect: {effect}
                Action: ecs:StopTask
                Resource: [!Sub 'task/${{Cluster}}/*', other]
                {condition}
"
        )
    }

    #[test]
    fn a_role_allows_what_all_its_policies_allow() {
        let text = template("Allow", "Condition: { Bool: { a: !Ref Cluster } }");
        let roles = roles(&text, &BTreeMap::new()).unwrap();
        let [first, second] = &roles["Role"][..] else { panic!("{roles:?}") };
        assert_eq!(first.actions, ["logs:PutLogEvents"]);
        let logs = "arn:aws:logs:us-east-1:123456789012:log-group:/lambda/ecs-tide:*";
        assert_eq!(
            (&first.resources[..], &first.condition),
            (&[logs.to_owned()][..], &Value::Null)
        );
        assert_eq!(second.actions, ["ecs:StopTask"]);
        assert_eq!(second.resources, ["task/web/*", "other"]);
        assert_eq!(second.condition, json!({"Bool": {"a": "web"}}));
    }

    #[test]
    fn what_denies_is_not_taken_for_what_allows() {
        let refused = roles(&template("Deny", ""), &BTreeMap::new()).unwrap_err().to_string();
        assert!(
            refused.contains("resource `Role`") && refused.contains("does not allow"),
            "{refused}"
        );
    }
}

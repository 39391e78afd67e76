//! Input fields of a call, and the pages of its answer.

use serde_json::Value;

use crate::api::ApiError;

/// A string field; absent, empty and of another type are the same.
pub fn text<'a>(input: &'a Value, name: &str) -> Option<&'a str> {
    input.get(name)?.as_str().filter(|text| !text.is_empty())
}

/// A list of strings; absent is empty.
pub fn texts<'a>(input: &'a Value, name: &str) -> Vec<&'a str> {
    let list = input.get(name).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str).collect()
}

/// A whole number; the query protocol sends it as text.
pub fn number(input: &Value, name: &str) -> Option<i64> {
    let value = input.get(name)?;
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

/// A truth value; the query protocol sends it as text.
pub fn flag(input: &Value, name: &str) -> bool {
    input.get(name).is_some_and(|value| value.as_bool() == Some(true) || value == "true")
}

/// A field that is set and not `known`. A client sends no field that AWS does not know, so a field
/// that is not read here would be ignored where AWS acts on it.
pub fn unread<'a>(input: &'a Value, known: &[&str]) -> Option<&'a str> {
    let fields = input.as_object().into_iter().flatten();
    let mut set = fields.filter(|(_, value)| !value.is_null()).map(|(name, _)| name.as_str());
    set.find(|name| !known.contains(name))
}

/// The last part of an ARN, or the whole of a plain name or id.
pub fn short(name_or_arn: &str) -> &str {
    name_or_arn.rsplit('/').next().unwrap_or(name_or_arn)
}

/// How one operation pages: its field names, its sizes and its error code.
pub struct Pages {
    /// The field that asks for a page's size.
    pub size: &'static str,
    /// The field that carries the place to go on from.
    pub token: &'static str,
    /// The size when none is asked for.
    pub usual: usize,
    /// The error code for a size or token that is not one.
    pub code: &'static str,
}

impl Pages {
    /// One page of `items`, each under a number that grows and stays its own, and the next token.
    ///
    /// # Errors
    /// When the size is not 1 to 100, or the token is invalid.
    pub fn cut<T>(
        &self,
        input: &Value,
        items: impl Iterator<Item = (usize, T)>,
    ) -> Result<(Vec<T>, Option<String>), ApiError> {
        let refused = |field: &str| ApiError::client(self.code, format!("Invalid {field}."));
        let size = match number(input, self.size) {
            None => self.usual,
            Some(asked) => usize::try_from(asked)
                .ok()
                .filter(|size| (1..=100).contains(size))
                .ok_or_else(|| refused(self.size))?,
        };
        let from = match text(input, self.token) {
            None => 0,
            Some(token) => token.parse::<usize>().map_err(|_| refused(self.token))?,
        };
        let mut rest = items.skip_while(|(number, _)| *number < from);
        let page = rest.by_ref().take(size).map(|(_, item)| item).collect();
        Ok((page, rest.next().map(|(number, _)| number.to_string())))
    }
}

//! The pages of Auto Scaling's answers.

use serde_json::{Value, json};

use region_core::api::ApiError;
use region_core::input::{Pages, text};

/// One page of `items`, each under a number that grows, and the next token. `usual` is the size
/// of a page for which none is asked.
///
/// # Errors
/// `ValidationError` for a size that is not 1 to 100, `InvalidNextToken` for a token that is none.
pub(super) fn cut<T>(
    input: &Value,
    usual: usize,
    items: impl Iterator<Item = (usize, T)>,
) -> Result<(Vec<T>, Option<String>), ApiError> {
    if text(input, "NextToken").is_some_and(|token| token.parse::<usize>().is_err()) {
        return Err(ApiError::client("InvalidNextToken", "The NextToken value is not valid."));
    }
    let pages = Pages { size: "MaxRecords", token: "NextToken", usual, code: "ValidationError" };
    pages.cut(input, items)
}

pub(super) fn paged(name: &str, page: Vec<Value>, next: Option<String>) -> Value {
    match next {
        Some(next) => json!({ name: page, "NextToken": next }),
        None => json!({ name: page }),
    }
}

//! The words and signs of an expression.

use super::expression::Operator;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Number(f64),
    Word(String),
    Operator(Operator),
    Open,
    Close,
    OpenArray,
    CloseArray,
    Comma,
}

/// The signs that say something, longest first.
static SIGNS: [(&str, Token); 19] = [
    ("&&", Token::Operator(Operator::And)),
    ("||", Token::Operator(Operator::Or)),
    ("==", Token::Operator(Operator::Equal)),
    ("!=", Token::Operator(Operator::NotEqual)),
    ("<=", Token::Operator(Operator::LessOrEqual)),
    (">=", Token::Operator(Operator::GreaterOrEqual)),
    ("<", Token::Operator(Operator::Less)),
    (">", Token::Operator(Operator::Greater)),
    ("+", Token::Operator(Operator::Add)),
    ("-", Token::Operator(Operator::Subtract)),
    ("*", Token::Operator(Operator::Multiply)),
    ("/", Token::Operator(Operator::Divide)),
    ("^", Token::Operator(Operator::Power)),
    ("(", Token::Open),
    (")", Token::Close),
    ("[", Token::OpenArray),
    ("]", Token::CloseArray),
    (",", Token::Comma),
    ("=", Token::Operator(Operator::Equal)),
];

/// The tokens of `text`, in order.
///
/// # Errors
/// The first sign that is none.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = |of: fn(char) -> bool| rest.find(|c| !of(c)).unwrap_or(rest.len());
        let (token, length) = if first.is_ascii_digit() || first == '.' {
            let length = length(|c| c.is_ascii_digit() || c == '.');
            let digits = rest.get(..length).unwrap_or_default();
            let number = digits.parse().map_err(|_| format!("`{digits}` is no number"))?;
            (Token::Number(number), length)
        } else if first.is_ascii_alphabetic() {
            let length = length(|c| c.is_ascii_alphanumeric() || c == '_');
            (word(rest.get(..length).unwrap_or_default()), length)
        } else {
            let sign = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign));
            let (sign, token) = sign.ok_or_else(|| format!("`{first}` means nothing"))?;
            (token.clone(), sign.len())
        };
        tokens.push(token);
        rest = rest.get(length..).unwrap_or_default().trim_start();
    }
    Ok(tokens)
}

fn word(word: &str) -> Token {
    match word {
        "AND" => Token::Operator(Operator::And),
        "OR" => Token::Operator(Operator::Or),
        word => Token::Word(word.to_owned()),
    }
}

//! An expression from its text, by the precedence of its operators.

use std::iter::Peekable;
use std::vec::IntoIter;

use super::expression::{Expression, Function, Operator};
use super::token::{Token, tokens};

/// The deepest nesting: more than an expression of 1,024 characters needs to say
/// anything, and few enough to read by recursion.
const DEEPEST: usize = 64;

/// Read an expression.
///
/// # Errors
/// What is malformed, or not known here.
pub(crate) fn parse(text: &str) -> Result<Expression, String> {
    let mut parser = Parser { tokens: tokens(text)?.into_iter().peekable(), depth: 0 };
    let expression = parser.binary(0)?;
    match parser.tokens.next() {
        None => Ok(expression),
        Some(token) => Err(format!("{token:?} comes after the end of the expression")),
    }
}

struct Parser {
    tokens: Peekable<IntoIter<Token>>,
    depth: usize,
}

impl Operator {
    /// How strongly it binds.
    fn precedence(self) -> usize {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::Equal | Self::NotEqual => 3,
            Self::LessOrEqual | Self::Less | Self::GreaterOrEqual | Self::Greater => 4,
            Self::Add | Self::Subtract => 5,
            Self::Multiply | Self::Divide => 6,
            Self::Power => 7,
        }
    }
}

impl Parser {
    fn binary(&mut self, least: usize) -> Result<Expression, String> {
        let mut left = self.unary()?;
        while let Some(Token::Operator(operator)) = self.tokens.peek() {
            let operator = *operator;
            let precedence = operator.precedence();
            if precedence < least {
                break;
            }
            self.tokens.next();
            let right = self.binary(precedence + 1)?;
            left = Expression::Binary(operator, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Expression, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(format!("it is nested more than {DEEPEST} deep"));
        }
        let parsed = match self.tokens.next() {
            Some(Token::Operator(Operator::Subtract)) => {
                Ok(Expression::Negative(Box::new(self.unary()?)))
            }
            Some(Token::Number(number)) => Ok(Expression::Number(number)),
            Some(Token::Open) => {
                let inner = self.binary(0)?;
                self.expect(&Token::Close)?;
                Ok(inner)
            }
            Some(Token::OpenArray) => Ok(Expression::Array(self.list(&Token::CloseArray)?)),
            Some(Token::Word(word)) => self.word(word),
            Some(token) => Err(format!("{token:?} is no value")),
            None => Err("it ends where a value belongs".to_owned()),
        };
        self.depth -= 1;
        parsed
    }

    /// An id begins with a small letter, a function with a capital one.
    fn word(&mut self, word: String) -> Result<Expression, String> {
        if word.starts_with(|c: char| c.is_ascii_lowercase()) {
            return Ok(Expression::Id(word));
        }
        if word == "REPEAT" {
            return Ok(Expression::Repeat);
        }
        let function = function(&word)?;
        self.expect(&Token::Open)?;
        let arguments = self.list(&Token::Close)?;
        let allowed = match function {
            Function::If => 2..=3,
            Function::Fill => 2..=2,
            _ => 1..=1,
        };
        if !allowed.contains(&arguments.len()) {
            return Err(format!("{word} has {} arguments", arguments.len()));
        }
        Ok(Expression::Call(function, arguments))
    }

    fn list(&mut self, end: &Token) -> Result<Vec<Expression>, String> {
        let mut items = vec![self.binary(0)?];
        while self.tokens.next_if_eq(&Token::Comma).is_some() {
            items.push(self.binary(0)?);
        }
        self.expect(end)?;
        Ok(items)
    }

    fn expect(&mut self, token: &Token) -> Result<(), String> {
        match self.tokens.next_if_eq(token) {
            Some(_) => Ok(()),
            None => Err(format!("{token:?} is missing")),
        }
    }
}

fn function(name: &str) -> Result<Function, String> {
    Ok(match name {
        "ABS" => Function::Abs,
        "AVG" => Function::Avg,
        "CEIL" => Function::Ceil,
        "DIFF" => Function::Diff,
        "FILL" => Function::Fill,
        "FLOOR" => Function::Floor,
        "IF" => Function::If,
        "MAX" => Function::Max,
        "MIN" => Function::Min,
        "PERIOD" => Function::Period,
        "SUM" => Function::Sum,
        _ => return Err(format!("the simulated region has no metric math function {name}")),
    })
}

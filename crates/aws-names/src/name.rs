//! What all names have in common.

/// Text that is not a name of the wanted kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not {wanted}")]
pub struct BadName {
    /// What to write instead, with its article.
    pub wanted: &'static str,
}

/// Defines a type of names. `$wanted` describes one, and `$read` returns the name that a text
/// contains, if there is one.
macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $wanted:literal, $read:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        pub struct $name(String);

        impl $name {
            /// Takes what AWS answered as it is.
            pub fn from_aws(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::BadName;

            fn from_str(text: &str) -> Result<Self, $crate::BadName> {
                let read: fn(&str) -> Option<&str> = $read;
                let name = read(text).ok_or($crate::BadName { wanted: $wanted })?;
                Ok(Self(name.to_owned()))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl From<&$name> for String {
            fn from(name: &$name) -> Self {
                name.0.clone()
            }
        }
    };
}

pub(crate) use name;

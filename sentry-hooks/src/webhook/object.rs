//! Typed views of JSON objects, declared field by field.

use std::{borrow::Cow, fmt};

use crate::{
    json,
    model::{Actor, Event, Id, Issue, Project, Raw},
};

/// What a field of a typed view can hold.
pub(crate) trait Member<'a>: Sized {
    /// The same, detached from the bytes.
    type Owned;
    /// Reads a value; `None` when it is of another kind.
    fn read(raw: &'a str) -> Option<Self>;
    /// Detaches the value.
    fn detach(self) -> Self::Owned;
}

macro_rules! plain_members {
    ($($ty:ty => $read:expr,)*) => {$(
        impl<'a> Member<'a> for $ty {
            type Owned = Self;
            fn read(raw: &'a str) -> Option<Self> {
                $read(raw)
            }
            fn detach(self) -> Self {
                self
            }
        }
    )*};
}

plain_members! {
    Id => Id::from_raw,
    bool => json::boolean,
    u64 => json::unsigned,
    i64 => json::integer,
    f64 => json::float,
}

macro_rules! borrowing_members {
    ($($ty:ident => $read:expr,)*) => {$(
        impl<'a> Member<'a> for $ty<'a> {
            type Owned = $ty<'static>;
            fn read(raw: &'a str) -> Option<Self> {
                $read(raw)
            }
            fn detach(self) -> $ty<'static> {
                self.into_owned()
            }
        }
    )*};
}

borrowing_members! {
    Raw => |raw: &'a str| (!json::is_null(raw)).then(|| Raw::new(raw)),
    Actor => Actor::from_raw,
    Project => Project::from_raw,
    Issue => Issue::from_raw,
    Event => crate::wire::either,
}

impl<'a> Member<'a> for Cow<'a, str> {
    type Owned = Cow<'static, str>;
    fn read(raw: &'a str) -> Option<Self> {
        json::text(raw)
    }
    fn detach(self) -> Cow<'static, str> {
        Cow::Owned(self.into_owned())
    }
}

/// Arrays; elements of another kind are left out. `None` when it is no array.
impl<'a, T: Member<'a>> Member<'a> for Vec<T> {
    type Owned = Vec<T::Owned>;
    fn read(raw: &'a str) -> Option<Self> {
        if json::kind(raw) != json::Kind::Array {
            return None;
        }
        let mut out = Self::new();
        json::elements(raw, |element| out.extend(T::read(element)));
        Some(out)
    }
    fn detach(self) -> Self::Owned {
        self.into_iter().map(T::detach).collect()
    }
}

/// Large views behind a pointer.
impl<'a, T: Member<'a>> Member<'a> for Box<T> {
    type Owned = Box<T::Owned>;
    fn read(raw: &'a str) -> Option<Self> {
        T::read(raw).map(Self::new)
    }
    fn detach(self) -> Self::Owned {
        Box::new((*self).detach())
    }
}

/// Text that must not be logged. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Confidential<'a>(Cow<'a, str>);

impl Confidential<'_> {
    /// The text itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Confidential<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl<'a> Member<'a> for Confidential<'a> {
    type Owned = Confidential<'static>;
    fn read(raw: &'a str) -> Option<Self> {
        json::text(raw).map(Self)
    }
    fn detach(self) -> Self::Owned {
        Confidential(Cow::Owned(self.0.into_owned()))
    }
}

/// What `Debug` shows of a field marked `hidden`.
pub(crate) struct Hidden;

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hidden]")
    }
}

/// Declares a typed view: each field with its key (or keys, where versions differ) on the wire.
/// Every field is optional; the object's text is kept, so nothing is lost. Of several values for one
/// field the last that can be read counts: a null under the key of another version wipes nothing.
macro_rules! object {
    (@shown $value:expr) => {
        &$value
    };
    (@shown $value:expr, hidden) => {
        &$value.as_ref().map(|_| $crate::webhook::object::Hidden)
    };
    ($($(#[$meta:meta])* $name:ident<$lt:lifetime> {
        $($(#[$field_meta:meta])* $field:ident: $ty:ty = $($key:literal)|+ $(=> $hidden:ident)?,)*
    })*) => {$(
        $(#[$meta])*
        #[derive(Clone, PartialEq)]
        #[non_exhaustive]
        pub struct $name<$lt> {
            $($(#[$field_meta])* pub $field: Option<$ty>,)*
            source: $crate::model::Raw<$lt>,
        }

        impl<$lt> $name<$lt> {
            pub(crate) fn read(raw: &$lt str) -> Option<Self> {
                if !$crate::json::is_object(raw) {
                    return None;
                }
                let mut this = Self {
                    $($field: None,)*
                    source: $crate::model::Raw::new(raw),
                };
                $crate::json::members(raw, |key, _value| match key {
                    $($($key)|+ => {
                        let read = $crate::webhook::object::Member::read(_value);
                        this.$field = read.or(this.$field.take());
                    })*
                    _ => {}
                });
                Some(this)
            }

            /// The whole object as it came.
            #[must_use]
            pub fn raw(&self) -> &$crate::model::Raw<$lt> {
                &self.source
            }

            /// Detaches it from the bytes it was read from.
            #[must_use]
            pub fn into_owned(self) -> $name<'static> {
                $name {
                    $($field: self.$field.map($crate::webhook::object::Member::detach),)*
                    source: self.source.into_owned(),
                }
            }
        }

        impl ::std::fmt::Debug for $name<'_> {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(stringify!($name))
                    $(.field(stringify!($field), object!(@shown self.$field $(, $hidden)?)))*
                    .finish_non_exhaustive()
            }
        }

        impl<$lt> $crate::webhook::object::Member<$lt> for $name<$lt> {
            type Owned = $name<'static>;
            fn read(raw: &$lt str) -> Option<Self> {
                Self::read(raw)
            }
            fn detach(self) -> $name<'static> {
                self.into_owned()
            }
        }
    )*};
}

pub(crate) use object;

#[cfg(test)]
mod tests {
    use crate::webhook::{Comment, IssueWebhook, RootCause, Seer};

    #[test]
    fn a_null_under_another_versions_key_wipes_nothing() {
        for text in [
            r#"{"code_changes":{"shop":[{"path":"a.py"}]},"changes":null}"#,
            r#"{"changes":null,"code_changes":{"shop":[{"path":"a.py"}]}}"#,
        ] {
            assert_eq!(Seer::read(text).unwrap().code_changes().len(), 1, "{text}");
        }
        let cause = RootCause::read(r#"{"description":"why","one_line_description":null}"#);
        assert_eq!(cause.unwrap().description.unwrap(), "why");
        let cause = RootCause::read(r#"{"description":"why","description":"because"}"#);
        assert_eq!(cause.unwrap().description.unwrap(), "because", "of a repeated key the last");
    }

    #[test]
    fn debug_shows_neither_comments_nor_people() {
        let comment = r#"{"comment_id":7,"comment":"my password is hunter2"}"#;
        let shown = format!("{:?}", Comment::read(comment).unwrap());
        assert!(shown.contains('7') && shown.contains("[hidden]"), "{shown}");
        assert!(!shown.contains("hunter2"), "{shown}");
        let issue =
            r#"{"assignee":{"type":"user","id":9,"name":"Ada L.","email":"ada@acme.test"}}"#;
        let shown = format!("{:?}", IssueWebhook::read(issue).unwrap());
        assert!(shown.contains("user") && shown.contains('9'), "{shown}");
        assert!(!shown.contains("Ada") && !shown.contains("acme"), "{shown}");
    }
}

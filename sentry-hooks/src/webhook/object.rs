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

/// Declares a typed view: each field with its key (or keys, where versions differ) on the wire.
/// Every field is optional; the object's text is kept, so nothing is lost.
macro_rules! object {
    ($($(#[$meta:meta])* $name:ident<$lt:lifetime> {
        $($(#[$field_meta:meta])* $field:ident: $ty:ty = $($key:literal)|+,)*
    })*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
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
                        this.$field = $crate::webhook::object::Member::read(_value);
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

//! Reading JSON and YAML that may not have the expected shape.
//!
//! A value of the wrong type becomes [`Loose::Wrong`] and is read past, so that
//! the document around it stays readable: an error of the deserializer would
//! end it. Unknown keys are skipped, keys come in any order, and of a repeated
//! key the last value counts. What a wrong value means is up to the caller.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserializer;
use serde::de::{Deserialize, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A value that may be absent (or `null`), or of the wrong type.
#[derive(Debug, Default)]
pub(crate) enum Loose<T> {
    /// No such key, or `null`.
    #[default]
    Absent,
    /// There is a value, of a type that makes no sense here.
    Wrong,
    /// The value.
    Is(T),
}

/// A key that held a value of the wrong type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WrongType(pub(crate) &'static str);

impl<T> Loose<T> {
    /// The value; a wrong one is as good as none.
    pub(crate) fn ok(self) -> Option<T> {
        match self {
            Loose::Is(value) => Some(value),
            Loose::Absent | Loose::Wrong => None,
        }
    }

    /// Moves the value out, where a wrong one spoils the whole around it.
    pub(crate) fn take(&mut self, key: &'static str) -> Result<Option<T>, WrongType> {
        match std::mem::take(self) {
            Loose::Is(value) => Ok(Some(value)),
            Loose::Absent => Ok(None),
            Loose::Wrong => Err(WrongType(key)),
        }
    }

    /// Moves the value out, where an absent one spoils the whole around it too.
    pub(crate) fn take_required(&mut self, key: &'static str) -> Result<T, WrongType> {
        self.take(key)?.ok_or(WrongType(key))
    }
}

/// What a type makes of each kind of value; `None` is the wrong kind.
pub(crate) trait FromValue<'de>: Sized {
    /// A string.
    fn from_text(_: Cow<'de, str>) -> Option<Self> {
        None
    }

    /// `true` or `false`.
    fn from_bool(_: bool) -> Option<Self> {
        None
    }

    /// A number, written out.
    fn from_number(_: String) -> Option<Self> {
        None
    }

    /// A list, which must be read to its end.
    fn from_seq<A: SeqAccess<'de>>(mut seq: A) -> Result<Option<Self>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    /// A map, which must be read to its end.
    fn from_map<A: MapAccess<'de>>(mut map: A) -> Result<Option<Self>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

/// A map with known keys.
pub(crate) trait Object<'de>: Default {
    /// Takes the value of `key`, or [`skip`]s it.
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error>;
}

/// Reads past the value of the current key.
pub(crate) fn skip<'de, A: MapAccess<'de>>(map: &mut A) -> Result<(), A::Error> {
    map.next_value::<IgnoredAny>().map(|_| ())
}

impl<'de, T: Object<'de>> FromValue<'de> for T {
    fn from_map<A: MapAccess<'de>>(mut map: A) -> Result<Option<Self>, A::Error> {
        let mut object = T::default();
        while let Some(key) = map.next_key::<Loose<Cow<'de, str>>>()? {
            match key {
                Loose::Is(key) => object.field(&key, &mut map)?,
                // YAML allows keys that are no text; none of ours is one.
                Loose::Absent | Loose::Wrong => skip(&mut map)?,
            }
        }
        Ok(Some(object))
    }
}

impl<'de> FromValue<'de> for Cow<'de, str> {
    fn from_text(text: Cow<'de, str>) -> Option<Self> {
        Some(text)
    }
}

impl<'de> FromValue<'de> for bool {
    fn from_bool(value: bool) -> Option<Self> {
        Some(value)
    }
}

/// A string, a number or a truth value, as text.
#[derive(Debug)]
pub(crate) struct Scalar<'a>(pub(crate) Cow<'a, str>);

impl<'de> FromValue<'de> for Scalar<'de> {
    fn from_text(text: Cow<'de, str>) -> Option<Self> {
        Some(Scalar(text))
    }

    fn from_bool(value: bool) -> Option<Self> {
        Some(Scalar(Cow::Borrowed(if value { "true" } else { "false" })))
    }

    fn from_number(number: String) -> Option<Self> {
        Some(Scalar(Cow::Owned(number)))
    }
}

impl<'de, T: FromValue<'de>> FromValue<'de> for Vec<T> {
    fn from_seq<A: SeqAccess<'de>>(mut seq: A) -> Result<Option<Self>, A::Error> {
        let mut items = Vec::new();
        let mut all_fit = true;
        while let Some(item) = seq.next_element::<Loose<T>>()? {
            match item {
                Loose::Is(item) => items.push(item),
                Loose::Absent | Loose::Wrong => all_fit = false,
            }
        }
        Ok(all_fit.then_some(items))
    }
}

impl<'de, T: FromValue<'de>> Deserialize<'de> for Loose<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LooseVisitor(PhantomData))
    }
}

struct LooseVisitor<T>(PhantomData<T>);

fn is_or_wrong<T, E>(value: Option<T>) -> Result<Loose<T>, E> {
    Ok(value.map_or(Loose::Wrong, Loose::Is))
}

impl<'de, T: FromValue<'de>> Visitor<'de> for LooseVisitor<T> {
    type Value = Loose<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Loose<T>, E> {
        is_or_wrong(T::from_text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Loose<T>, E> {
        is_or_wrong(T::from_text(Cow::Owned(text.to_owned())))
    }

    fn visit_string<E>(self, text: String) -> Result<Loose<T>, E> {
        is_or_wrong(T::from_text(Cow::Owned(text)))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Loose<T>, E> {
        is_or_wrong(T::from_bool(value))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Loose<T>, E> {
        is_or_wrong(T::from_number(number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Loose<T>, E> {
        is_or_wrong(T::from_number(number.to_string()))
    }

    fn visit_i128<E>(self, number: i128) -> Result<Loose<T>, E> {
        is_or_wrong(T::from_number(number.to_string()))
    }

    fn visit_u128<E>(self, number: u128) -> Result<Loose<T>, E> {
        is_or_wrong(T::from_number(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Loose<T>, E> {
        // `{:?}` keeps the point of 2.0, as Python's str() does.
        is_or_wrong(T::from_number(format!("{number:?}")))
    }

    fn visit_none<E>(self) -> Result<Loose<T>, E> {
        Ok(Loose::Absent)
    }

    fn visit_unit<E>(self) -> Result<Loose<T>, E> {
        Ok(Loose::Absent)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Loose<T>, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Loose<T>, A::Error> {
        T::from_seq(seq).and_then(is_or_wrong)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Loose<T>, A::Error> {
        T::from_map(map).and_then(is_or_wrong)
    }
}

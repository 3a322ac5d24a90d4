//! An exposure as the manifest writes it.

use std::borrow::Cow;
use std::fmt;

use lineage::{Exposure, ExposureName, Owner};
use serde::Deserializer;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::lower::Context;
use super::node::{DependsOn, Place};
use crate::loose::{FromValue, Loose, Object, Scalar, WrongType, skip};

/// An exposure's definition as written.
#[derive(Default)]
pub(super) struct WireExposure<'a> {
    unique_id: Loose<Cow<'a, str>>,
    resource_type: Loose<Cow<'a, str>>,
    name: Loose<Cow<'a, str>>,
    package_name: Loose<Cow<'a, str>>,
    original_file_path: Loose<Cow<'a, str>>,
    label: Loose<Scalar<'a>>,
    url: Loose<Scalar<'a>>,
    description: Loose<Scalar<'a>>,
    owner: Loose<WireOwner<'a>>,
    meta: Loose<Meta>,
    config: Loose<WireConfig>,
    depends_on: Loose<DependsOn<'a>>,
}

impl<'de> Object<'de> for WireExposure<'de> {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "unique_id" => self.unique_id = map.next_value()?,
            "resource_type" => self.resource_type = map.next_value()?,
            "name" => self.name = map.next_value()?,
            "package_name" => self.package_name = map.next_value()?,
            "original_file_path" => self.original_file_path = map.next_value()?,
            "label" => self.label = map.next_value()?,
            "url" => self.url = map.next_value()?,
            "description" => self.description = map.next_value()?,
            "owner" => self.owner = map.next_value()?,
            "meta" => self.meta = map.next_value()?,
            "config" => self.config = map.next_value()?,
            "depends_on" => self.depends_on = map.next_value()?,
            _ => skip(map)?,
        }
        Ok(())
    }
}

#[derive(Default)]
struct WireConfig {
    meta: Loose<Meta>,
}

impl<'de> Object<'de> for WireConfig {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "meta" => self.meta = map.next_value()?,
            _ => skip(map)?,
        }
        Ok(())
    }
}

#[derive(Default)]
struct WireOwner<'a> {
    name: Loose<Scalar<'a>>,
    email: Loose<Emails>,
}

impl<'de> Object<'de> for WireOwner<'de> {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "name" => self.name = map.next_value()?,
            "email" => self.email = map.next_value()?,
            _ => skip(map)?,
        }
        Ok(())
    }
}

/// One address, or (Core 1.10 and later) a list of them, joined with commas.
struct Emails(String);

impl<'de> FromValue<'de> for Emails {
    fn from_text(text: Cow<'de, str>) -> Option<Self> {
        Some(Emails(text.into_owned()))
    }

    fn from_seq<A: SeqAccess<'de>>(seq: A) -> Result<Option<Self>, A::Error> {
        let addresses: Option<Vec<Cow<'de, str>>> = FromValue::from_seq(seq)?;
        Ok(addresses.map(|addresses| Emails(addresses.join(", "))))
    }
}

impl<'a> WireExposure<'a> {
    /// Its id, for naming it in a problem.
    pub(super) fn id(&self) -> Cow<'a, str> {
        match &self.unique_id {
            Loose::Is(id) => id.clone(),
            Loose::Absent | Loose::Wrong => Cow::Borrowed("a definition without id"),
        }
    }

    /// The exposure that it defines.
    pub(super) fn lower(
        mut self,
        enabled: bool,
        ctx: &mut Context<'a>,
    ) -> Result<Exposure, WrongType> {
        let id = self.unique_id.take_required("unique_id")?;
        if self.resource_type.take_required("resource_type")? != "exposure" {
            return Err(WrongType("resource_type"));
        }
        let place = Place::new(
            &id,
            self.name.take("name")?,
            self.package_name.take("package_name")?,
            self.original_file_path.take("original_file_path")?,
        );
        let owner = self.owner.take("owner")?.unwrap_or_default();
        let config = self.config.take("config")?.unwrap_or_default();
        Ok(Exposure {
            name: ExposureName::new(place.name),
            package: place.package,
            label: filled(self.label),
            url: filled(self.url),
            description: filled(self.description),
            owner: Owner {
                name: filled(owner.name),
                email: owner
                    .email
                    .ok()
                    .map(|Emails(text)| text)
                    .filter(|text| !text.is_empty()),
            },
            path: place.path,
            meta: Meta::merge(self.meta, config.meta),
            depends_on: DependsOn::lower(self.depends_on, ctx)?,
            enabled,
            id: ctx.id(id),
        })
    }
}

fn filled(text: Loose<Scalar<'_>>) -> Option<String> {
    text.ok()
        .map(|Scalar(text)| text.into_owned())
        .filter(|text| !text.is_empty())
}

/// The values in `meta` with the dotted paths of keys that lead to them.
#[derive(Default)]
struct Meta(Vec<(String, String)>);

/// Deeper, longer or more than this is nothing a person wrote, and left out.
const MAX_META_DEPTH: usize = 32;
const MAX_META_PATH: usize = 512;
const MAX_META_VALUES: usize = 2_000;

impl Meta {
    /// The values of `meta` and `config.meta`, each once: Core writes both alike.
    fn merge(meta: Loose<Meta>, config_meta: Loose<Meta>) -> Vec<(String, String)> {
        let Meta(mut all) = meta.ok().unwrap_or_default();
        let Meta(more) = config_meta.ok().unwrap_or_default();
        let n_own = all.len();
        for value in more {
            if !all[..n_own].contains(&value) {
                all.push(value);
            }
        }
        all
    }
}

impl<'de> FromValue<'de> for Meta {
    fn from_map<A: MapAccess<'de>>(map: A) -> Result<Option<Self>, A::Error> {
        let mut meta = Meta::default();
        MetaValue {
            path: &mut String::new(),
            depth: 0,
            meta: &mut meta,
        }
        .visit_map(map)?;
        Ok(Some(meta))
    }
}

/// Collects the values below one key of `meta`.
struct MetaValue<'m> {
    path: &'m mut String,
    depth: usize,
    meta: &'m mut Meta,
}

impl MetaValue<'_> {
    fn push(self, value: String) {
        if self.meta.0.len() < MAX_META_VALUES {
            self.meta.0.push((self.path.clone(), value));
        }
    }

    fn below(&mut self) -> MetaValue<'_> {
        MetaValue {
            path: self.path,
            depth: self.depth + 1,
            meta: self.meta,
        }
    }
}

impl<'de> DeserializeSeed<'de> for MetaValue<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.depth > MAX_META_DEPTH || self.path.len() > MAX_META_PATH {
            return deserializer.deserialize_ignored_any(IgnoredAny).map(|_| ());
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for MetaValue<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.push(text.to_owned());
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.push(value.to_string());
        Ok(())
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.push(number.to_string());
        Ok(())
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        self.push(number.to_string());
        Ok(())
    }

    fn visit_f64<E>(self, number: f64) -> Result<(), E> {
        self.push(format!("{number:?}"));
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(self.below())?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let n_path = self.path.len();
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            if n_path > 0 {
                self.path.push('.');
            }
            self.path.push_str(&key);
            map.next_value_seed(self.below())?;
            self.path.truncate(n_path);
        }
        Ok(())
    }
}

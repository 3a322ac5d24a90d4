//! The manifest as it lies on disk: its sections and its metadata.
//!
//! Tells a manifest from files that are cut, broken or something else. The
//! definitions inside the sections are kept as [`WireNode`] and [`WireExposure`],
//! which borrow from the bytes; what they mean is decided in [`super::lower`].

use std::borrow::Cow;

use serde::de::{MapAccess, SeqAccess};

use super::exposure::WireExposure;
use super::naming::Quoting;
use super::node::WireNode;
use super::{Engine, Metadata};
use crate::error::Error;
use crate::loose::{FromValue, Loose, Object, skip};

/// The sections that are read.
#[derive(Default)]
pub(super) struct Document<'a> {
    pub(super) metadata: Loose<WireMetadata<'a>>,
    pub(super) nodes: Loose<Definitions<'a>>,
    pub(super) sources: Loose<Definitions<'a>>,
    pub(super) exposures: Loose<Definitions<'a>>,
    pub(super) disabled: Loose<Definitions<'a>>,
}

impl<'de> Object<'de> for Document<'de> {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "metadata" => self.metadata = map.next_value()?,
            "nodes" => self.nodes = map.next_value()?,
            "sources" => self.sources = map.next_value()?,
            "exposures" => self.exposures = map.next_value()?,
            "disabled" => self.disabled = map.next_value()?,
            _ => skip(map)?,
        }
        Ok(())
    }
}

impl<'a> Document<'a> {
    /// Reads a whole file and makes sure that it is a manifest.
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Document<'a>, Error> {
        let text = text_of(bytes)?;
        let document = serde_json::from_str(text).map_err(|err| {
            if err.is_eof() {
                Error::ManifestTruncated {
                    n_bytes: bytes.len(),
                }
            } else {
                Error::ManifestNotJson(err)
            }
        })?;
        match document {
            Loose::Is(document) => Document::check(document),
            Loose::Absent | Loose::Wrong => Err(not_a_manifest(OTHER_JSON)),
        }
    }

    fn check(self) -> Result<Document<'a>, Error> {
        let schema = match &self.metadata {
            Loose::Is(metadata) => metadata.schema(),
            Loose::Absent | Loose::Wrong => None,
        };
        match schema {
            Some(schema) if schema.artifact == "manifest" => Ok(self),
            Some(schema) => Err(not_a_manifest(&schema.file())),
            None if matches!(self.nodes, Loose::Is(_)) => Ok(self),
            None => Err(not_a_manifest(OTHER_JSON)),
        }
    }
}

const OTHER_JSON: &str = "other JSON";

fn not_a_manifest(found: &str) -> Error {
    Error::NotAManifest {
        found: found.to_owned(),
    }
}

/// The bytes as text, without a byte order mark.
fn text_of(bytes: &[u8]) -> Result<&str, Error> {
    let text = std::str::from_utf8(bytes).map_err(|err| match err.error_len() {
        None => Error::ManifestTruncated {
            n_bytes: bytes.len(),
        },
        Some(_) => Error::ManifestNotUtf8 {
            offset: err.valid_up_to(),
        },
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        Err(Error::ManifestEmpty)
    } else {
        Ok(text)
    }
}

/// `metadata` as written.
#[derive(Default)]
pub(super) struct WireMetadata<'a> {
    dbt_schema_version: Loose<Cow<'a, str>>,
    dbt_version: Loose<Cow<'a, str>>,
    generated_at: Loose<Cow<'a, str>>,
    adapter_type: Loose<Cow<'a, str>>,
    project_name: Loose<Cow<'a, str>>,
    invocation_id: Loose<Cow<'a, str>>,
    quoting: Loose<Quoting>,
}

impl<'de> Object<'de> for WireMetadata<'de> {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "dbt_schema_version" => self.dbt_schema_version = map.next_value()?,
            "dbt_version" => self.dbt_version = map.next_value()?,
            "generated_at" => self.generated_at = map.next_value()?,
            "adapter_type" => self.adapter_type = map.next_value()?,
            "project_name" => self.project_name = map.next_value()?,
            "invocation_id" => self.invocation_id = map.next_value()?,
            "quoting" => self.quoting = map.next_value()?,
            _ => skip(map)?,
        }
        Ok(())
    }
}

/// What `https://schemas.getdbt.com/dbt/manifest/v12.json` says.
struct Schema<'s> {
    artifact: &'s str,
    version: Option<u32>,
}

impl Schema<'_> {
    /// The file that such a schema describes, for people.
    fn file(&self) -> String {
        let is_plain = |c: char| c.is_ascii_lowercase() || c == '-';
        if self.artifact.len() <= 40 && self.artifact.chars().all(is_plain) {
            format!("dbt's {}.json", self.artifact.replace('-', "_"))
        } else {
            OTHER_JSON.to_owned()
        }
    }
}

impl WireMetadata<'_> {
    fn schema(&self) -> Option<Schema<'_>> {
        let Loose::Is(address) = &self.dbt_schema_version else {
            return None;
        };
        let (rest, version) = address.trim_end_matches(".json").rsplit_once('/')?;
        let version = version
            .strip_prefix('v')
            .and_then(|number| number.parse().ok());
        Some(Schema {
            artifact: rest.rsplit('/').next().unwrap_or(rest),
            version,
        })
    }

    /// The metadata to keep, and how the project quotes names.
    pub(super) fn lower(self) -> (Metadata, Quoting) {
        let schema_version = self.schema().and_then(|schema| schema.version);
        let text = |value: Loose<Cow<'_, str>>| value.ok().map(Cow::into_owned);
        let dbt_version = text(self.dbt_version);
        let metadata = Metadata {
            schema_version,
            engine: dbt_version
                .as_deref()
                .map(Engine::parse)
                .unwrap_or_default(),
            dbt_version,
            generated_at: text(self.generated_at),
            adapter_type: text(self.adapter_type),
            project_name: text(self.project_name),
            invocation_id: text(self.invocation_id),
        };
        (metadata, self.quoting.ok().unwrap_or_default())
    }
}

/// The definitions of one section, in order.
#[derive(Default)]
pub(super) struct Definitions<'a> {
    pub(super) nodes: Vec<WireNode<'a>>,
    pub(super) exposures: Vec<WireExposure<'a>>,
    /// The keys of definitions that are no maps.
    pub(super) shapeless: Vec<String>,
}

/// Prefixes of ids that no lineage needs: tests are most of a manifest.
const SKIPPED: [&str; 6] = [
    "test.",
    "unit_test.",
    "analysis.",
    "operation.",
    "sql_operation.",
    "rpc.",
];

impl<'de> Object<'de> for Definitions<'de> {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        if SKIPPED.iter().any(|prefix| key.starts_with(prefix)) {
            return skip(map);
        }
        let n_shapeless = if key.starts_with("exposure.") {
            take(map.next_value()?, &mut self.exposures)
        } else {
            take(map.next_value()?, &mut self.nodes)
        };
        self.shapeless
            .extend((0..n_shapeless).map(|_| key.to_owned()));
        Ok(())
    }
}

/// Moves the definitions of one key into `all` and returns how many were none.
fn take<T>(definitions: Loose<OneOrMany<T>>, all: &mut Vec<T>) -> usize {
    match definitions {
        Loose::Is(OneOrMany { items, n_shapeless }) => {
            all.extend(items);
            n_shapeless
        }
        Loose::Absent | Loose::Wrong => 1,
    }
}

/// A definition, or (in `disabled`) a list of them.
struct OneOrMany<T> {
    items: Vec<T>,
    n_shapeless: usize,
}

impl<'de, T: Object<'de>> FromValue<'de> for OneOrMany<T> {
    fn from_map<A: MapAccess<'de>>(map: A) -> Result<Option<Self>, A::Error> {
        let item = T::from_map(map)?;
        Ok(item.map(|item| OneOrMany {
            items: vec![item],
            n_shapeless: 0,
        }))
    }

    fn from_seq<A: SeqAccess<'de>>(mut seq: A) -> Result<Option<Self>, A::Error> {
        let mut many = OneOrMany {
            items: Vec::new(),
            n_shapeless: 0,
        };
        while let Some(item) = seq.next_element::<Loose<T>>()? {
            match item {
                Loose::Is(item) => many.items.push(item),
                Loose::Absent | Loose::Wrong => many.n_shapeless += 1,
            }
        }
        Ok(Some(many))
    }
}

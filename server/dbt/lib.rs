//! dbt's formats, both ways: bytes in, model out; model in, edit out.
//!
//! Pure: no disk, no clock, no environment. The manifest and the project file
//! become `lineage` types; YAML and SQL become entries and calls with byte
//! spans; an exposure becomes a minimal edit of a YAML file.

mod change;
mod declare;
mod edit;
mod error;
mod loose;
mod manifest;
mod project;
mod properties;
mod refs;
mod typing;
mod yaml;

pub use change::{Change, Field, change, replace_scalar};
pub use declare::content::dependency_call;
pub use declare::{NewExposure, declare, shown};
pub use edit::TextEdit;
pub use error::{Error, Problem};
pub use manifest::{
    EXPOSURE_KEYS, EXPOSURE_TYPES, Engine, MATURITIES, Manifest, Metadata, Taken, checksum,
    matches_checksum,
};
pub use project::{
    Env, Folders, Project, TargetPath, TargetPathFrom, nearest_project, target_path,
};
pub use properties::{
    ColumnEntry, DependencyEntry, Entry, EntryKind, ExposureEntry, KeyEntry, Properties, ValueKind,
    VersionEntry,
};
pub use refs::{
    RefCall, RefTarget, SnapshotBlock, refs_in_python, refs_in_sql, refs_in_yaml, snapshot_blocks,
};
pub use typing::{
    Slot, TypedCall, TypedDependency, TypedExposure, TypedScalar, Typing, tableau_scalar, typing_at,
};

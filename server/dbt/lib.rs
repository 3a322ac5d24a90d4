//! dbt's formats, both ways: bytes in, model out; model in, edit out.
//!
//! Pure: no disk, no clock, no environment. The manifest and the project file
//! become `lineage` types; YAML and SQL become entries and calls with byte
//! spans; an exposure becomes a minimal edit of a YAML file.

mod change;
mod config;
mod declare;
mod edit;
mod error;
mod facts;
mod loose;
mod manifest;
mod names;
mod overlay;
mod profiles;
mod project;
mod properties;
mod refs;
mod scan;
mod typing;
mod yaml;

pub use change::{Change, Field, NewItem, NewValue, append_to_list, change, replace_scalar};
pub use config::{Config, ConfigFacts, ConfigKey, Said};
pub use declare::content::dependency_call;
pub use declare::{NewExposure, declare, shown};
pub use edit::TextEdit;
pub use error::{Error, Problem};
pub use facts::{
    CodeFacts, FileFacts, MacroFacts, MacroName, Macros, NodeFacts, PropertyFacts, Reads, Says,
    SnapshotFacts, SourceFacts, TableFacts, VersionFacts,
};
pub use manifest::{
    EXPOSURE_KEYS, EXPOSURE_TYPES, Engine, MATURITIES, Manifest, Metadata, Taken, checksum,
    matches_checksum,
};
pub use names::{Asked, NameMacro, NameMacros, Named, Names, Observed};
pub use overlay::{Becomes, Overlay, Pending, overlay};
pub use profiles::{Target, target};
pub use project::{
    Env, Folders, PackageList, Project, ProjectConfigs, TargetPath, TargetPathFrom,
    nearest_project, target_path,
};
pub use properties::{
    ColumnEntry, DependencyEntry, Entry, EntryKind, ExposureEntry, KeyEntry, LineChange,
    Properties, ValueKind, VersionEntry, touched,
};
pub use refs::{
    RefCall, RefTarget, SnapshotBlock, refs_in_python, refs_in_sql, refs_in_yaml, snapshot_blocks,
};
pub use scan::{Package, Scan, scan};
pub use typing::{
    Slot, TypedCall, TypedDependency, TypedExposure, TypedScalar, Typing, tableau_scalar, typing_at,
};

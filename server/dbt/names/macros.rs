//! The macros that make names, as far as their text tells what they do.
//!
//! The usual forms are told apart by asking the text what it gives with and without a
//! configured name, in the targets that it speaks of and elsewhere ([`body`]); whatever
//! goes beyond those few words is the project's own business. Nothing is run.

mod body;
mod condition;
mod lex;
mod value;

use self::body::{Body, World};
use self::lex::{Piece, pieces, words};
use self::value::Output;
use super::observed::Shape;

/// Who works a name out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NameMacro {
    /// dbt's own macro: no other is defined.
    #[default]
    BuiltIn,
    /// A macro of the project's own that does as dbt's does.
    Copied,
    /// The project's own does as dbt's `generate_schema_name_for_env`: in the target `prod`
    /// the configured name alone counts, elsewhere the target's schema alone.
    ForEnv,
    /// The project's own: in the target `prod` the configured name alone counts, elsewhere
    /// it stands behind the target's schema.
    AloneInProd,
    /// The project's own: which of the target's schema, the configured name and both counts
    /// is decided by the target's name in another way.
    ByTarget,
    /// The project's own takes the configured name alone, and the target's where nothing is
    /// configured. Of aliases: the configured one, else the node's name without its version,
    /// as dbt's own did before models had versions.
    CustomAlone,
    /// The project's own takes the target's, whatever is configured.
    TargetAlone,
    /// The project's own, which only dbt can run.
    Own,
}

/// Who works the parts of names out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NameMacros {
    /// `generate_database_name`
    pub database: NameMacro,
    /// `generate_schema_name`
    pub schema: NameMacro,
    /// `generate_alias_name`
    pub alias: NameMacro,
}

impl NameMacros {
    /// What the macro files of one project or package say, by their text.
    ///
    /// dbt takes a macro of the root project before its own, and a package's for that
    /// package's nodes.
    pub fn of<'a>(files: impl IntoIterator<Item = &'a str>) -> NameMacros {
        let mut found: [Found; 3] = Default::default();
        for text in files {
            // Most macro files say nothing of names.
            if text.contains("generate_") {
                find(text, &mut found);
            }
        }
        let [database, schema, alias] = found.map(Found::decide);
        NameMacros {
            database,
            schema,
            alias,
        }
    }

    /// Of macro files that cannot all be read: any of them may define any macro.
    pub fn unknown() -> NameMacros {
        NameMacros {
            database: NameMacro::Own,
            schema: NameMacro::Own,
            alias: NameMacro::Own,
        }
    }

    /// A package's macros, and the project's where it has none.
    #[must_use]
    pub(super) fn over(self, project: NameMacros) -> NameMacros {
        let pick = |own: NameMacro, project| match own {
            NameMacro::BuiltIn => project,
            own => own,
        };
        NameMacros {
            database: pick(self.database, project.database),
            schema: pick(self.schema, project.schema),
            alias: pick(self.alias, project.alias),
        }
    }
}

impl NameMacro {
    /// Whether only dbt knows what it does, even where nothing is configured.
    pub(super) fn is_own(self) -> bool {
        self == NameMacro::Own
    }

    /// Whether another target may get another of the forms.
    pub fn depends_on_target(self) -> bool {
        match self {
            NameMacro::ForEnv | NameMacro::AloneInProd | NameMacro::ByTarget | NameMacro::Own => {
                true
            }
            NameMacro::BuiltIn
            | NameMacro::Copied
            | NameMacro::CustomAlone
            | NameMacro::TargetAlone => false,
        }
    }

    /// What may become of a configured schema, in the target of this name.
    pub(super) fn schema_shapes(self, target: Option<&str>) -> &'static [Shape] {
        let is_prod = target.map(|it| it == "prod");
        match (self, is_prod) {
            (NameMacro::BuiltIn | NameMacro::Copied, _) => &[Shape::Joined],
            (NameMacro::CustomAlone, _) => &[Shape::Configured],
            (NameMacro::TargetAlone, _) => &[Shape::Target],
            (NameMacro::ForEnv | NameMacro::AloneInProd, Some(true)) => &[Shape::Configured],
            (NameMacro::ForEnv, Some(false)) => &[Shape::Target],
            (NameMacro::AloneInProd, Some(false)) => &[Shape::Joined],
            (NameMacro::ForEnv, None) => &[Shape::Configured, Shape::Target],
            (NameMacro::AloneInProd, None) => &[Shape::Configured, Shape::Joined],
            (NameMacro::ByTarget, _) => &[Shape::Configured, Shape::Joined, Shape::Target],
            (NameMacro::Own, _) => &[],
        }
    }

    /// What may become of a configured database, in the target of this name.
    pub(super) fn database_shapes(self, target: Option<&str>) -> &'static [Shape] {
        match self {
            // dbt's own takes the configured one as it is.
            NameMacro::BuiltIn | NameMacro::Copied => &[Shape::Configured],
            own => own.schema_shapes(target),
        }
    }
}

/// The parts of names, in the order of [`Found`].
const PARTS: [&str; 3] = ["database", "schema", "alias"];

/// The definitions of one macro.
#[derive(Default)]
struct Found {
    /// `generate_schema_name`
    plain: Vec<NameMacro>,
    /// `default__generate_schema_name`, `snowflake__generate_schema_name`
    dispatched: Vec<NameMacro>,
}

impl Found {
    /// What counts: dbt calls the plain one, and that of dbt calls a dispatched one.
    fn decide(self) -> NameMacro {
        let counts = match self.plain.is_empty() {
            true => self.dispatched,
            false => self.plain,
        };
        let Some((first, others)) = counts.split_first() else {
            return NameMacro::BuiltIn;
        };
        match others.iter().all(|it| it == first) {
            true => *first,
            // Which of them counts depends on the adapter, or dbt refuses them.
            false => NameMacro::Own,
        }
    }
}

/// Adds what the text of one file defines.
fn find(text: &str, found: &mut [Found; 3]) {
    let mut pieces = pieces(text);
    while let Some(piece) = pieces.next() {
        let Piece::Statement(header) = piece else {
            continue;
        };
        let header = words(header);
        let ["macro", name, parameters @ ..] = header.as_slice() else {
            continue;
        };
        let Some((part, is_plain)) = part_of(name) else {
            continue;
        };
        let is_end =
            |it: &Piece<'_>| matches!(it, Piece::Statement(it) if words(it) == ["endmacro"]);
        let inside: Vec<Piece<'_>> = pieces.by_ref().take_while(|it| !is_end(it)).collect();
        let kind = kind_of(part, &Body::new(parameters, &inside));
        match is_plain {
            true => found[part].plain.push(kind),
            false => found[part].dispatched.push(kind),
        }
    }
}

/// The part that a macro of this name makes, and whether it is the one that dbt calls.
fn part_of(name: &str) -> Option<(usize, bool)> {
    PARTS.iter().enumerate().find_map(|(n, part)| {
        let prefix = name.strip_suffix(&format!("generate_{part}_name"))?;
        let is_plain = prefix.is_empty();
        (is_plain || prefix.ends_with("__")).then_some((n, is_plain))
    })
}

fn kind_of(part: usize, body: &Body<'_>) -> NameMacro {
    match PARTS[part] {
        "alias" if body.is_dbts_alias() => NameMacro::Copied,
        "alias" if body.is_dbts_old_alias() => NameMacro::CustomAlone,
        "alias" => NameMacro::Own,
        part => kind_by_outputs(part, body).unwrap_or(NameMacro::Own),
    }
}

/// More targets than any such macro speaks of.
const MAX_TARGETS: usize = 16;

/// What a schema or database macro is by what it gives; `None` where that is not known.
fn kind_by_outputs(part: &'static str, body: &Body<'_>) -> Option<NameMacro> {
    let targets = body.targets();
    if targets.len() > MAX_TARGETS {
        return None;
    }
    let output = |target, has_custom| {
        body.output(World {
            part,
            has_custom,
            target,
        })
    };
    let elsewhere = output(None, true)?;
    let mut in_targets = Vec::new();
    for target in targets.into_iter().map(Some).chain([None]) {
        // Nothing else is known of a macro that changes what is not configured.
        output(target, false).filter(|it| *it == Output::Target)?;
        in_targets.push((target, output(target, true)?));
    }
    in_targets.retain(|(_, it)| *it != elsewhere);
    Some(match (in_targets.as_slice(), elsewhere) {
        ([], Output::Joined) if part == "schema" => NameMacro::Copied,
        ([], Output::Custom) if part == "database" => NameMacro::Copied,
        ([], Output::Joined) => return None,
        ([], Output::Custom) => NameMacro::CustomAlone,
        ([], Output::Target) => NameMacro::TargetAlone,
        ([(Some("prod"), Output::Custom)], Output::Target) => NameMacro::ForEnv,
        ([(Some("prod"), Output::Custom)], Output::Joined) => NameMacro::AloneInProd,
        _ => NameMacro::ByTarget,
    })
}

//! The suites that need more than one crate. Each crate's own tests stand beside its code.

/// Projects, servers and programs for the suites below.
mod support;

/// The command line, in process and as a program.
mod cli;
/// What the pages for users promise: links, settings, commands.
mod docs;
/// The texts of the page of pictures.
mod gallery;
/// Files that are made from the code: settings of the editors, README tables.
mod generated;
/// The language server, in memory: protocol, order, answers.
mod lsp;
/// What the language server takes of memory, as a program.
#[cfg(target_os = "linux")]
mod memory;
/// Production's names on real projects: what rules match, and what they must not.
mod naming;
/// What a release is made of: versions, systems, workflows.
mod release;
/// Projects without a manifest: files against the manifests that dbt made of them.
mod scan;
/// Tableau sites, as the client and what reads them see them.
mod site;
/// The language server as a program: exit codes, standard output.
mod stdio;
/// The stand-in Tableau site itself.
mod tableau_site;
/// Rules of the house that no lint knows.
mod tidy;

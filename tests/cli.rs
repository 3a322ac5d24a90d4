//! The command line, as a program: what it prints and how it ends.

mod agreement;
mod bad_input;
mod cases;
mod completions;
mod docs;
mod doctor_names;
mod explain;
mod exposures;
mod exposures_diff;
mod exposures_site;
mod fixture_tables;
mod from_site;
mod given;
mod hostile;
mod inspect;
mod markdown;
mod never_zero;
mod no_manifest;
mod production_names;
mod real;
mod select;
mod usages;

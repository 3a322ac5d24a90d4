//! Projects read from their files alone, held against the manifests that dbt made of them.
//!
//! What the files give must be what dbt found, node by node: reads, names, relations. What
//! only dbt can work out may be missing, but then it is marked, and nothing is wrong.

mod compare;
mod files;
mod given;
mod real;
mod samples;

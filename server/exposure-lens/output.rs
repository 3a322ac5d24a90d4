//! How answers look: JSON for programs, aligned text for people.

pub mod json_v1;
pub mod terminal;

//! How answers look: JSON for programs, aligned text for people, Markdown for comments.

pub mod json_v1;
pub mod markdown;
pub mod terminal;

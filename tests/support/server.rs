//! The language server in memory.

//! What nodes are called, by configuration, target, macros and manifest.

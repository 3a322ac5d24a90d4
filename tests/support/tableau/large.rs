//! Sites of any size.

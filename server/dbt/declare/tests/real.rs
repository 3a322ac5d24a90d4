//! Files of real projects.

//! The site that goes with the sample project.

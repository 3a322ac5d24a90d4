//! Against what dbt made of the same texts.

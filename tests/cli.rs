//! The command line, as a program: what it prints and how it ends.

mod bad_input;
mod explain;
mod hostile;
mod inspect;
mod real;
mod usages;

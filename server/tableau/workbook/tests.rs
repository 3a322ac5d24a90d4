//! What is read from whole files: the saved real ones, and small ones for each feature.

mod datasources;
mod dump;
mod hostile;
mod reference;
mod sheets;

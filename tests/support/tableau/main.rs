//! The stand-in Tableau site as a program, for editors' tests, benchmarks and other clients.

/// Where the site itself lies.
#[path = ".."]
mod support {
    pub(crate) mod tableau;
}

fn main() {}

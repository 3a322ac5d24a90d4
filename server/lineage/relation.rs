//! A table or view in a warehouse, as a name that can be compared.
//!
//! [`Relation`] is the join key between dbt and Tableau. It knows quoting and
//! partial names; which of several candidates is meant is decided in
//! [`crate::matching`].

use std::fmt;

use crate::warehouse::Case;

/// One part of a relation's name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identifier {
    /// The name without its quotes, as written.
    pub text: String,
    /// Whether it was quoted, so that the warehouse keeps its case. Names that
    /// Tableau lists (`[MARTS].[ORDERS]`) are as stored, which is the same thing.
    pub quoted: bool,
}

impl Identifier {
    /// An identifier whose case counts.
    pub fn quoted(text: impl Into<String>) -> Identifier {
        Identifier {
            text: text.into(),
            quoted: true,
        }
    }

    /// An identifier that the warehouse folds by its own rule.
    pub fn unquoted(text: impl Into<String>) -> Identifier {
        Identifier {
            text: text.into(),
            quoted: false,
        }
    }

    /// The name as the warehouse stores it.
    pub fn stored(&self, case: Case) -> String {
        match case {
            Case::FoldUp if !self.quoted => self.text.to_uppercase(),
            Case::FoldDown if !self.quoted => self.text.to_lowercase(),
            Case::Insensitive => self.folded(),
            _ => self.text.clone(),
        }
    }

    /// The name without regard to case, for finding candidates.
    pub fn folded(&self) -> String {
        self.text.to_lowercase()
    }
}

/// The name of a table or view: `database.schema.name`, with the upper parts
/// absent where they are not known or where the warehouse has none.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Relation {
    /// The database, catalog or project.
    pub database: Option<Identifier>,
    /// The schema or dataset.
    pub schema: Option<Identifier>,
    /// The table or view itself.
    pub name: Identifier,
}

impl Relation {
    /// A relation whose parts are as the warehouse stores them. Empty parts are absent.
    pub fn stored(database: &str, schema: &str, name: &str) -> Relation {
        let part = |text: &str| (!text.is_empty()).then(|| Identifier::quoted(text));
        Relation {
            database: part(database),
            schema: part(schema),
            name: Identifier::quoted(name),
        }
    }

    /// The parts from the database down, without the absent ones.
    pub fn parts(&self) -> impl Iterator<Item = &Identifier> {
        self.database.iter().chain(&self.schema).chain([&self.name])
    }
}

/// `database.schema.name` without quotes, for people to read.
impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, part) in self.parts().enumerate() {
            let dot = if n == 0 { "" } else { "." };
            write!(f, "{dot}{}", part.text)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_names_keep_their_case_where_case_counts() {
        let stored = |it: &Identifier| {
            [
                Case::FoldUp,
                Case::FoldDown,
                Case::Insensitive,
                Case::Sensitive,
            ]
            .map(|case| it.stored(case))
        };
        let plain = Identifier::unquoted("Orders");
        assert_eq!(stored(&plain), ["ORDERS", "orders", "orders", "Orders"]);
        let quoted = Identifier::quoted("Orders");
        assert_eq!(stored(&quoted), ["Orders", "Orders", "orders", "Orders"]);
    }

    // C4
    #[test]
    fn a_relation_is_shown_without_quotes_and_absent_parts() {
        let shown = Relation::stored("shop", "marts", "Daily Sales.v1").to_string();
        assert_eq!(shown, "shop.marts.Daily Sales.v1");
        assert_eq!(
            Relation::stored("", "marts", "orders").to_string(),
            "marts.orders"
        );
        assert_eq!(Relation::stored("", "", "orders").to_string(), "orders");
    }
}

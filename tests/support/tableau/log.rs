//! What was asked: a line for each request.

use async_graphql::parser::types::{DocumentOperations, OperationDefinition, Selection};
use serde_json::Value;

/// One request, as the site saw it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Without the query.
    pub(crate) path: String,
    pub(crate) query: String,
    /// Names of its headers, in lower case.
    pub(crate) headers: Vec<String>,
    pub(crate) body: String,
    /// A session token, another authorization, or the secret of a sign-in came along.
    pub(crate) has_credential: bool,
    /// The GraphQL operation, if it has a name.
    pub(crate) operation: Option<String>,
    /// The fields of `Query` that it asks for.
    pub(crate) roots: Vec<String>,
    pub(crate) variables: Value,
    /// What was answered; 0 where nothing was.
    pub(crate) status: u16,
    /// The size of the answer's body.
    pub(crate) n_bytes: usize,
}

impl Request {
    pub(crate) fn is_metadata(&self) -> bool {
        self.path == "/api/metadata/graphql"
    }

    /// Reads the GraphQL part of the body.
    pub(crate) fn read_graphql(&mut self) {
        let Ok(body) = serde_json::from_str::<Value>(&self.body) else {
            return;
        };
        self.variables = body["variables"].clone();
        let Ok(document) =
            async_graphql::parser::parse_query(body["query"].as_str().unwrap_or_default())
        else {
            return;
        };
        match &document.operations {
            DocumentOperations::Single(operation) => self.read_operation(&operation.node),
            DocumentOperations::Multiple(operations) => {
                for (name, operation) in operations {
                    self.operation = Some(name.to_string());
                    self.read_operation(&operation.node);
                }
            }
        }
        if let Some(name) = body["operationName"].as_str() {
            self.operation = Some(name.to_owned());
        }
    }

    fn read_operation(&mut self, operation: &OperationDefinition) {
        for selection in &operation.selection_set.node.items {
            if let Selection::Field(field) = &selection.node {
                self.roots.push(field.node.name.node.to_string());
            }
        }
    }
}

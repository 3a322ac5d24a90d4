//! What a credential may see: asked once at the sign-in, so that a right that is missing
//! is no surprise later.

use serde_json::{Value, json};
use tableau::{Client, MetadataProblem, SignedIn, SiteError};

use crate::workspace::Problem;

/// A few workbooks with their tables: enough to see whether names are hidden, and cheap.
const QUERY: &str = "query Rights($n: Int) {
  workbooksConnection(first: $n) {
    totalCount
    nodes { name upstreamTables { name fullName } }
  }
}";
const N_WORKBOOKS: u32 = 10;

/// What the Metadata API answers to this credential.
pub(super) struct Rights {
    answer: Result<Seen, SiteError>,
}

/// What was seen in a few workbooks.
struct Seen {
    n_workbooks: Option<u64>,
    n_tables: usize,
    n_hidden: usize,
    problems: Vec<MetadataProblem>,
}

impl Rights {
    /// Asks. That there is no answer is an answer.
    pub(super) async fn ask(client: &Client) -> Rights {
        let asked = client.metadata(QUERY, json!({"n": N_WORKBOOKS})).await;
        Rights {
            answer: asked.map(|it| Seen::of(&it.data, it.problems)),
        }
    }

    /// Whether the Metadata API can be used; `None` where that is not known.
    pub(super) fn has_metadata(&self) -> Option<bool> {
        match &self.answer {
            Ok(_) => Some(true),
            Err(SiteError::NoMetadataRight { .. } | SiteError::MetadataOff { .. }) => Some(false),
            Err(_) => None,
        }
    }

    /// How many workbooks it lists.
    pub(super) fn n_workbooks(&self) -> Option<u64> {
        self.answer.as_ref().ok()?.n_workbooks
    }

    /// What is missing for complete lineage, and where to get it.
    pub(super) fn problems(&self, who: &SignedIn) -> Vec<Problem> {
        let mut problems = Vec::new();
        match &self.answer {
            Err(error) => problems.push(Problem {
                code: "metadata_unavailable",
                message: format!("{error}; {}", error.hint()),
            }),
            Ok(seen) => {
                problems.extend(seen.hidden_names());
                problems.extend(seen.problems.iter().map(said));
            }
        }
        let role = who.site_role.as_deref();
        if let Some(role) = role.filter(|_| !who.sees_all()) {
            problems.push(Problem {
                code: "visibility_limited",
                message: format!(
                    "your role on the site is {role}: workbooks and table names that you have no \
                     permission for stay hidden; complete lineage needs the role Site \
                     Administrator Explorer, or a team snapshot made by one who has it"
                ),
            });
        }
        problems
    }
}

fn said(problem: &MetadataProblem) -> Problem {
    let code = problem.code.as_deref().unwrap_or("no code");
    Problem {
        code: "metadata_incomplete",
        message: format!("the Metadata API says: {} ({code})", problem.message),
    }
}

impl Seen {
    fn of(data: &Value, problems: Vec<MetadataProblem>) -> Seen {
        let connection = &data["workbooksConnection"];
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let workbooks = list(&connection["nodes"]);
        let tables = workbooks.iter().flat_map(|it| list(&it["upstreamTables"]));
        let tables: Vec<Value> = tables.filter(|it| !it.is_null()).collect();
        let is_hidden = |it: &Value| it["name"].is_null() && it["fullName"].is_null();
        Seen {
            n_workbooks: connection["totalCount"].as_u64(),
            n_tables: tables.len(),
            n_hidden: tables.iter().filter(|it| is_hidden(it)).count(),
            problems,
        }
    }

    fn hidden_names(&self) -> Option<Problem> {
        (self.n_hidden > 0).then(|| Problem {
            code: "name_hidden",
            message: format!(
                "{} of {} table names in the first workbooks are hidden from your token: their \
                 dashboards cannot be matched",
                self.n_hidden, self.n_tables
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn who(role: &str) -> SignedIn {
        SignedIn {
            user_name: Some("ana".to_owned()),
            site_role: Some(role.to_owned()),
            user_luid: "u".to_owned(),
            site_luid: "s".to_owned(),
            api_version: "3.24".to_owned(),
            product_version: None,
            address: tableau::SiteAddress::parse("https://bi.corp").expect("an address"),
        }
    }

    fn check(role: &str, data: &Value, problems: Vec<MetadataProblem>, expect: Expect) {
        let rights = Rights {
            answer: Ok(Seen::of(data, problems)),
        };
        let lines = rights.problems(&who(role));
        let lines: Vec<String> = lines
            .iter()
            .map(|it| format!("{}: {}", it.code, it.message))
            .collect();
        expect.assert_eq(&lines.join("\n"));
    }

    #[test]
    fn an_administrator_who_sees_all_names_lacks_nothing() {
        let data = json!({"workbooksConnection": {"totalCount": 2, "nodes": [
            {"name": "A", "upstreamTables": [{"name": "orders", "fullName": null}]},
            {"name": "B", "upstreamTables": []},
        ]}});
        check("SiteAdministratorExplorer", &data, Vec::new(), expect![""]);
        check("ServerAdministrator", &Value::Null, Vec::new(), expect![""]);
    }

    #[test]
    fn hidden_names_limited_roles_and_warnings_are_said() {
        let data = json!({"workbooksConnection": {"totalCount": 2, "nodes": [
            null,
            {"name": "A", "upstreamTables": [{"name": null, "fullName": null}, null]},
            {"name": "B", "upstreamTables": [{"name": "x"}]},
            {"name": "C", "upstreamTables": null},
        ]}});
        let warning = MetadataProblem {
            code: Some("BACKFILL_RUNNING".to_owned()),
            message: "still reading".to_owned(),
            ..MetadataProblem::default()
        };
        check(
            "Explorer",
            &data,
            vec![warning],
            expect![[r#"
            name_hidden: 1 of 2 table names in the first workbooks are hidden from your token: their dashboards cannot be matched
            metadata_incomplete: the Metadata API says: still reading (BACKFILL_RUNNING)
            visibility_limited: your role on the site is Explorer: workbooks and table names that you have no permission for stay hidden; complete lineage needs the role Site Administrator Explorer, or a team snapshot made by one who has it"#]],
        );
    }
}

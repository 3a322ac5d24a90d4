//! Questions to the Metadata API (GraphQL).
//!
//! Faults of transport and throttling are dealt with here. What a query was too large
//! for, and what the user may not see, comes back beside the data: the caller knows
//! what to ask in its place.

use reqwest::Method;
use serde_json::{Value, json};

use super::refusal::Refusal;
use super::wire::Call;
use super::{Client, url_of};
use crate::auth::Session;
use crate::loose;
use crate::site_error::{Said, SiteError};

const DOING: &str = "query the Metadata API";

/// A server that lists more problems than that has said enough.
const MAX_PROBLEMS: usize = 1000;

/// What the Metadata API answered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MetadataAnswer {
    /// The data, perhaps partial: an object, or `null` where there is none.
    pub data: Value,
    /// What it says went wrong.
    pub problems: Vec<MetadataProblem>,
}

/// One entry of `errors` beside the Metadata API's data.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct MetadataProblem {
    /// Tableau's code, such as `NODE_LIMIT_EXCEEDED`; some have none.
    pub code: Option<String>,
    /// The server's words, cut and cleaned.
    pub message: String,
    /// `WARNING` or `ERROR`, where it says.
    pub severity: Option<String>,
    /// Where in the data: field names and list positions.
    pub path: Vec<String>,
}

impl Client {
    /// Asks the Metadata API. Faults of transport are retried; limits on nodes and time
    /// are the caller's: they are among [`MetadataAnswer::problems`].
    ///
    /// A server where the API is broken rather than off may answer
    /// [`SiteError::ServerFault`]; the caller decides what that means.
    pub async fn metadata(
        &self,
        query: &str,
        variables: Value,
    ) -> Result<MetadataAnswer, SiteError> {
        let body = json!({"query": query, "variables": variables});
        let mut n_tries = 0;
        loop {
            let answer = self.metadata_once(&body).await?;
            if !answer.is_refused_by(&["RATE_EXCEEDED"]) {
                return self.checked(answer);
            }
            if n_tries >= self.wire.options().max_retries {
                return Err(SiteError::Throttled {
                    host: self.host(),
                    doing: DOING,
                    wait: None,
                });
            }
            let pause = self.wire.pause(n_tries, None).unwrap_or_default();
            tokio::time::sleep(pause).await;
            n_tries += 1;
        }
    }

    async fn metadata_once(&self, body: &Value) -> Result<MetadataAnswer, SiteError> {
        let place = self.place().await?;
        let call_of = |_: &Session| {
            let url = url_of(place, ["api", "metadata", "graphql"].into_iter())?;
            Ok(Call::new(Method::POST, url, DOING).with_body(body.clone()))
        };
        let host = self.host();
        match self.within_session(&call_of).await? {
            Ok(reply) => MetadataAnswer::read(reply.json()).ok_or(SiteError::BadAnswer {
                host,
                doing: DOING,
                reason: "without data",
            }),
            Err(refusal) => Err(of_refusal(refusal, host)),
        }
    }

    /// Problems that leave no data at all and that no smaller query would mend.
    fn checked(&self, answer: MetadataAnswer) -> Result<MetadataAnswer, SiteError> {
        let said = |answer: &MetadataAnswer| {
            let first = answer.problems.first();
            Said::new(first.map_or("", |it| &it.message))
        };
        let host = self.host();
        if answer.is_refused_by(&["FEATURE_DISABLED", "SITE_DISABLED"]) {
            let said = said(&answer);
            return Err(SiteError::MetadataOff { host, said });
        }
        if answer.is_refused_by(&["ACCESS_DENIED"]) {
            let said = said(&answer);
            return Err(SiteError::NoMetadataRight { host, said });
        }
        Ok(answer)
    }

    fn host(&self) -> String {
        self.place.get().unwrap_or(&self.address).host().to_owned()
    }
}

/// What a refusal means at this door: the API is not there, or not for this user.
fn of_refusal(refusal: Refusal, host: String) -> SiteError {
    let said = refusal.said.clone();
    match refusal.status {
        404 => SiteError::MetadataOff { host, said },
        401 | 403 if !refusal.is_html => SiteError::NoMetadataRight { host, said },
        _ => refusal.into_error(host, DOING),
    }
}

impl MetadataAnswer {
    /// `None` for an answer with neither data nor problems.
    fn read(mut answer: Value) -> Option<MetadataAnswer> {
        let data = match loose::take(&mut answer, "data") {
            data @ Value::Object(_) => data,
            _ => Value::Null,
        };
        let problems: Vec<MetadataProblem> = match loose::take(&mut answer, "errors") {
            Value::Array(errors) => errors.iter().take(MAX_PROBLEMS).map(problem).collect(),
            _ => Vec::new(),
        };
        let is_answer = !data.is_null() || !problems.is_empty();
        is_answer.then_some(MetadataAnswer { data, problems })
    }

    fn is_refused_by(&self, codes: &[&str]) -> bool {
        let is_empty = match &self.data {
            Value::Object(fields) => fields.values().all(Value::is_null),
            data => data.is_null(),
        };
        let has_code =
            |it: &MetadataProblem| it.code.as_deref().is_some_and(|it| codes.contains(&it));
        is_empty && self.problems.iter().any(has_code)
    }
}

fn problem(error: &Value) -> MetadataProblem {
    let extensions = &error["extensions"];
    let path = error["path"].as_array();
    MetadataProblem {
        code: loose::text(&extensions["code"]).map(|it| Said::new(&it).to_string()),
        message: Said::new(error["message"].as_str().unwrap_or_default()).to_string(),
        severity: loose::text(&extensions["severity"]).map(|it| Said::new(&it).to_string()),
        path: path.map_or_else(Vec::new, |it| {
            it.iter().take(32).filter_map(loose::text).collect()
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_stand_beside_partial_data() {
        let answer = MetadataAnswer::read(json!({
            "data": {"workbooksConnection": {"nodes": [null]}},
            "errors": [
                {"message": "Showing partial results.\nNode limit", "path": ["workbooksConnection", "nodes", 0],
                 "extensions": {"severity": "WARNING", "code": "NODE_LIMIT_EXCEEDED"}},
                {"message": "Unexpected error occurred"},
                "odd",
            ],
        }));
        let answer = answer.expect("an answer");
        assert!(!answer.is_refused_by(&["NODE_LIMIT_EXCEEDED"]));
        assert_eq!(answer.problems.len(), 3);
        let first = MetadataProblem {
            code: Some("NODE_LIMIT_EXCEEDED".to_owned()),
            message: "Showing partial results. Node limit".to_owned(),
            severity: Some("WARNING".to_owned()),
            path: ["workbooksConnection", "nodes", "0"]
                .map(str::to_owned)
                .to_vec(),
        };
        assert_eq!(answer.problems[0], first);
        assert_eq!(answer.problems[1].code, None);
    }

    #[test]
    fn without_data_a_code_is_a_refusal() {
        let check = |data: Value, expected: bool| {
            let errors = json!([{"message": "off", "extensions": {"code": "FEATURE_DISABLED"}}]);
            let answer = MetadataAnswer::read(json!({"data": data, "errors": errors}));
            let answer = answer.expect("an answer");
            assert_eq!(
                answer.is_refused_by(&["FEATURE_DISABLED"]),
                expected,
                "{data}"
            );
        };
        check(json!(null), true);
        check(json!({"workbooksConnection": null}), true);
        check(json!({"workbooksConnection": {"nodes": []}}), false);
    }

    #[test]
    fn an_answer_without_data_or_errors_is_none() {
        for answer in [
            json!({}),
            json!(null),
            json!([]),
            json!({"data": null, "errors": []}),
        ] {
            assert_eq!(MetadataAnswer::read(answer.clone()), None, "{answer}");
        }
    }
}

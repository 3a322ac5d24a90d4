//! The REST API: which call is meant, and may it be made.

use serde_json::{Value, json};

use super::answer::{Reply, RestError};
use super::luid::luid;
use super::page;
use super::rows::{self, Rows, views_of};
use super::session::Session;
use super::site::Site;
use super::world::World;

/// A REST call, taken apart.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: page::Query,
    pub(crate) body: &'a [u8],
    pub(crate) token: Option<&'a str>,
    /// How a browser reaches the server.
    pub(crate) base_url: &'a str,
}

/// Answers a call.
pub(crate) fn answer(world: &mut World, call: &Call<'_>) -> Result<Reply, RestError> {
    let segments: Vec<String> = call.path.split('/').skip(1).map(decode).collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let ["api", version, rest @ ..] = segments.as_slice() else {
        return Err(unknown(call));
    };
    let newest = &world.sites[0].site.version.rest;
    if !is_number(version) || is_newer(version, newest) {
        return Err(unknown(call));
    }
    match (call.method, rest) {
        ("GET", ["serverinfo" | "serverInfo"]) => Ok(server_info(&world.sites[0].site)),
        ("POST", ["auth", "signin"]) => sign_in(world, call),
        ("POST", ["auth", "signout"]) => {
            session(world, call)?;
            world.sessions.end(call.token);
            Ok(Reply::Nothing)
        }
        (_, ["sites", site, rest @ ..]) => {
            let session = session(world, call)?;
            let own = &world.sites[session.site];
            if own.site.luid != *site {
                return Err(RestError::not_found(
                    "404000",
                    "The site could not be found.",
                ));
            }
            of_site(world, &session, call, rest, version)
        }
        _ => Err(unknown(call)),
    }
}

fn unknown(call: &Call<'_>) -> RestError {
    let path = call.path.trim_start_matches("/api");
    let detail = format!("Unknown resource '{path}' specified in URI.");
    RestError::not_found("404003", &detail)
}

fn decode(segment: &str) -> String {
    let decoded = percent_encoding::percent_decode_str(segment);
    decoded.decode_utf8_lossy().into_owned()
}

fn is_number(version: &str) -> bool {
    version.split('.').count() == 2 && version.split('.').all(|it| it.parse::<u32>().is_ok())
}

/// `3.9` is older than `3.10`.
fn is_newer(version: &str, than: &str) -> bool {
    let parts = |it: &str| -> Vec<u32> { it.split('.').flat_map(str::parse).collect() };
    parts(version) > parts(than)
}

fn session(world: &World, call: &Call<'_>) -> Result<Session, RestError> {
    let session = world.sessions.get(call.token);
    session.cloned().ok_or_else(RestError::unauthorized)
}

fn server_info(site: &Site) -> Reply {
    let version = &site.version;
    Reply::Value(
        200,
        json!({"serverInfo": {
            "productVersion": {"value": version.product, "build": version.build},
            "restApiVersion": version.rest,
        }}),
    )
}

fn sign_in(world: &mut World, call: &Call<'_>) -> Result<Reply, RestError> {
    let body = super::xml::request_body(call.body);
    let bad = || RestError::new("400000", "Bad Request", "The request has no credentials.");
    let credentials = body.get("credentials").ok_or_else(bad)?;
    let sites: Vec<&Site> = world.sites.iter().map(|it| &it.site).collect();
    let credentials = world.sessions.sign_in(&sites, credentials)?;
    Ok(Reply::Value(200, json!({"credentials": credentials})))
}

/// Below `/sites/{luid}`.
fn of_site(
    world: &mut World,
    session: &Session,
    call: &Call<'_>,
    rest: &[&str],
    version: &str,
) -> Result<Reply, RestError> {
    if let ("POST", [kind, luid, "refresh"]) = (call.method, rest) {
        return refresh(world, session, kind, luid);
    }
    if let ("GET", ["jobs", id]) = (call.method, rest) {
        return job(world, id);
    }
    if call.method != "GET" {
        let detail = "There is no such method here.";
        return Err(RestError::new("405000", "Invalid Method", detail));
    }
    let kind = rest.first().copied().unwrap_or_default();
    if kind.eq_ignore_ascii_case("virtualconnections") && is_newer("3.18", version) {
        return Err(unknown(call));
    }
    let rows = Rows {
        site: &world.sites[session.site].site,
        base_url: call.base_url,
        query: &call.query,
    };
    let found = match rest {
        [] => Some(Ok(Reply::Value(200, json!({"site": rows.site()})))),
        [kind] => list(&rows, kind),
        [kind, id, part @ ..] => one(&rows, kind, id, part),
    };
    found.unwrap_or_else(|| Err(unknown(call)))
}

/// A list, by page.
fn list(rows: &Rows<'_>, kind: &str) -> Option<Result<Reply, RestError>> {
    let (site, query) = (rows.site, rows.query);
    Some(match kind {
        "workbooks" => {
            // A workbook whose name the user may not see is not listed here.
            let all = site.workbooks.iter().filter(|it| !it.is_hidden).collect();
            page::list((kind, "workbook"), all, |it| rows.workbook(it), query)
        }
        "datasources" => {
            let all = site.datasources.iter().collect();
            page::list((kind, "datasource"), all, |it| rows.datasource(it), query)
        }
        "projects" => {
            let all = site.projects.iter().collect();
            page::list((kind, "project"), all, |it| rows.project(it), query)
        }
        "views" => {
            let all = site.workbooks.iter().flat_map(views_of).collect();
            page::list((kind, "view"), all, |it| rows.view(it, true), query)
        }
        "users" => {
            let all = site.users.iter().collect();
            page::list((kind, "user"), all, |it| rows.user(it), query)
        }
        "flows" => {
            let all = site.flows.iter().collect();
            page::list((kind, "flow"), all, |it| rows.flow(it), query)
        }
        "virtualconnections" | "virtualConnections" => {
            let names = ("virtualConnections", "virtualConnection");
            let all = site.virtual_connections.iter().collect();
            page::list(names, all, |it| rows.virtual_connection(it), query)
        }
        _ => return None,
    })
}

/// One thing, or a part of it, which is never paged.
fn one(rows: &Rows<'_>, kind: &str, id: &str, part: &[&str]) -> Option<Result<Reply, RestError>> {
    let whole = |name: &str, row: Result<Value, RestError>| {
        row.map(|it| Reply::Value(200, json!({ name: it })))
    };
    let all = |name: &str, item: &str, rows: Result<Vec<Value>, RestError>| {
        rows.map(|it| Reply::Value(200, json!({ name: { item: it } })))
    };
    let connections = |rows| all("connections", "connection", rows);
    Some(match (kind, part) {
        ("workbooks", []) => whole("workbook", rows.whole_workbook(id)),
        ("workbooks", ["views"]) => all("views", "view", rows.views_of(id)),
        ("workbooks", ["connections"]) => connections(rows.connections_of_workbook(id)),
        ("workbooks", ["content"]) => rows.workbook_file(id),
        ("datasources", []) => whole("datasource", rows.whole_datasource(id)),
        ("datasources", ["connections"]) => connections(rows.connections_of_datasource(id)),
        ("datasources", ["content"]) => rows.datasource_file(id),
        ("users", []) => whole("user", rows.whole_user(id)),
        ("virtualconnections" | "virtualConnections", []) => {
            whole("virtualConnection", rows.whole_virtual_connection(id))
        }
        ("virtualconnections" | "virtualConnections", ["connections"]) => {
            let found = rows.connections_of_virtual(id);
            all("virtualConnectionConnections", "connection", found)
        }
        _ => return None,
    })
}

/// A job; whoever asks finds it done, and its extract free for the next.
fn job(world: &mut World, id: &str) -> Result<Reply, RestError> {
    let found = world.jobs.get(id).cloned();
    let job = found.ok_or_else(|| RestError::not_found("404031", "The job was not found."))?;
    for item in ["workbook", "datasource"] {
        let id = job["extractRefreshJob"][item]["id"].as_str();
        world.queued.remove(id.unwrap_or_default());
    }
    Ok(Reply::Value(200, json!({"job": job})))
}

/// Starts a refresh of an extract: the job that the next question finds done.
fn refresh(world: &mut World, session: &Session, kind: &str, id: &str) -> Result<Reply, RestError> {
    let site = &world.sites[session.site].site;
    let (item, name, is_live) = match kind {
        "workbooks" => {
            let mut workbooks = site.workbooks.iter();
            let found = workbooks.find(|it| it.luid == id);
            let found = found.ok_or_else(rows::no_workbook)?;
            ("workbook", found.name.clone(), !found.has_extracts())
        }
        "datasources" => {
            let mut datasources = site.datasources.iter();
            let found = datasources.find(|it| it.luid == id);
            let found = found.ok_or_else(rows::no_datasource)?;
            (
                "datasource",
                found.name.clone(),
                found.extract_refreshed_at.is_none(),
            )
        }
        _ => {
            return Err(RestError::not_found(
                "404003",
                "There is nothing to refresh.",
            ));
        }
    };
    if !site.rights.refresh {
        return Err(RestError::forbidden("The user may not refresh this."));
    }
    if is_live {
        let detail = "There is no extract to refresh.";
        return Err(RestError::new("400140", "Bad Request", detail));
    }
    if !world.queued.insert(id.to_owned()) {
        let detail = "A refresh of this is queued already.";
        return Err(RestError::new("409093", "Resource Conflict", detail));
    }
    let job_id = luid(&["job", id, &world.jobs.len().to_string()]);
    let started = json!({
        "id": job_id,
        "mode": "Asynchronous",
        "type": "RefreshExtract",
        "createdAt": "2025-03-01T10:00:00Z",
        "extractRefreshJob": {item: {"id": id, "name": name}},
    });
    let mut done = started.clone();
    done["progress"] = json!(100);
    done["startedAt"] = json!("2025-03-01T10:00:01Z");
    done["completedAt"] = json!("2025-03-01T10:00:09Z");
    done["finishCode"] = json!(0);
    world.jobs.insert(job_id, done);
    Ok(Reply::Value(202, json!({"job": started})))
}

//! From a request to its answer: log it, let faults strike, ask REST or the Metadata API.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;

use super::answer::{Answer, RestError};
use super::execution::{Execution, coded};
use super::fault::{Effects, Oddity, What};
use super::log::Request;
use super::page::Query;
use super::rest;
use super::site::MetadataApi;
use super::world::World;

/// What the client sent.
pub(crate) struct Asked {
    pub(crate) request: Request,
    pub(crate) body: Vec<u8>,
    pub(crate) token: Option<String>,
    pub(crate) wants_json: bool,
    pub(crate) base_url: String,
}

/// What goes back, and how.
pub(crate) struct Outcome {
    /// `None` closes the connection.
    pub(crate) answer: Option<Answer>,
    pub(crate) delay: Duration,
    pub(crate) manner: Manner,
    /// Its place in the log.
    pub(crate) number: usize,
}

/// How an answer is sent.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Manner {
    Whole,
    Cut,
    CutText,
    Drip { n_bytes: usize, pause: Duration },
    Oversize { n_bytes: usize },
    Never,
}

/// Faults of one request, sorted by what they change.
#[derive(Default)]
struct Strikes {
    effects: Effects,
    oddities: Vec<Oddity>,
    instead: Option<Option<Answer>>,
    manner: Option<Manner>,
    delay: Duration,
}

/// Answers a request.
pub(crate) async fn answer(world: &Mutex<World>, asked: Asked) -> Outcome {
    let (strikes, number, delay) = {
        let mut world = world.lock().expect("no holder of the lock panics");
        world.requests.push(asked.request.clone());
        let number = world.requests.len() - 1;
        let mut strikes = sort(&mut world, &asked);
        strikes.effects.salt = number;
        let delay = world.delay + strikes.delay;
        (strikes, number, delay)
    };
    let answer = match strikes.instead {
        Some(instead) => instead,
        None if asked.request.is_metadata() => Some(metadata(world, &asked, strikes.effects).await),
        None => Some(rest(world, &asked, &strikes.oddities)),
    };
    Outcome {
        answer,
        delay,
        manner: strikes.manner.unwrap_or(Manner::Whole),
        number,
    }
}

/// Lets the faults strike.
fn sort(world: &mut World, asked: &Asked) -> Strikes {
    let mut strikes = Strikes::default();
    for what in world.strikes(&asked.request) {
        match what {
            What::SessionEnds => {
                world.sessions.end(asked.token.as_deref());
                strikes.instead = Some(Some(refusal(asked)));
            }
            What::Refused => strikes.instead = Some(Some(refusal(asked))),
            What::Status {
                status,
                retry_after,
            } => {
                let error = Err(RestError::of_status(status));
                let mut answer = Answer::rest(error, asked.wants_json, &[]);
                answer
                    .headers
                    .extend(retry_after.map(|it| ("retry-after", it)));
                strikes.instead = Some(Some(answer));
            }
            What::Body {
                status,
                content_type,
                body,
            } => strikes.instead = Some(Some(Answer::new(status, content_type, body))),
            What::Redirect(to) => {
                let mut answer = Answer::new(301, "text/html", "");
                let target = format!("{to}{}", asked.request.path);
                answer.headers.push(("location", target));
                strikes.instead = Some(Some(answer));
            }
            What::Close => strikes.instead = Some(None),
            What::Hang => strikes.manner = Some(Manner::Never),
            What::Delay(delay) => strikes.delay += delay,
            What::GraphqlErrors(errors) => {
                strikes.instead = Some(Some(Answer::json(200, &json!({"errors": errors}))));
            }
            What::Cut => strikes.manner = Some(Manner::Cut),
            What::CutText => strikes.manner = Some(Manner::CutText),
            What::Drip { n_bytes, pause } => strikes.manner = Some(Manner::Drip { n_bytes, pause }),
            What::Oversize { n_bytes } => strikes.manner = Some(Manner::Oversize { n_bytes }),
            What::Effect(effect) => strikes.effects.add(effect),
            What::Oddity(oddity) => strikes.oddities.push(oddity),
        }
    }
    strikes
}

fn refusal(asked: &Asked) -> Answer {
    match asked.request.is_metadata() {
        true => Answer::spring_unauthorized(),
        false => Answer::rest(Err(RestError::unauthorized()), asked.wants_json, &[]),
    }
}

fn rest(world: &Mutex<World>, asked: &Asked, oddities: &[Oddity]) -> Answer {
    let mut world = world.lock().expect("no holder of the lock panics");
    let call = rest::Call {
        method: &asked.request.method,
        path: &asked.request.path,
        query: Query::parse(&asked.request.query),
        body: &asked.body,
        token: asked.token.as_deref(),
        base_url: &asked.base_url,
    };
    let reply = rest::answer(&mut world, &call);
    Answer::rest(reply, asked.wants_json, oddities)
}

/// The lock is not held while the query runs.
async fn metadata(world: &Mutex<World>, asked: &Asked, effects: Effects) -> Answer {
    let (schema, execution) = {
        let world = world.lock().expect("no holder of the lock panics");
        let Some(session) = world.sessions.get(asked.token.as_deref()) else {
            return Answer::spring_unauthorized();
        };
        let lowered = &world.sites[session.site];
        let site = &lowered.site;
        match site.metadata {
            MetadataApi::On => (),
            MetadataApi::Disabled => {
                let message = "The Metadata API is not enabled on this server";
                let error = coded("ERROR", "FEATURE_DISABLED", message, &json!({}));
                return Answer::json(200, &json!({"errors": [error]}));
            }
            MetadataApi::Missing => {
                let page = "<html><body><h1>404</h1><p>Not Found</p></body></html>";
                return Answer::new(404, "text/html", page);
            }
        }
        let graph = Arc::clone(&lowered.graph);
        let execution = Execution::new(graph, effects, site.rights.names, site.node_limit);
        (lowered.schema.clone(), execution)
    };
    let value = super::graphql::answer(&schema, execution, &asked.body).await;
    Answer::json(200, &value)
}

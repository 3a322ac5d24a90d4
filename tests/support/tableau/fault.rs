//! Faults by script: what goes wrong, in which request, and how often.
//!
//! ```ignore
//! site.script(Fault::session_ends().nth(4));
//! site.script(Fault::status(429).retry_after("1").on_root("workbooksConnection").times(2));
//! ```

use std::time::Duration;

use serde_json::{Value, json};

use super::execution::coded;
use super::log::Request;

/// Something that goes wrong.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    what: What,
    place: Place,
    /// So many fitting requests go well first.
    n_spared: usize,
    n_times: usize,
}

/// Which requests a fault meets.
#[derive(Clone, Debug)]
enum Place {
    Anywhere,
    /// A path, in which `*` stands for anything.
    Path(String),
    /// The Metadata API.
    Metadata,
    /// A GraphQL operation, by its name.
    Operation(String),
    /// A field of `Query`.
    Root(String),
}

/// What goes wrong.
#[derive(Clone, Debug)]
pub(crate) enum What {
    /// The session is over: 401002, or what the Metadata API says.
    SessionEnds,
    /// The same answer, while the session lives on.
    Refused,
    /// An error of Tableau's, in place of the answer.
    Status {
        status: u16,
        retry_after: Option<String>,
    },
    /// A body of no use.
    Body {
        status: u16,
        content_type: &'static str,
        body: String,
    },
    Redirect(String),
    /// The connection is closed without an answer.
    Close,
    /// An answer never comes.
    Hang,
    Delay(Duration),
    /// Only `errors`, no `data`.
    GraphqlErrors(Vec<Value>),
    /// The answer ends early, and the connection with it.
    Cut,
    /// The answer ends early, as if that were all.
    CutText,
    /// A few bytes at a time.
    Drip {
        n_bytes: usize,
        pause: Duration,
    },
    /// Blanks after the answer.
    Oversize {
        n_bytes: usize,
    },
    /// The answer is made otherwise.
    Effect(Effect),
    /// REST lists and values are written otherwise.
    Oddity(Oddity),
}

/// What is other in a GraphQL answer.
#[derive(Clone, Debug)]
pub(crate) enum Effect {
    NodeLimit(usize),
    Warning(Value),
    HideNames,
    /// The field is null wherever it stands.
    NullField(String),
    NullElements,
    Order(Order),
    Duplicates,
}

/// How rows are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Unstable,
    UnstableUnlessAsked,
}

/// What Tableau's JSON does at times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Oddity {
    /// `{}` for no items.
    EmptyObject,
    /// An object for one item.
    SingleObject,
    /// Numbers and booleans in quotes.
    Strings,
}

/// All that is other in one GraphQL answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Effects {
    pub(crate) node_limit: Option<usize>,
    pub(crate) warnings: Vec<Value>,
    pub(crate) hides_names: bool,
    pub(crate) null_fields: Vec<String>,
    pub(crate) has_null_elements: bool,
    pub(crate) order: Option<Order>,
    pub(crate) has_duplicates: bool,
    /// Another one in each request.
    pub(crate) salt: usize,
}

impl Effects {
    pub(crate) fn add(&mut self, effect: Effect) {
        match effect {
            Effect::NodeLimit(limit) => self.node_limit = Some(limit),
            Effect::Warning(warning) => self.warnings.push(warning),
            Effect::HideNames => self.hides_names = true,
            Effect::NullField(field) => self.null_fields.push(field),
            Effect::NullElements => self.has_null_elements = true,
            Effect::Order(order) => self.order = Some(order),
            Effect::Duplicates => self.has_duplicates = true,
        }
    }
}

/// Which requests, and how often: every one unless told otherwise.
impl Fault {
    fn new(what: What) -> Self {
        Self {
            what,
            place: Place::Anywhere,
            n_spared: 0,
            n_times: usize::MAX,
        }
    }

    /// Only in the n-th fitting request, counted from 1.
    pub(crate) fn nth(mut self, n: usize) -> Self {
        self.n_spared = n.saturating_sub(1);
        self.n_times = 1;
        self
    }

    /// From the n-th fitting request on.
    pub(crate) fn starting_at(mut self, n: usize) -> Self {
        self.n_spared = n.saturating_sub(1);
        self
    }

    pub(crate) fn times(mut self, n: usize) -> Self {
        self.n_times = n;
        self
    }

    pub(crate) fn once(self) -> Self {
        self.times(1)
    }

    /// Where the path fits, in which `*` stands for anything: `*/workbooks`.
    pub(crate) fn on_path(mut self, pattern: &str) -> Self {
        self.place = Place::Path(pattern.to_owned());
        self
    }

    pub(crate) fn on_metadata(mut self) -> Self {
        self.place = Place::Metadata;
        self
    }

    pub(crate) fn on_operation(mut self, name: &str) -> Self {
        self.place = Place::Operation(name.to_owned());
        self
    }

    pub(crate) fn on_root(mut self, field: &str) -> Self {
        self.place = Place::Root(field.to_owned());
        self
    }

    /// With this `Retry-After`.
    pub(crate) fn retry_after(mut self, value: &str) -> Self {
        if let What::Status { retry_after, .. } = &mut self.what {
            *retry_after = Some(value.to_owned());
        }
        self
    }

    /// Whether it strikes this request; counts down.
    pub(crate) fn strike(&mut self, request: &Request) -> Option<What> {
        if !self.place.fits(request) || self.n_times == 0 {
            return None;
        }
        if self.n_spared > 0 {
            self.n_spared -= 1;
            return None;
        }
        self.n_times -= 1;
        Some(self.what.clone())
    }
}

impl Place {
    fn fits(&self, request: &Request) -> bool {
        match self {
            Self::Anywhere => true,
            Self::Path(pattern) => matches_glob(pattern, &request.path),
            Self::Metadata => request.is_metadata(),
            Self::Operation(name) => request.operation.as_ref() == Some(name),
            Self::Root(field) => request.roots.contains(field),
        }
    }
}

fn matches_glob(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, tail)) => text.strip_prefix(head).is_some_and(|rest| {
            let mut starts = rest.char_indices().map(|it| it.0).chain([rest.len()]);
            starts.any(|start| matches_glob(tail, &rest[start..]))
        }),
    }
}

/// The faults.
impl Fault {
    pub(crate) fn session_ends() -> Self {
        Self::new(What::SessionEnds)
    }

    pub(crate) fn refused() -> Self {
        Self::new(What::Refused)
    }

    pub(crate) fn status(status: u16) -> Self {
        Self::new(What::Status {
            status,
            retry_after: None,
        })
    }

    pub(crate) fn empty_body() -> Self {
        Self::body(200, "application/json", "")
    }

    pub(crate) fn html() -> Self {
        let page = "<!DOCTYPE html><html><body><h1>Sign in to continue</h1></body></html>";
        Self::body(200, "text/html", page)
    }

    pub(crate) fn body(status: u16, content_type: &'static str, body: &str) -> Self {
        Self::new(What::Body {
            status,
            content_type,
            body: body.to_owned(),
        })
    }

    /// To the same path of another host.
    pub(crate) fn redirect(to: &str) -> Self {
        Self::new(What::Redirect(to.to_owned()))
    }

    pub(crate) fn close() -> Self {
        Self::new(What::Close)
    }

    pub(crate) fn hang() -> Self {
        Self::new(What::Hang)
    }

    pub(crate) fn delay(delay: Duration) -> Self {
        Self::new(What::Delay(delay))
    }

    pub(crate) fn cut() -> Self {
        Self::new(What::Cut)
    }

    pub(crate) fn cut_text() -> Self {
        Self::new(What::CutText)
    }

    pub(crate) fn drip(n_bytes: usize, pause: Duration) -> Self {
        Self::new(What::Drip { n_bytes, pause })
    }

    pub(crate) fn oversize(n_bytes: usize) -> Self {
        Self::new(What::Oversize { n_bytes })
    }

    pub(crate) fn node_limit(limit: usize) -> Self {
        Self::effect(Effect::NodeLimit(limit)).on_metadata()
    }

    /// Data, with a warning of this code beside it.
    pub(crate) fn warning(code: &str) -> Self {
        let warning = coded("WARNING", code, &message_of(code), &json!({}));
        Self::effect(Effect::Warning(warning)).on_metadata()
    }

    /// An error of this code, and no data.
    pub(crate) fn error(code: &str) -> Self {
        let error = coded("ERROR", code, &message_of(code), &json!({}));
        Self::new(What::GraphqlErrors(vec![error])).on_metadata()
    }

    /// An error that has no code, and no data.
    pub(crate) fn uncoded(message: &str) -> Self {
        let error = json!({"message": message, "path": null, "extensions": null});
        Self::new(What::GraphqlErrors(vec![error])).on_metadata()
    }

    /// The time limit as Tableau words it when no code is given.
    pub(crate) fn timeout() -> Self {
        Self::uncoded("Execution canceled because timeout of 30000 millis was reached")
    }

    pub(crate) fn hidden_names() -> Self {
        Self::effect(Effect::HideNames).on_metadata()
    }

    /// This field is null in every object, `owner` for example.
    pub(crate) fn null_field(field: &str) -> Self {
        Self::effect(Effect::NullField(field.to_owned())).on_metadata()
    }

    pub(crate) fn null_elements() -> Self {
        Self::effect(Effect::NullElements).on_metadata()
    }

    /// Another order in each request, even where one is asked for.
    pub(crate) fn unstable_order() -> Self {
        Self::effect(Effect::Order(Order::Unstable)).on_metadata()
    }

    pub(crate) fn unstable_order_unless_asked() -> Self {
        Self::effect(Effect::Order(Order::UnstableUnlessAsked)).on_metadata()
    }

    /// Each page begins with the last row of the one before.
    pub(crate) fn duplicate_rows() -> Self {
        Self::effect(Effect::Duplicates).on_metadata()
    }

    pub(crate) fn oddity(oddity: Oddity) -> Self {
        Self::new(What::Oddity(oddity))
    }

    fn effect(effect: Effect) -> Self {
        Self::new(What::Effect(effect))
    }
}

fn message_of(code: &str) -> String {
    format!(
        "{} (told by the stand-in site)",
        code.to_lowercase().replace('_', " ")
    )
}

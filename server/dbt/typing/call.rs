//! A half-typed item of `depends_on`.

use std::ops::Range;

/// An item of `depends_on` that is being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedDependency {
    /// What is there of it on the line, YAML's quotes included.
    pub item: Range<usize>,
    /// What is typed before the word.
    pub head: String,
    /// Where the word that is being typed starts.
    pub word_start: usize,
    /// What is typed of the word.
    pub word: String,
    /// What stands between the cursor and the item's end.
    pub rest: String,
    /// YAML's quote around the item.
    pub quote: Option<char>,
    /// The quote of the call's arguments.
    pub call_quote: Option<char>,
    /// What of a call is there.
    pub call: TypedCall,
    /// Whether it stands between brackets.
    pub in_flow: bool,
    /// Whether its dash is not there yet.
    pub needs_dash: bool,
}

/// What of a call is there before the word that is being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypedCall {
    /// Nothing.
    None,
    /// `ref('`, or `ref('package', '`
    Ref {
        /// The package, where the word is the second argument.
        package: Option<String>,
    },
    /// `source('`, or `source('source', '`
    Source {
        /// The source, where the word is the second argument.
        source: Option<String>,
    },
}

/// The parts of an item that is typed up to its end.
pub(super) struct Parts {
    pub(super) quote: Option<char>,
    pub(super) call_quote: Option<char>,
    pub(super) call: TypedCall,
    pub(super) word_start: usize,
}

pub(super) fn read(typed: &str) -> Option<Parts> {
    let quote = typed.chars().next().filter(|it| is_quote(*it));
    let start = usize::from(quote.is_some());
    let rest = &typed[start..];
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
    if rest.chars().all(is_word) {
        return Some(Parts {
            quote,
            call_quote: None,
            call: TypedCall::None,
            word_start: start,
        });
    }
    let (function, _) = rest.split_once('(')?;
    let is_ref = match function.trim() {
        "ref" => true,
        "source" => false,
        _ => return None,
    };
    let (first, word) = arguments(typed, start + function.len() + 1)?;
    let call = if is_ref {
        TypedCall::Ref { package: first }
    } else {
        TypedCall::Source { source: first }
    };
    Some(Parts {
        quote,
        call_quote: word.quote,
        call,
        word_start: word.start,
    })
}

/// The argument that is being typed.
struct Word {
    quote: Option<char>,
    start: usize,
}

/// The first argument, where there is a second one, and the one that is being typed.
fn arguments(typed: &str, at: usize) -> Option<(Option<String>, Word)> {
    let first = argument(typed, at)?;
    let Argument::Closed { text, quote, end } = first else {
        return Some((None, first.word()?));
    };
    let behind = &typed[end..];
    let comma = behind.trim_start().strip_prefix(',')?;
    let second = argument(typed, typed.len() - comma.len())?;
    let mut word = second.word()?;
    word.quote = word.quote.or(Some(quote));
    Some((Some(text), word))
}

enum Argument {
    Absent {
        at: usize,
    },
    Open {
        quote: char,
        start: usize,
    },
    Closed {
        text: String,
        quote: char,
        end: usize,
    },
}

impl Argument {
    fn word(&self) -> Option<Word> {
        match *self {
            Argument::Absent { at } => Some(Word {
                quote: None,
                start: at,
            }),
            Argument::Open { quote, start } => Some(Word {
                quote: Some(quote),
                start,
            }),
            Argument::Closed { .. } => None,
        }
    }
}

fn argument(typed: &str, at: usize) -> Option<Argument> {
    let rest = &typed[at..];
    let start = at + rest.len() - rest.trim_start().len();
    let Some(quote) = typed[start..].chars().next() else {
        return Some(Argument::Absent { at: start });
    };
    if !is_quote(quote) {
        return None;
    }
    let start = start + 1;
    Some(match typed[start..].find(quote) {
        Some(length) => Argument::Closed {
            text: typed[start..start + length].to_owned(),
            quote,
            end: start + length + 1,
        },
        None => Argument::Open { quote, start },
    })
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'')
}

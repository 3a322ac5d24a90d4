//! What a call in Jinja may do: read nodes, configure, or neither.
//!
//! A macro may call `ref()` by itself, which a reader of one file cannot see. What is
//! known not to do so is listed here; any other call is taken for such a macro.

use super::MacroName;
use crate::refs::{Function, TokenKind, Words};

/// What a word calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Called {
    /// `ref()`, `source()`.
    Node(Function),
    /// `config()`
    Config,
    /// Something that reads no node but those in its arguments.
    Harmless,
    /// What may read nodes.
    Macro(MacroName),
    /// It is no call.
    Nothing,
}

/// What the word at `index` calls.
pub(super) fn called(words: Words<'_>, index: usize) -> Called {
    let Some(name) = words.name(index) else {
        // `macros['x'](…)`
        let is_item = words.is_sign(index, ']') && words.is_sign(index + 1, '(');
        return match is_item {
            true => Called::Macro(MacroName::Unknown),
            false => Called::Nothing,
        };
    };
    if !words.is_sign(index + 1, '(') {
        // `ref` itself, given to something that calls it.
        let is_handed_on = name == "ref" && !is_sign_before(words, index, '.');
        return match is_handed_on && !words.is_sign(index + 1, '=') {
            true => Called::Macro(MacroName::Unknown),
            false => Called::Nothing,
        };
    }
    if is_sign_before(words, index, '|') || is_test(words, index) || is_keyword(name) {
        return Called::Nothing;
    }
    called_function(words, index, name)
}

fn called_function(words: Words<'_>, index: usize, name: &str) -> Called {
    let called_macro = || Called::Macro(MacroName::Plain(name.to_owned()));
    match owner(words, index) {
        Owner::None | Owner::Name("builtins") => match words.function(index) {
            Some(function) => Called::Node(function),
            None if name == "config" => Called::Config,
            None if is_harmless(name) => Called::Harmless,
            None => called_macro(),
        },
        Owner::Name("adapter") if name == "dispatch" => Called::Macro(dispatched(words, index)),
        Owner::Name(owner) if is_harmless_owner(owner) => Called::Harmless,
        Owner::Name(_) | Owner::Value if is_method(name) => Called::Harmless,
        Owner::Name(_) | Owner::Value => called_macro(),
    }
}

/// The macro that `adapter.dispatch('x', …)` stands for.
fn dispatched(words: Words<'_>, index: usize) -> MacroName {
    let first = words.tokens.get(index + 2).map(|token| &token.kind);
    match first {
        Some(TokenKind::Text { inner, is_literal }) if *is_literal => {
            MacroName::Dispatched(words.text[inner.clone()].to_owned())
        }
        _ => MacroName::Unknown,
    }
}

enum Owner<'w> {
    None,
    /// The first name before the dots: `a` of `a.b.c()`.
    Name(&'w str),
    /// Something that is no name: `'x'.join()`.
    Value,
}

fn owner(words: Words<'_>, index: usize) -> Owner<'_> {
    let mut first = index;
    while is_sign_before(words, first, '.') {
        match first.checked_sub(2) {
            Some(before) if words.name(before).is_some() => first = before,
            _ => return Owner::Value,
        }
    }
    match words.name(first).filter(|_| first != index) {
        Some(name) => Owner::Name(name),
        None => Owner::None,
    }
}

fn is_sign_before(words: Words<'_>, index: usize, sign: char) -> bool {
    index
        .checked_sub(1)
        .is_some_and(|before| words.is_sign(before, sign))
}

/// `x is divisibleby(3)`, `x is not in(y)`
fn is_test(words: Words<'_>, index: usize) -> bool {
    let before = |n: usize| index.checked_sub(n).and_then(|at| words.name(at));
    match before(1) {
        Some("is") => true,
        Some("not") => before(2) == Some("is"),
        _ => false,
    }
}

/// A word that a bracket may follow without a call.
fn is_keyword(name: &str) -> bool {
    matches!(
        name,
        "if" | "elif"
            | "else"
            | "for"
            | "in"
            | "and"
            | "or"
            | "not"
            | "is"
            | "do"
            | "call"
            | "recursive"
            | "filter"
            | "with"
    )
}

/// dbt's and Jinja's own functions, none of which reads a node by itself. Those that
/// render text (`render`) are not among them.
fn is_harmless(name: &str) -> bool {
    is_of_jinja(name) || is_of_dbt(name) || is_cross_database(name)
}

fn is_of_jinja(name: &str) -> bool {
    matches!(
        name,
        "range"
            | "dict"
            | "lipsum"
            | "cycler"
            | "joiner"
            | "namespace"
            | "caller"
            | "super"
            | "loop"
    )
}

fn is_of_dbt(name: &str) -> bool {
    matches!(
        name,
        "var"
            | "env_var"
            | "return"
            | "log"
            | "print"
            | "debug"
            | "fromjson"
            | "tojson"
            | "fromyaml"
            | "toyaml"
            | "set"
            | "set_strict"
            | "zip"
            | "zip_strict"
            | "local_md5"
            | "diff_of_two_dicts"
            | "doc"
            | "metric"
            | "function"
            | "write"
            | "load_result"
            | "store_result"
            | "store_raw_result"
            | "load_agate_table"
            | "submit_python_job"
            | "try_or_compiler_error"
            | "statement"
            | "noop_statement"
            | "run_query"
            | "is_incremental"
            | "should_full_refresh"
            | "should_store_failures"
            | "get_columns_in_query"
            | "load_relation"
            | "snapshot_check_all_get_existing_columns"
    )
}

/// Macros of dbt that differ by warehouse; all of them are in the namespace `dbt` too.
fn is_cross_database(name: &str) -> bool {
    name.starts_with("type_")
        || name.starts_with("current_timestamp")
        || name.starts_with("array_")
        || matches!(
            name,
            "any_value"
                | "bool_or"
                | "cast"
                | "cast_bool_to_text"
                | "concat"
                | "convert_timezone"
                | "date"
                | "date_spine"
                | "date_trunc"
                | "dateadd"
                | "datediff"
                | "escape_single_quotes"
                | "except"
                | "generate_series"
                | "hash"
                | "intersect"
                | "last_day"
                | "length"
                | "listagg"
                | "position"
                | "replace"
                | "right"
                | "safe_cast"
                | "split_part"
                | "string_literal"
        )
}

/// What has no macro of a project in it. dbt's own macros and those of `dbt_utils` read
/// only what they are given.
fn is_harmless_owner(owner: &str) -> bool {
    matches!(
        owner,
        "adapter"
            | "api"
            | "dbt"
            | "dbt_utils"
            | "exceptions"
            | "flags"
            | "graph"
            | "loop"
            | "model"
            | "config"
            | "modules"
            | "target"
            | "this"
            | "var"
            | "validation"
    )
}

/// Methods of Python's values and of dbt's relations, which a package's macro may be
/// called like but for the package.
fn is_method(name: &str) -> bool {
    is_method_of_text(name) || is_method_of_collection(name) || is_other_method(name)
}

fn is_method_of_text(name: &str) -> bool {
    matches!(
        name,
        "capitalize"
            | "casefold"
            | "center"
            | "encode"
            | "endswith"
            | "find"
            | "format"
            | "isalnum"
            | "isalpha"
            | "isdigit"
            | "islower"
            | "isnumeric"
            | "isupper"
            | "join"
            | "ljust"
            | "lower"
            | "lstrip"
            | "replace"
            | "rfind"
            | "rjust"
            | "rsplit"
            | "rstrip"
            | "split"
            | "splitlines"
            | "startswith"
            | "strip"
            | "swapcase"
            | "title"
            | "upper"
            | "zfill"
    )
}

fn is_method_of_collection(name: &str) -> bool {
    matches!(
        name,
        "add"
            | "append"
            | "clear"
            | "copy"
            | "count"
            | "difference"
            | "discard"
            | "extend"
            | "get"
            | "index"
            | "insert"
            | "intersection"
            | "items"
            | "keys"
            | "pop"
            | "remove"
            | "reverse"
            | "setdefault"
            | "sort"
            | "union"
            | "update"
            | "values"
    )
}

/// Of dates, regular expressions, tables of results and relations.
fn is_other_method(name: &str) -> bool {
    matches!(
        name,
        "date"
            | "isoformat"
            | "now"
            | "strftime"
            | "strptime"
            | "timedelta"
            | "timestamp"
            | "today"
            | "total_seconds"
            | "utcnow"
            | "weekday"
            | "isoweekday"
            | "findall"
            | "group"
            | "groups"
            | "match"
            | "search"
            | "sub"
            | "print_table"
            | "is_string"
            | "is_number"
            | "is_numeric"
            | "is_float"
            | "is_integer"
            | "string_size"
            | "include"
            | "incorporate"
            | "quote"
            | "render"
            | "without_identifier"
            | "cycle"
            | "next"
    )
}

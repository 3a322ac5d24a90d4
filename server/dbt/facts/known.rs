//! Names of dbt, Jinja and Python that may be called and read no node by themselves.

use super::MacroName;

/// Words that a bracket may follow without a call.
const KEYWORDS: &str = "if elif else for in and or not is do call recursive filter with";

/// Functions of Jinja, and those of dbt's context. `render` is not one of them: it may be
/// given a text with a `ref()` in it.
const CONTEXT: &str = "
    range dict lipsum cycler joiner namespace caller super loop
    var env_var return log print debug fromjson tojson fromyaml toyaml set set_strict zip zip_strict
    local_md5 diff_of_two_dicts doc metric function write load_result store_result store_raw_result
    load_agate_table submit_python_job try_or_compiler_error";

/// Macros of dbt, which a project may have its own instead of.
const DBT_MACROS: &str = "
    statement noop_statement run_query get_columns_in_query is_incremental should_full_refresh
    should_store_failures load_relation snapshot_check_all_get_existing_columns
    any_value array_append array_concat array_construct bool_or cast cast_bool_to_text concat
    convert_timezone current_timestamp current_timestamp_backcompat
    current_timestamp_in_utc_backcompat date date_spine date_trunc dateadd datediff
    escape_single_quotes except generate_series hash intersect last_day length listagg position
    replace right safe_cast split_part string_literal
    type_bigint type_boolean type_float type_int type_numeric type_string type_timestamp";

/// What has no macro of a project in it. `dbt` and `dbt_utils` are packages whose macros
/// read only what they are given.
const OWNERS: &str = "
    adapter api config dbt dbt_utils exceptions flags graph loop model modules target this var
    validation";

/// Methods of Python's values, of results and of relations: `rows.append()` is written like
/// `package.macro()`.
const METHODS: &str = "
    capitalize casefold center encode endswith find format isalnum isalpha isdigit islower isnumeric
    isupper join ljust lower lstrip replace rfind rjust rsplit rstrip split splitlines startswith
    strip swapcase title upper zfill
    add append clear copy count difference discard extend get index insert intersection items keys
    pop remove reverse setdefault sort union update values next
    date isoformat isoweekday now strftime strptime timedelta timestamp today total_seconds utcnow
    weekday findall group groups match search sub
    print_table is_string is_number is_numeric is_float is_integer string_size include incorporate
    quote render without_identifier cycle";

fn is_in(names: &str, name: &str) -> bool {
    names.split_ascii_whitespace().any(|it| it == name)
}

/// Whether a bracket may follow a word without a call.
pub(super) fn is_keyword(name: &str) -> bool {
    is_in(KEYWORDS, name)
}

/// Whether it is a function that dbt or Jinja gives to every text.
pub(super) fn is_context(name: &str) -> bool {
    is_in(CONTEXT, name)
}

/// Whether it is a macro of dbt's own, unless the project has one of its name.
pub(super) fn is_dbts(name: &MacroName) -> bool {
    matches!(name, MacroName::Plain(name) if is_in(DBT_MACROS, name))
}

/// Whether what is called by `owner.x()` reads nothing.
pub(super) fn is_harmless_owner(owner: &str) -> bool {
    is_in(OWNERS, owner)
}

/// Whether `x.name()` is more likely a method than a macro.
pub(super) fn is_method(name: &str) -> bool {
    is_in(METHODS, name)
}

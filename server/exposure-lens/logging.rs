//! The log: lines on stderr, since stdout belongs to answers and to the protocol.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// What is logged when nothing is said: what is wrong, and the lines that one
/// would want in a bug report. That a certificate is not trusted is said by us, once.
const DEFAULT_LEVEL: &str = "warn,exposure_lens=info,rustls_platform_verifier=off";

/// Starts logging at `level`: `error`, `warn`, `info`, `debug`, `trace`, or
/// directives such as `exposure_lens=debug`. A second call does nothing.
pub fn start(level: Option<&str>) {
    let wanted = level.map(str::trim).filter(|level| !level.is_empty());
    let parsed = wanted.map(|level| EnvFilter::try_new(directives(level)));
    let refused = matches!(parsed, Some(Err(_)));
    let filter = parsed
        .and_then(Result::ok)
        .unwrap_or_else(|| EnvFilter::new(DEFAULT_LEVEL));
    let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let started = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(colours)
        .try_init();
    if started.is_ok() && refused {
        tracing::warn!(level, "not a log level; the default is used");
    }
}

/// A bare level is ours alone: the libraries' own traces would drown it.
fn directives(level: &str) -> String {
    match level.to_ascii_lowercase().as_str() {
        level @ ("error" | "warn") => level.to_owned(),
        level @ ("info" | "debug" | "trace" | "off") => format!("warn,exposure_lens={level}"),
        _ => level.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_for_our_own_lines() {
        assert_eq!(directives("DEBUG"), "warn,exposure_lens=debug");
        assert_eq!(directives("error"), "error");
        assert_eq!(
            directives("tower_lsp_server=trace"),
            "tower_lsp_server=trace"
        );
    }
}

//! Where the credential comes from: the environment, a pipe, or the user at a terminal.

use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::sync::Arc;

use anyhow::Context as _;
use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;
use serde::Deserialize;
use tableau::{Credential, SiteAddress};

use super::complain;
use crate::credentials::{Credentials, Place};

/// More than any credential.
const MAX_INPUT: u64 = 64 << 10;

/// What signs in, and whether it is there each time anyway.
pub(super) struct Input {
    pub(super) credential: Arc<Credential>,
    pub(super) is_from_environment: bool,
}

impl Input {
    /// Whether it is a personal access token, of which each has one session.
    pub(super) fn is_token(&self) -> bool {
        matches!(*self.credential, Credential::Pat { .. })
    }
}

/// Takes the credential for `address`. The inner error is a use that is wrong.
pub(super) fn read(
    from_stdin: bool,
    address: &SiteAddress,
    credentials: &Credentials,
) -> anyhow::Result<Result<Input, String>> {
    let given = |credential| Input {
        credential: Arc::new(credential),
        is_from_environment: false,
    };
    if from_stdin {
        let text = read_pipe(io::stdin().lock()).context("cannot read the token from stdin")?;
        return Ok(parse(&text).map(given));
    }
    if let Some(problem) = credentials.environment_problem() {
        return Ok(Err(format!(
            "cannot use the credential of the environment: {problem}"
        )));
    }
    let found = credentials.get(address).ok().flatten();
    if let Some(found) = found.filter(|it| it.place == Place::Environment) {
        return Ok(Ok(Input {
            credential: found.credential,
            is_from_environment: true,
        }));
    }
    if !io::stdin().is_terminal() {
        return Ok(Err(
            "there is no terminal to ask for the token: pass its name and its secret with \
             --stdin, on a line each"
                .to_owned(),
        ));
    }
    ask(address).map(|it| it.map(given))
}

/// Two lines, or all of it where it is JSON: whoever writes two lines may keep the pipe open.
fn read_pipe(input: impl BufRead) -> io::Result<Zeroizing<String>> {
    let mut input = input.take(MAX_INPUT);
    let mut text = Zeroizing::new(String::new());
    input.read_line(&mut text)?;
    if text.trim_start().starts_with('{') {
        input.read_to_string(&mut text)?;
    } else {
        input.read_line(&mut text)?;
    }
    Ok(text)
}

#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Json {
    Pat {
        name: String,
        secret: SecretString,
    },
    ConnectedApp {
        client_id: String,
        secret_id: String,
        secret: SecretString,
        user: String,
    },
}

/// The text is not repeated in errors.
fn parse(text: &str) -> Result<Credential, String> {
    if text.trim_start().starts_with('{') {
        let json: Json = serde_json::from_str(text).map_err(|_| {
            "stdin holds JSON that is no credential: it takes {name, secret}, or for a connected \
             app {client_id, secret_id, secret, user}"
                .to_owned()
        })?;
        return Ok(json.into_credential());
    }
    let mut lines = text.lines().map(str::trim);
    let (name, secret) = (lines.next().unwrap_or(""), lines.next().unwrap_or(""));
    pat(name, secret)
}

impl Json {
    fn into_credential(self) -> Credential {
        match self {
            Json::Pat { name, secret } => Credential::Pat { name, secret },
            Json::ConnectedApp {
                client_id,
                secret_id,
                secret,
                user,
            } => Credential::ConnectedApp {
                client_id,
                secret_id,
                secret,
                user,
            },
        }
    }
}

fn pat(name: &str, secret: &str) -> Result<Credential, String> {
    if name.is_empty() || secret.is_empty() {
        return Err("a token has a name and a secret: one of them is missing".to_owned());
    }
    Ok(Credential::Pat {
        name: name.to_owned(),
        secret: SecretString::from(secret),
    })
}

fn ask(address: &SiteAddress) -> anyhow::Result<Result<Credential, String>> {
    complain(&format!(
        "Sign in to {address} with a personal access token."
    ));
    complain(
        "Make one there for this machine: your picture at the top right > My Account Settings > \
         Personal Access Tokens.",
    );
    let reading = "cannot read the token from the terminal";
    let name = ask_name().context(reading)?;
    let secret = match ask_secret() {
        Err(error) if error.kind() == io::ErrorKind::Interrupted => {
            anyhow::bail!("cancelled: nothing is kept")
        }
        asked => asked.context(reading)?,
    };
    Ok(pat(name.trim(), secret.trim()))
}

fn ask_name() -> io::Result<String> {
    let mut err = anstream::stderr();
    err.write_all(b"Token name: ")?;
    err.flush()?;
    let mut name = String::new();
    io::stdin().lock().take(MAX_INPUT).read_line(&mut name)?;
    Ok(name)
}

/// Asks without echo. Ctrl-C must not end the process at once: the terminal would stay
/// without an echo. Whoever takes the signal here takes it until the process ends.
fn ask_secret() -> io::Result<Zeroizing<String>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let ask = || rpassword::prompt_password("Token secret (not shown): ");
        tokio::select! {
            biased;
            pressed = tokio::signal::ctrl_c() => {
                pressed?;
                Err(io::Error::from(io::ErrorKind::Interrupted))
            }
            // The first branch is looked at first, and takes the signal before the question.
            asked = async { tokio::task::spawn_blocking(ask).await } => {
                asked.map_err(io::Error::other)?.map(Zeroizing::new)
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let text = read_pipe(text.as_bytes()).expect("it is read");
        let said = match parse(&text) {
            Ok(Credential::Pat { name, secret }) => format!("{name}, {}", secret.expose_secret()),
            Ok(Credential::ConnectedApp {
                client_id,
                secret_id,
                secret,
                user,
            }) => format!(
                "{client_id}, {secret_id}, {}, {user}",
                secret.expose_secret()
            ),
            Err(reason) => reason,
        };
        assert_eq!(said, expect);
    }

    #[test]
    fn a_pipe_holds_two_lines_or_json() {
        check("laptop\ns3cret==:x\n", "laptop, s3cret==:x");
        check("my token\r\ns3cret\r\nmore\r\n", "my token, s3cret");
        check("laptop\ns3cret", "laptop, s3cret");
        check(
            r#"{"name": "laptop", "secret": "s3cret"}"#,
            "laptop, s3cret",
        );
        check(
            "{\n\"client_id\": \"a\", \"secret_id\": \"b\",\n\"secret\": \"c\", \"user\": \"d\"\n}\n",
            "a, b, c, d",
        );
    }

    #[test]
    fn what_is_no_credential_is_not_repeated() {
        let missing = "a token has a name and a secret: one of them is missing";
        for text in ["", "\n\n", "s3cret", "laptop\n", "\ns3cret\n"] {
            check(text, missing);
        }
        let no_credential = "stdin holds JSON that is no credential: it takes {name, secret}, or \
                             for a connected app {client_id, secret_id, secret, user}";
        for text in [
            "{",
            "{}",
            r#"{"name": "x", "sceret": "s3cret"}"#,
            "{\"secret\": 1}",
        ] {
            check(text, no_credential);
        }
    }
}

//! The answer of `login` for people.

use std::io::{self, Write};

use tableau::Credential;

use super::{Answer, Done, complain, note};
use crate::credentials::Kept;
use crate::output::terminal::{BOLD, Cell, write_table};

pub(super) fn write(answer: &Answer, out: &mut dyn Write) -> io::Result<()> {
    let done = match &answer.outcome {
        Ok(done) => done,
        Err(failure) => {
            let reason = failure.to_string();
            complain(&format!("error: {}", ide::plain_message(&reason)));
            complain(&format!("next: {}", ide::plain_message(&failure.hint())));
            return Ok(());
        }
    };
    write_table(out, 0, &rows(answer, done))?;
    answer.notes.iter().for_each(note);
    complain(&next(answer, done));
    Ok(())
}

fn next(answer: &Answer, done: &Done) -> String {
    if done.is_listed {
        return "next: `exposure-lens pull` in a dbt project reads the site; editors do so by \
                themselves"
            .to_owned();
    }
    format!(
        "next: your settings name other sites only; add this one in exposure-lens.yml or \
         config.yml:\ntableau:\n  sites:\n    - url: \"{}\"",
        answer.address
    )
}

fn rows(answer: &Answer, done: &Done) -> Vec<Vec<Cell>> {
    let row = |heading: &str, text: &str| vec![Cell::new(heading).style(BOLD), Cell::new(text)];
    let mut rows = vec![
        row("site", &answer.address.to_string()),
        row("signed in as", &who(done)),
        row("API", &version(done)),
        row("credential", &credential(done)),
    ];
    match &done.kept {
        Some(Kept::Keyring) => rows.push(row("kept in", "the system's keyring")),
        Some(Kept::File { path, reason }) => {
            rows.push(row("kept in", &path.display().to_string()));
            rows.push(row("", &format!("only you can read it ({reason})")));
        }
        None => rows.push(row("kept in", "the environment alone")),
    }
    rows.push(row("content", &content(done)));
    rows
}

fn who(done: &Done) -> String {
    let name = done.who.user_name.as_deref();
    let name = name.unwrap_or("a user whose name the site does not tell");
    match &done.who.site_role {
        Some(role) => format!("{name} · {role}"),
        None => name.to_owned(),
    }
}

fn version(done: &Done) -> String {
    match &done.who.product_version {
        Some(product) => format!("{} · Tableau {product}", done.who.api_version),
        None => done.who.api_version.clone(),
    }
}

fn credential(done: &Done) -> String {
    match &*done.credential {
        Credential::Pat { name, .. } => format!("token {name}"),
        Credential::ConnectedApp { user, .. } => format!("connected app for {user}"),
    }
}

fn content(done: &Done) -> String {
    match (done.rights.has_metadata(), done.rights.n_workbooks()) {
        (Some(true), Some(1)) => "the Metadata API answers · 1 workbook".to_owned(),
        (Some(true), Some(n)) => format!("the Metadata API answers · {n} workbooks"),
        (Some(true), None) => "the Metadata API answers".to_owned(),
        (Some(false), _) => "without the Metadata API: workbooks are downloaded".to_owned(),
        (None, _) => "not known: the Metadata API gave no answer".to_owned(),
    }
}

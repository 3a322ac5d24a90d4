//! `doctor --fix`: the proposed rules for names are written into a settings file.
//!
//! Asked for on a terminal: for the team or for the user alone. `--yes` writes for the
//! team without asking. Where nobody can be asked nothing is written.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::PathBuf;

use lineage::NameRule;
use serde::Serialize;

use super::names::Proposal;
use crate::cli::load::Loaded;
use crate::cli::{Context, Format, Outcome, complain, refuse};
use crate::output::json_v1;
use crate::output::terminal::{BOLD, GOOD, styled};
use crate::workspace::accept::{self, Acceptance, For};
use crate::workspace::process_env;

#[derive(Serialize)]
struct Answer {
    version: u32,
    proposal: Option<Proposal>,
    written: Vec<Written>,
}

/// A file that was written.
#[derive(Serialize)]
struct Written {
    path: String,
    /// `team` or `me`.
    r#for: &'static str,
    rules: Vec<String>,
}

/// What the user says to the proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    Accept(For),
    Leave,
}

pub(super) fn run(
    context: &Context,
    loaded: &Loaded,
    yes: bool,
    out: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    let Some(proposal) = loaded.analysis.proposal.clone() else {
        return nothing_to_do(context, out);
    };
    if context.format == Format::Text {
        write_proposal(loaded, out)?;
    }
    let wish = match yes {
        true => Wish::Accept(For::Team),
        false if is_terminal() => ask(context, loaded)?,
        false => {
            return Ok(refuse(
                "there is no terminal to ask on: add --yes to accept the rule for the team, or \
                 run `exposure-lens doctor --fix` on one",
            ));
        }
    };
    let Wish::Accept(who) = wish else {
        complain("nothing is written");
        return Ok(Outcome::Fine);
    };
    match write(context, loaded, who, &proposal.rules) {
        Ok(done) => {
            tell(context, loaded, &done, &proposal.rules, out)?;
            Ok(Outcome::Fine)
        }
        Err(reason) => {
            complain(&format!("error: {}", ide::plain_message(&reason)));
            Ok(Outcome::NotKnown)
        }
    }
}

fn nothing_to_do(context: &Context, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let answer = Answer {
        version: 1,
        proposal: None,
        written: Vec::new(),
    };
    match context.format {
        Format::Json => json_v1::write(out, &answer)?,
        Format::Text => writeln!(out, "nothing is proposed: there is nothing to write")?,
    }
    Ok(Outcome::Fine)
}

fn write_proposal(loaded: &Loaded, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", styled("proposed", BOLD))?;
    let lines = Proposal::of(loaded).map(|it| it.lines());
    let mut lines = lines.into_iter().flatten();
    lines.try_for_each(|line| writeln!(out, "  {}", ide::plain_message(&line)))?;
    out.flush()
}

fn is_terminal() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

fn ask(context: &Context, loaded: &Loaded) -> io::Result<Wish> {
    let named = |who| {
        let (file, project) = (context.config.as_deref(), &loaded.project);
        let path = accept::file_for(who, project, file, &process_env);
        path.map(|it| ide::plain_message(&it.to_string_lossy()))
    };
    let mut question = String::from("Write it for the (t)eam, into exposure-lens.yml");
    if let Some(own) = named(For::Me) {
        question.push_str(&format!(", for (m)e, into {own}"));
    }
    question.push_str(", or (n)ot at all? [t/m/N] ");
    let mut err = anstream::stderr();
    err.write_all(question.as_bytes())?;
    err.flush()?;
    read_wish(io::stdin().lock())
}

/// What is no clear yes is a no.
fn read_wish(mut input: impl BufRead) -> io::Result<Wish> {
    let mut answer = String::new();
    input.read_line(&mut answer)?;
    Ok(match answer.trim().to_lowercase().as_str() {
        "t" | "team" => Wish::Accept(For::Team),
        "m" | "me" => Wish::Accept(For::Me),
        _ => Wish::Leave,
    })
}

fn write(
    context: &Context,
    loaded: &Loaded,
    who: For,
    rules: &[NameRule],
) -> Result<Acceptance, String> {
    let own = context.config.as_deref();
    let acceptance = accept::plan(who, rules, &loaded.project, own, &process_env)?;
    acceptance.write()?;
    Ok(acceptance)
}

fn tell(
    context: &Context,
    loaded: &Loaded,
    done: &Acceptance,
    rules: &[NameRule],
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let path = shown(loaded, done);
    let rules: Vec<String> = rules.iter().map(ToString::to_string).collect();
    if context.format == Format::Text {
        let path = ide::plain_message(&path);
        writeln!(out, "{} {path}", styled("written:", GOOD))?;
        let mut rules = rules.iter().map(|it| ide::plain_message(it));
        rules.try_for_each(|it| writeln!(out, "  {it}"))?;
        return Ok(());
    }
    let written = Written {
        path,
        r#for: match done.who {
            For::Team => "team",
            For::Me => "me",
        },
        rules,
    };
    let answer = Answer {
        version: 1,
        proposal: Proposal::of(loaded),
        written: vec![written],
    };
    Ok(json_v1::write(out, &answer)?)
}

/// The team's file as the project names it, the user's as the system does.
fn shown(loaded: &Loaded, done: &Acceptance) -> String {
    match done.who {
        For::Team => loaded.shown(&done.path),
        For::Me => PathBuf::from(&done.path).display().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clear_yes_is_one() {
        let check = |text: &str, expect: Wish| {
            assert_eq!(
                read_wish(text.as_bytes()).expect("memory"),
                expect,
                "{text}"
            );
        };
        check("t\n", Wish::Accept(For::Team));
        check(" Team \n", Wish::Accept(For::Team));
        check("me\r\n", Wish::Accept(For::Me));
        for no in ["", "\n", "n\n", "y\n", "tt\n"] {
            check(no, Wish::Leave);
        }
    }
}

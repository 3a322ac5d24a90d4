//! Code actions: what can be done at a place, what mends a diagnostic, and the edit of
//! an action that was chosen.

use std::borrow::Cow;
use std::ops::Range;

use dbt::Field;
use lineage::{ExposureName, Subject, WorkbookIx};
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};
use tower_lsp::ls_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams, Command, WorkspaceEdit,
};

use super::super::ext::{
    ActionData, CopyParams, PageArgument, ProjectArgument, WorkbookKey, Write,
};
use super::super::session::{ProjectSnapshot, Snapshot};
use super::super::{commands, edits, to_proto};
use super::merged;
use crate::disk;

/// The protocol's code for "it was valid, and could not be done".
const REQUEST_FAILED: ErrorCode = ErrorCode::ServerError(-32803);

/// Of so many diagnostics at once the fixes are offered.
const MAX_MENDED: usize = 10;

/// The texts of an exposure that Tableau knows too.
const FIELDS: [Field; 5] = [
    Field::Label,
    Field::Url,
    Field::Description,
    Field::OwnerName,
    Field::OwnerEmail,
];

pub(in super::super) fn code_action(
    at: &Snapshot,
    params: &CodeActionParams,
) -> Vec<CodeActionOrCommand> {
    let (a, b) = (at.offset(params.range.start), at.offset(params.range.end));
    let range = a.min(b)..a.max(b);
    let wanted = Wanted(params.context.only.as_deref());
    let ask = |at: &Snapshot| Some(offers(at, &range, &wanted)).filter(|it| !it.is_empty());
    let answers = merged::answers(at, ask);
    let named = answers.into_iter().flat_map(|it| {
        let names: Vec<String> = it.name.into_iter().collect();
        let found = it.found.into_iter();
        found.map(move |mut it| {
            let title = match &mut it {
                CodeActionOrCommand::CodeAction(it) => &mut it.title,
                CodeActionOrCommand::Command(it) => &mut it.title,
            };
            *title = merged::titled(&names, title);
            it
        })
    });
    named.collect()
}

/// What one project offers.
fn offers(at: &Snapshot, range: &Range<usize>, wanted: &Wanted<'_>) -> Vec<CodeActionOrCommand> {
    let mut all = Vec::new();
    if wanted.includes(&CodeActionKind::QUICKFIX) {
        all.extend(fixes(at, range));
    }
    if wanted.includes(&CodeActionKind::REFACTOR) {
        let actions = at.ask(|analysis, file| analysis.actions(file, range.clone()));
        let actions = actions.unwrap_or_default().into_iter();
        all.extend(actions.filter_map(|it| offer(&at.project, it, wanted)));
    }
    all
}

/// The kinds that a client asks for; all where it names none.
struct Wanted<'a>(Option<&'a [CodeActionKind]>);

impl Wanted<'_> {
    /// Whether `kind` is asked for, or what stands above it: nothing at all.
    fn includes(&self, kind: &CodeActionKind) -> bool {
        let is = |it: &CodeActionKind| it == kind || *it == CodeActionKind::EMPTY;
        self.0.is_none_or(|kinds| kinds.iter().any(is))
    }

    /// Whether no kind is asked for: what changes nothing is of none.
    fn is_everything(&self) -> bool {
        self.0.is_none()
    }
}

/// What mends the diagnostics that touch `range`.
fn fixes(at: &Snapshot, range: &Range<usize>) -> Vec<CodeActionOrCommand> {
    let touches = |it: &Range<usize>| it.start <= range.end && range.start <= it.end;
    let found = at.ask(|analysis, file| {
        let found = analysis.diagnostics(file).into_iter();
        // Each fix reads the whole file: somebody who selects all of it waits for no more.
        let found = found.filter(|it| touches(&it.range)).take(MAX_MENDED);
        let mended = found.map(|it| {
            let fixes = it.fixes.iter();
            let edits = fixes.map(|fix| match &fix.edit {
                ide::FixEdit::Intent(_) => None,
                _ => Some(analysis.fix_edits(file, fix)),
            });
            let edits: Vec<_> = edits.collect();
            (it, edits)
        });
        mended.collect::<Vec<_>>()
    });
    let mut all = Vec::new();
    for (mut diagnostic, edits) in found.unwrap_or_default() {
        let fixes = std::mem::take(&mut diagnostic.fixes);
        let encoding = at.project.can.encoding;
        let shown = to_proto::diagnostic(diagnostic, &at.document.text, encoding);
        for (fix, edits) in fixes.into_iter().zip(edits) {
            let action = mend(at, fix, edits);
            all.extend(action.map(|action| {
                CodeActionOrCommand::from(CodeAction {
                    kind: Some(CodeActionKind::QUICKFIX),
                    diagnostics: Some(vec![shown.clone()]),
                    ..action
                })
            }));
        }
    }
    all
}

fn mend(
    at: &Snapshot,
    fix: ide::Fix,
    made: Option<std::result::Result<Vec<dbt::TextEdit>, String>>,
) -> Option<CodeAction> {
    let project = &at.project;
    if !project.can.action_literals {
        return None;
    }
    let is_preferred = fix.is_preferred.then_some(true);
    if let ide::FixEdit::Intent(intent) = &fix.edit {
        let action = edit_action(project, fix.title, None, intent)?;
        return Some(CodeAction {
            is_preferred,
            ..action
        });
    }
    let path = disk::relative(&project.root, &at.path);
    let text = at.document.text.to_string();
    let edit = made?.and_then(|it| edits::of_document(project, &path, &text, it));
    let (edit, disabled) = match edit {
        Ok(edit) => (Some(edit), None),
        Err(reason) => (None, Some(reason)),
    };
    let is_shown = disabled.is_none() || project.can.disabled_actions;
    is_shown.then(|| CodeAction {
        title: fix.title,
        edit,
        is_preferred: is_preferred.filter(|_| disabled.is_none()),
        disabled: disabled.map(to_proto::disabled),
        ..CodeAction::default()
    })
}

fn offer(
    project: &ProjectSnapshot,
    action: ide::Action,
    wanted: &Wanted<'_>,
) -> Option<CodeActionOrCommand> {
    let ide::Action {
        title,
        kind,
        disabled,
    } = action;
    if let ide::ActionKind::Edit(intent) = &kind {
        let is_wanted = wanted.includes(&CodeActionKind::REFACTOR);
        let edit = || match project.can.action_literals {
            true => edit_action(project, title, disabled, intent).map(Into::into),
            false => write_command(project, title, disabled, intent).map(Into::into),
        };
        return is_wanted.then(edit)?;
    }
    if !wanted.is_everything() {
        return None;
    }
    let command = command(project, title.clone(), &kind)?;
    Some(match project.can.action_literals {
        false => command.into(),
        true => CodeAction {
            title,
            command: Some(command),
            ..CodeAction::default()
        }
        .into(),
    })
}

/// The command of an action that changes no file.
fn command(project: &ProjectSnapshot, title: String, kind: &ide::ActionKind) -> Option<Command> {
    match kind {
        ide::ActionKind::Edit(_) => None,
        ide::ActionKind::ListDashboards(node) => {
            Some(to_proto::list_dashboards(title, &project.argument(*node)?))
        }
        ide::ActionKind::OpenPage(url) => {
            let page = PageArgument {
                project: to_proto::file_uri(&project.root)?,
                url: url.clone(),
            };
            Some(to_proto::command(title, commands::OPEN_DASHBOARD, &page))
        }
        ide::ActionKind::Copy(text) => {
            let text = CopyParams { text: text.clone() };
            Some(to_proto::command(title, commands::COPY, &text))
        }
        ide::ActionKind::AcceptNames(who) => {
            let about = ProjectArgument {
                project: to_proto::file_uri(&project.root)?,
            };
            let accept = match who {
                ide::AcceptFor::Team => commands::ACCEPT_FOR_TEAM,
                ide::AcceptFor::Me => commands::ACCEPT_FOR_ME,
            };
            Some(to_proto::command(title, accept, &about))
        }
    }
}

fn edit_action(
    project: &ProjectSnapshot,
    title: String,
    mut disabled: Option<String>,
    intent: &ide::Intent,
) -> Option<CodeAction> {
    let mut edit = None;
    if disabled.is_none() && !project.can.resolve_edit {
        match carry_out(project, intent) {
            Ok(made) => edit = Some(made.edit),
            Err(reason) => disabled = Some(reason),
        }
    }
    if disabled.is_some() && !project.can.disabled_actions {
        return None;
    }
    let data = data(project, intent)?;
    Some(CodeAction {
        edit,
        ..to_proto::edit_action(title, disabled, &data)
    })
}

/// For a client that takes commands alone: the server asks it to make the edit.
fn write_command(
    project: &ProjectSnapshot,
    title: String,
    disabled: Option<String>,
    intent: &ide::Intent,
) -> Option<Command> {
    let can = disabled.is_none() && project.can.apply_edit;
    let data = data(project, intent).filter(|_| can)?;
    Some(to_proto::command(title, commands::WRITE, &data))
}

/// What names an intent to a client.
pub(super) fn data(project: &ProjectSnapshot, intent: &ide::Intent) -> Option<ActionData> {
    Some(ActionData {
        project: to_proto::file_uri(&project.root)?,
        write: to_write(project, intent),
    })
}

/// The edit of an action that was chosen, made for the texts as they are now.
pub(in super::super) fn resolve_action(
    project: &ProjectSnapshot,
    mut action: CodeAction,
    data: &ActionData,
) -> Result<CodeAction> {
    action.edit = Some(write(project, &data.write).map_err(failed)?.edit);
    Ok(action)
}

/// The reason may name what stands in a user's files, or what a client made up.
pub(in super::super) fn failed(reason: String) -> Error {
    Error {
        code: REQUEST_FAILED,
        message: Cow::Owned(ide::plain_message(&reason)),
        data: None,
    }
}

/// An edit that was made.
pub(in super::super) struct Made {
    pub(in super::super) edit: WorkspaceEdit,
    /// What it leaves out, to be told when it was applied.
    pub(in super::super) rest: Option<String>,
}

/// The edit that writes what a client asks for.
pub(in super::super) fn write(
    project: &ProjectSnapshot,
    write: &Write,
) -> std::result::Result<Made, String> {
    carry_out(project, &intent(project, write)?)
}

fn carry_out(project: &ProjectSnapshot, intent: &ide::Intent) -> std::result::Result<Made, String> {
    let texts = |path: &str| edits::text(project, path);
    let analysis = &project.view.analysis;
    if *intent == ide::Intent::WriteMissing {
        let made = analysis.write_missing(&texts)?;
        let rest = made.rest();
        let new = ide::count(made.n_new, "missing exposure");
        let what = [Some(new), rest.clone()].into_iter().flatten();
        let what = ide::plain_message(&what.collect::<Vec<_>>().join("; "));
        return Ok(Made {
            edit: edits::reviewed_edit(project, &made.files, &what)?,
            rest,
        });
    }
    let changes = analysis.carry_out(intent, &texts)?;
    Ok(Made {
        edit: edits::workspace_edit(project, &changes)?,
        rest: None,
    })
}

/// An intent, by names that survive a reload.
fn to_write(project: &ProjectSnapshot, intent: &ide::Intent) -> Write {
    let lineage = &project.view.analysis.lineage;
    let exposure = ToString::to_string;
    match intent {
        ide::Intent::WriteExposure(subject) => {
            let it = lineage.workbook(subject.workbook);
            let dashboard = subject.dashboard.and_then(|ix| it.dashboards.get(ix));
            Write::Exposure {
                workbook: WorkbookKey {
                    name: it.name.clone(),
                    luid: it.luid.as_ref().map(ToString::to_string),
                    file: it.file.clone(),
                },
                dashboard: dashboard.map(|it| it.name.clone()),
            }
        }
        ide::Intent::WriteAll(node) => Write::All {
            node: lineage.nodes().get(*node).id.to_string(),
        },
        ide::Intent::WriteMissing => Write::Missing,
        ide::Intent::AddDependencies(name) => Write::Dependencies {
            exposure: exposure(name),
        },
        ide::Intent::Update(name, field) => Write::Text {
            exposure: exposure(name),
            key: field.key().to_owned(),
        },
        ide::Intent::Disable(name) => Write::Disabled {
            exposure: exposure(name),
        },
        ide::Intent::Remove(name) => Write::Nothing {
            exposure: exposure(name),
        },
    }
}

/// What was meant, in what is there now.
fn intent(project: &ProjectSnapshot, write: &Write) -> std::result::Result<ide::Intent, String> {
    let name = |it: &String| ExposureName::new(it.as_str());
    Ok(match write {
        Write::Exposure {
            workbook,
            dashboard,
        } => ide::Intent::WriteExposure(subject(project, workbook, dashboard.as_deref())?),
        Write::All { node } => {
            let found = project.view.analysis.node(node);
            let gone = || "the manifest has no such node any more".to_owned();
            ide::Intent::WriteAll(found.ok_or_else(gone)?)
        }
        Write::Missing => ide::Intent::WriteMissing,
        Write::Dependencies { exposure } => ide::Intent::AddDependencies(name(exposure)),
        Write::Text { exposure, key } => {
            let field = FIELDS.into_iter().find(|it| it.key() == key);
            let unknown = || format!("an exposure has no `{key}` that Tableau knows");
            ide::Intent::Update(name(exposure), field.ok_or_else(unknown)?)
        }
        Write::Disabled { exposure } => ide::Intent::Disable(name(exposure)),
        Write::Nothing { exposure } => ide::Intent::Remove(name(exposure)),
    })
}

fn subject(
    project: &ProjectSnapshot,
    key: &WorkbookKey,
    dashboard: Option<&str>,
) -> std::result::Result<Subject, String> {
    let gone = |name: &str| format!("{} is not there any more", ide::plain(name));
    let workbook = find_workbook(project, key).ok_or_else(|| gone(&key.name))?;
    let Some(name) = dashboard else {
        return Ok(Subject {
            workbook,
            dashboard: None,
        });
    };
    let dashboards = &project.view.analysis.lineage.workbook(workbook).dashboards;
    let place = dashboards.iter().position(|it| it.name == name);
    Ok(Subject {
        workbook,
        dashboard: Some(place.ok_or_else(|| gone(name))?),
    })
}

/// By its identity on the site, else by its file, else by its title.
fn find_workbook(project: &ProjectSnapshot, key: &WorkbookKey) -> Option<WorkbookIx> {
    let is_it = |it: &lineage::Workbook| match (&key.luid, &key.file) {
        (Some(luid), _) => it.luid.as_ref().is_some_and(|own| own.0 == *luid),
        (None, Some(file)) => it.file.as_ref() == Some(file),
        (None, None) => it.name == key.name,
    };
    let mut workbooks = project.view.analysis.lineage.workbooks();
    workbooks.find(|(_, it)| is_it(it)).map(|(ix, _)| ix)
}

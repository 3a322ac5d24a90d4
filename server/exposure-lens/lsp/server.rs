//! The whole behaviour as a table: one line for each method.
//!
//! A notification changes the session before anything is awaited, so that order
//! is kept. A request takes a snapshot and is answered on a blocking thread; when
//! that panics, one answer is lost and the log says why.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::{
    CodeAction, CodeActionParams, CodeActionResponse, CodeLens, CodeLensParams, CompletionParams,
    CompletionResponse, DidChangeConfigurationParams, DidChangeTextDocumentParams,
    DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, DidSaveTextDocumentParams, DocumentDiagnosticParams,
    DocumentDiagnosticReport, DocumentDiagnosticReportResult, DocumentSymbolParams,
    DocumentSymbolResponse, ExecuteCommandParams, FullDocumentDiagnosticReport,
    GotoDefinitionParams, GotoDefinitionResponse, Hover, HoverParams, InitializeParams,
    InitializeResult, InitializedParams, Location, ReferenceParams,
    RelatedFullDocumentDiagnosticReport, TextDocumentIdentifier, Uri, WorkDoneProgressCancelParams,
    WorkspaceSymbolParams, WorkspaceSymbolResponse,
};
use tower_lsp::{Client, LanguageServer};

use super::ext::{
    ActionData, Downstream, DownstreamParams, LineageGraph, LineageParams, PullResult, UsagesParams,
};
use super::peer::Peer;
use super::session::{Session, Snapshot, Wait};
use super::{Options, commands, handlers, lifecycle};

/// So many large answers (trees, graphs, lists of usages) are made at once: others wait, so
/// that what an editor asks as somebody types finds a processor and memory.
const MAX_LARGE: usize = 2;

/// What the framework calls.
pub(super) struct Server {
    session: Arc<Session>,
    /// A place for each large answer that is being made.
    large: Arc<Semaphore>,
}

impl Server {
    pub(super) fn new(client: Client, options: Options) -> Server {
        Server {
            session: Arc::new(Session::new(Peer::new(client), options)),
            large: Arc::new(Semaphore::new(MAX_LARGE)),
        }
    }

    pub(super) fn session(&self) -> &Arc<Session> {
        &self.session
    }

    /// A notification: changes the session at once. A panic leaves it as it is.
    fn note(&self, method: &str, change: impl FnOnce(&Arc<Session>)) {
        if catch_unwind(AssertUnwindSafe(|| change(&self.session))).is_err() {
            tracing::error!(method, "panicked");
        }
    }

    /// A request about a document; nothing to say about it is the empty answer.
    async fn about<R: Default + Send + 'static>(
        &self,
        method: &'static str,
        uri: &Uri,
        wait: Wait,
        answer: impl FnOnce(&Snapshot) -> R + Send + 'static,
    ) -> Result<R> {
        match self.session.snapshot(uri, wait).await {
            Some(snapshot) => blocking(method, move || answer(&snapshot)).await,
            None => Ok(R::default()),
        }
    }

    /// `window/workDoneProgress/cancel`
    pub(super) async fn cancel_progress(&self, params: WorkDoneProgressCancelParams) {
        self.note("window/workDoneProgress/cancel", |session| {
            session.cancel_fetch(&params.token);
        });
    }

    /// `exposureLens/pull`
    pub(super) async fn pull(&self) -> Result<PullResult> {
        let fetching = self.session.fetch_all();
        Ok(PullResult { fetching })
    }

    /// `exposureLens/usages`
    pub(super) async fn usages(&self, params: UsagesParams) -> Result<Option<Value>> {
        let (document, project) = (params.text_document.as_ref(), params.project.as_ref());
        let mut asked = self.asked(document, None, Wait::Loaded).await;
        if asked.is_none() {
            asked = self.asked(None, project, Wait::Loaded).await;
        }
        let Some((asked, place)) = asked else {
            return Ok(None);
        };
        large("usages", place, move || {
            Some(handlers::usages(asked, &params))
        })
        .await
    }

    /// `exposureLens/downstream`
    pub(super) async fn downstream(&self, params: DownstreamParams) -> Result<Option<Downstream>> {
        let (document, project) = (params.text_document.as_ref(), params.project.as_ref());
        let asked = self.asked(document, project, Wait::Edits);
        let Some((asked, place)) = asked.await else {
            return Ok(None);
        };
        large("downstream", place, move || {
            handlers::downstream(asked, &params)
        })
        .await
    }

    /// `exposureLens/lineage`
    pub(super) async fn lineage(&self, params: LineageParams) -> Result<Option<LineageGraph>> {
        let (document, project) = (params.text_document.as_ref(), params.project.as_ref());
        let asked = self.asked(document, project, Wait::Edits);
        let Some((asked, place)) = asked.await else {
            return Ok(None);
        };
        large("lineage", place, move || handlers::graph(asked, &params)).await
    }

    /// What a large answer is about, and a place to make it. A first load is waited for before
    /// a place is; and whoever waits for a place holds no snapshot, since each edit makes a
    /// new one.
    async fn asked(
        &self,
        document: Option<&TextDocumentIdentifier>,
        project: Option<&Uri>,
        wait: Wait,
    ) -> Option<(handlers::Asked, OwnedSemaphorePermit)> {
        drop(self.snapshot(document, project, wait).await?);
        let place = Arc::clone(&self.large).acquire_owned().await.ok()?;
        let asked = self.snapshot(document, project, wait).await?;
        Some((asked, place))
    }

    /// A document, else a project.
    async fn snapshot(
        &self,
        document: Option<&TextDocumentIdentifier>,
        project: Option<&Uri>,
        wait: Wait,
    ) -> Option<handlers::Asked> {
        if let Some(document) = document {
            let at = self.session.snapshot(&document.uri, wait).await;
            return at.map(handlers::Asked::Document);
        }
        let project = self.session.project(project?, wait).await;
        project.map(handlers::Asked::Project)
    }
}

/// As [`blocking`]. The place is free again when the work is done, not when its request is
/// cancelled: nothing stops the work.
async fn large<R: Send + 'static>(
    method: &'static str,
    place: OwnedSemaphorePermit,
    work: impl FnOnce() -> R + Send + 'static,
) -> Result<R> {
    blocking(method, move || {
        let _place = place;
        work()
    })
    .await
}

/// Runs sync work where it may block; a panic there is this request's error alone.
pub(super) async fn blocking<R: Send + 'static>(
    method: &'static str,
    work: impl FnOnce() -> R + Send + 'static,
) -> Result<R> {
    let span = tracing::debug_span!("request", method);
    let done = tokio::task::spawn_blocking(move || span.in_scope(work)).await;
    done.map_err(|error| {
        tracing::error!(method, %error, "a request failed");
        Error::internal_error()
    })
}

impl LanguageServer for Server {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        Ok(lifecycle::initialize(&self.session, params))
    }

    async fn initialized(&self, _: InitializedParams) {
        self.note("initialized", lifecycle::initialized);
    }

    async fn shutdown(&self) -> Result<()> {
        self.session.shut_down().await;
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        self.note("textDocument/didOpen", |session| session.open(params));
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        self.note("textDocument/didChange", |session| session.change(params));
    }

    async fn did_save(&self, _: DidSaveTextDocumentParams) {
        self.note("textDocument/didSave", |session| session.poke.notify_one());
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        self.note("textDocument/didClose", |session| {
            session.close(&params.text_document.uri);
        });
    }

    async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
        self.note("workspace/didChangeConfiguration", |session| {
            session.settings_changed(params);
        });
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        self.note("workspace/didChangeWorkspaceFolders", |session| {
            lifecycle::folders_changed(session, params);
        });
    }

    async fn did_change_watched_files(&self, _: DidChangeWatchedFilesParams) {
        self.note("workspace/didChangeWatchedFiles", |session| {
            session.poke.notify_one();
        });
    }

    async fn code_lens(&self, params: CodeLensParams) -> Result<Option<Vec<CodeLens>>> {
        let uri = params.text_document.uri;
        self.about("codeLens", &uri, Wait::Loaded, handlers::code_lens)
            .await
            .map(Some)
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        let uri = params
            .text_document_position_params
            .text_document
            .uri
            .clone();
        let session = Arc::clone(&self.session);
        self.about("hover", &uri, Wait::Loaded, move |at| {
            handlers::hover(at, &params, &session.loaded())
        })
        .await
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
        let uri = params.text_document.uri.clone();
        let answer = move |at: &Snapshot| handlers::code_action(at, &params);
        self.about("codeAction", &uri, Wait::Edits, answer)
            .await
            .map(Some)
    }

    async fn code_action_resolve(&self, action: CodeAction) -> Result<CodeAction> {
        let data = action
            .data
            .clone()
            .and_then(|it| serde_json::from_value::<ActionData>(it).ok());
        let Some(data) = data else { return Ok(action) };
        let Some(project) = self.session.project(&data.project, Wait::Edits).await else {
            return Err(Error::invalid_params("that project is not open"));
        };
        blocking("codeAction/resolve", move || {
            handlers::resolve_action(&project, action, &data)
        })
        .await?
    }

    async fn completion(&self, params: CompletionParams) -> Result<Option<CompletionResponse>> {
        let uri = params.text_document_position.text_document.uri.clone();
        let answer = move |at: &Snapshot| handlers::completion(at, &params);
        let list = self.about("completion", &uri, Wait::Loaded, answer).await?;
        Ok(Some(CompletionResponse::List(list)))
    }

    async fn goto_definition(
        &self,
        params: GotoDefinitionParams,
    ) -> Result<Option<GotoDefinitionResponse>> {
        let at = &params.text_document_position_params;
        let uri = at.text_document.uri.clone();
        let answer = move |at: &Snapshot| handlers::definition(at, &params);
        let places = self.about("definition", &uri, Wait::Loaded, answer).await?;
        Ok(Some(GotoDefinitionResponse::Array(places)))
    }

    async fn references(&self, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
        let uri = params.text_document_position.text_document.uri.clone();
        let answer = move |at: &Snapshot| handlers::references(at, &params);
        self.about("references", &uri, Wait::Edits, answer)
            .await
            .map(Some)
    }

    async fn document_symbol(
        &self,
        params: DocumentSymbolParams,
    ) -> Result<Option<DocumentSymbolResponse>> {
        let uri = params.text_document.uri;
        let Some(at) = self.session.snapshot(&uri, Wait::Loaded).await else {
            return Ok(None);
        };
        let symbols = blocking("documentSymbol", move || handlers::document_symbols(&at));
        symbols.await.map(Some)
    }

    async fn symbol(
        &self,
        params: WorkspaceSymbolParams,
    ) -> Result<Option<WorkspaceSymbolResponse>> {
        let projects = self.session.projects().await;
        self.session.say_what_was_searched();
        let found = blocking("symbol", move || {
            handlers::symbols(&projects, &params.query)
        })
        .await?;
        Ok(Some(WorkspaceSymbolResponse::Flat(found)))
    }

    async fn execute_command(&self, params: ExecuteCommandParams) -> Result<Option<Value>> {
        commands::execute(&self.session, params).await
    }

    async fn diagnostic(
        &self,
        params: DocumentDiagnosticParams,
    ) -> Result<DocumentDiagnosticReportResult> {
        let uri = params.text_document.uri;
        let items = self
            .about("diagnostic", &uri, Wait::Loaded, handlers::diagnostics)
            .await?;
        let full_document_diagnostic_report = FullDocumentDiagnosticReport {
            result_id: None,
            items,
        };
        let report = RelatedFullDocumentDiagnosticReport {
            related_documents: None,
            full_document_diagnostic_report,
        };
        Ok(DocumentDiagnosticReportResult::Report(
            DocumentDiagnosticReport::Full(report),
        ))
    }
}

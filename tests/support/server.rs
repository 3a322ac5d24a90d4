//! The language server in memory, and the client at its other end.
//!
//! The client is written against the specification, not against the server: it
//! frames messages, counts positions and applies edits by itself. When a test is
//! over, it shuts the server down as a client must, and fails if the server said
//! something to the user that the test did not read.

mod editor;
mod wire;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use exposure_lens::lsp::ext::StatusParams;
use exposure_lens::lsp::{self, Options};
use serde_json::{Value, json};
use tower_lsp::ls_types::{self as lsp_types, request};

use self::editor::path_of;
pub(crate) use self::editor::{offset, uri};
pub(crate) use self::wire::{Answer, frame};
use self::wire::{Arrived, Inbox, Message, read_all, write_all};

/// Nothing takes as long, unless it hangs.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a modern client can do.
pub(crate) fn capabilities() -> Value {
    json!({
        "general": { "positionEncodings": ["utf-16"] },
        "textDocument": {
            "hover": { "contentFormat": ["markdown", "plaintext"] },
            "codeAction": {
                "codeActionLiteralSupport": { "codeActionKind": { "valueSet": ["", "quickfix", "refactor"] } },
                "dataSupport": true, "disabledSupport": true, "resolveSupport": { "properties": ["edit"] },
            },
            "diagnostic": { "dynamicRegistration": false },
        },
        "workspace": {
            "configuration": true,
            "workspaceFolders": true,
            "codeLens": { "refreshSupport": true },
            "diagnostics": { "refreshSupport": true },
            "didChangeWatchedFiles": { "dynamicRegistration": true },
            "didChangeConfiguration": { "dynamicRegistration": true },
            "workspaceEdit": { "documentChanges": true, "resourceOperations": ["create", "rename", "delete"] },
        },
        "window": { "workDoneProgress": true, "showDocument": { "support": true } },
    })
}

/// What the test's client is, before it is started.
pub(crate) struct Setup {
    folders: Vec<PathBuf>,
    capabilities: Value,
    initialization_options: Value,
    answers: HashMap<String, Answer>,
    options: Options,
    leave_unread: bool,
}

impl Setup {
    /// A client with one workspace folder.
    pub(crate) fn new(folder: &Path) -> Setup {
        Setup::multi_root(&[folder])
    }

    pub(crate) fn multi_root(folders: &[&Path]) -> Setup {
        let mut options = Options::new(None, |_| None);
        options.poll = Duration::from_millis(25);
        Setup {
            folders: folders.iter().map(|it| it.to_path_buf()).collect(),
            capabilities: capabilities(),
            initialization_options: Value::Null,
            answers: HashMap::new(),
            options,
            leave_unread: false,
        }
    }

    /// Sets a capability, by its JSON pointer; `null` takes it away.
    pub(crate) fn capability(mut self, pointer: &str, value: Value) -> Setup {
        let mut at = &mut self.capabilities;
        for key in pointer.trim_start_matches('/').split('/') {
            at = &mut at[key];
        }
        *at = value;
        self
    }

    pub(crate) fn capabilities(mut self, capabilities: Value) -> Setup {
        self.capabilities = capabilities;
        self
    }

    pub(crate) fn initialization_options(mut self, options: Value) -> Setup {
        self.initialization_options = options;
        self
    }

    pub(crate) fn answer(mut self, method: &str, answer: Answer) -> Setup {
        self.answers.insert(method.to_owned(), answer);
        self
    }

    /// How the server is run.
    pub(crate) fn options(mut self, change: impl FnOnce(&mut Options)) -> Setup {
        change(&mut self.options);
        self
    }

    /// What the server says to the user is not what the test is about.
    pub(crate) fn leave_unread(mut self) -> Setup {
        self.leave_unread = true;
        self
    }

    /// Starts the server and shakes hands.
    pub(crate) fn start(self) -> Client {
        let folders = self.folders.clone();
        let mut client = self.start_silent();
        let folders: Vec<Value> = folders
            .iter()
            .map(|it| json!({ "uri": uri(it), "name": "folder" }))
            .collect();
        let result = client.call(
            "initialize",
            json!({
                "processId": null, "rootUri": folders.first().map(|it| it["uri"].clone()),
                "capabilities": client.capabilities, "workspaceFolders": folders,
                "initializationOptions": client.initialization_options,
            }),
        );
        let result = result.expect("initialize is answered");
        client.encoding = result["capabilities"]["positionEncoding"]
            .as_str()
            .unwrap_or("utf-16")
            .to_owned();
        client.initialized = result;
        client.tell("initialized", json!({}));
        client
    }

    /// Starts the server and says nothing.
    pub(crate) fn start_silent(self) -> Client {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build();
        let runtime = runtime.expect("a runtime");
        if let Ok(level) = std::env::var("EXPOSURE_LENS_LOG") {
            exposure_lens::logging::start(Some(&level));
        }
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        let (input, output) = tokio::io::split(theirs);
        let serving = runtime.spawn(lsp::serve(input, output, self.options));
        let (from_server, to_server) = tokio::io::split(ours);
        let (outbox, outgoing) = tokio::sync::mpsc::unbounded_channel();
        runtime.spawn(write_all(to_server, outgoing));
        let inbox = Arc::new(Inbox::default());
        *inbox.answers.lock().expect("no panics") = self.answers;
        runtime.spawn(read_all(
            from_server,
            Arc::clone(&inbox),
            outbox.downgrade(),
        ));
        Client {
            runtime: Some(runtime),
            serving: Some(serving),
            outbox: Some(outbox),
            inbox,
            last_id: 0,
            documents: HashMap::new(),
            encoding: "utf-16".to_owned(),
            capabilities: self.capabilities,
            initialization_options: self.initialization_options,
            initialized: Value::Null,
            leave_unread: self.leave_unread,
        }
    }
}

/// A client with a server at its other end.
pub(crate) struct Client {
    runtime: Option<tokio::runtime::Runtime>,
    serving: Option<tokio::task::JoinHandle<u8>>,
    outbox: Option<tokio::sync::mpsc::UnboundedSender<Vec<u8>>>,
    inbox: Arc<Inbox>,
    last_id: i64,
    documents: HashMap<PathBuf, (i32, String)>,
    encoding: String,
    capabilities: Value,
    initialization_options: Value,
    /// The result of `initialize`.
    pub(crate) initialized: Value,
    leave_unread: bool,
}

impl Client {
    fn send(&self, message: &Value) {
        self.send_bytes(frame(message));
    }

    pub(crate) fn send_bytes(&self, bytes: Vec<u8>) {
        let outbox = self.outbox.as_ref().expect("the stream is open");
        outbox.send(bytes).expect("the client's own tasks run");
    }

    /// A notification.
    pub(crate) fn tell(&self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// A request; its answer is awaited with [`Client::answer`].
    pub(crate) fn begin(&mut self, method: &str, params: Value) -> i64 {
        self.last_id += 1;
        let mut message = json!({ "jsonrpc": "2.0", "id": self.last_id, "method": method });
        if !params.is_null() {
            message["params"] = params;
        }
        self.send(&message);
        self.last_id
    }

    /// The answer to a request: its result, or its error.
    pub(crate) fn answer(&self, id: i64) -> Result<Value, Value> {
        let mut response = self.wait(&format!("the answer to {id}"), |arrived| {
            arrived.responses.remove(&id)
        });
        match response.get_mut("error") {
            Some(error) => Err(error.take()),
            None => Ok(response["result"].take()),
        }
    }

    /// Whether the answer to a request has come and is still to be read.
    pub(crate) fn has_answer(&self, id: i64) -> bool {
        let arrived = self.inbox.arrived.lock().expect("no panics");
        arrived.responses.contains_key(&id)
    }

    /// A request and its answer.
    pub(crate) fn call(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        let id = self.begin(method, params);
        self.answer(id)
    }

    /// A typed request that must be answered well.
    pub(crate) fn request<R: request::Request>(&mut self, params: Value) -> R::Result {
        let result = self
            .call(R::METHOD, params)
            .unwrap_or_else(|error| panic!("{}: {error}", R::METHOD));
        serde_json::from_value(result).expect("an answer of the right shape")
    }

    fn wait<T>(&self, what: &str, mut found: impl FnMut(&mut Arrived) -> Option<T>) -> T {
        let until = Instant::now() + PATIENCE;
        let mut arrived = self.inbox.arrived.lock().expect("no panics");
        loop {
            if let Some(it) = found(&mut arrived) {
                return it;
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let messages: Vec<&Message> = arrived.messages.iter().collect();
                panic!("waited for {what} in vain; what came: {messages:#?}");
            }
            arrived = self
                .inbox
                .something
                .wait_timeout(arrived, left)
                .expect("no panics")
                .0;
        }
    }

    /// The next unread message of a method that `wanted` accepts; marks it as read.
    pub(crate) fn expect(&self, method: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        self.wait(method, |arrived| {
            let mut unread = arrived
                .messages
                .iter_mut()
                .filter(|it| it.method == method && !it.read);
            let message = unread.find(|it| wanted(&it.params))?;
            message.read = true;
            Some(message.params.clone())
        })
    }

    /// All messages of a method that have come so far; marks them as read.
    pub(crate) fn seen(&self, method: &str) -> Vec<Value> {
        let mut arrived = self.inbox.arrived.lock().expect("no panics");
        let ours = arrived.messages.iter_mut().filter(|it| it.method == method);
        ours.map(|it| {
            it.read = true;
            it.params.clone()
        })
        .collect()
    }

    /// The text of the next message to the user.
    pub(crate) fn expect_message(&self) -> String {
        let params = self.expect("window/showMessage", |_| true);
        params["message"].as_str().expect("a text").to_owned()
    }

    /// The first state that `wanted` accepts, from the last one on.
    pub(crate) fn expect_status(&self, wanted: impl Fn(&StatusParams) -> bool) -> StatusParams {
        self.wait("a status", |arrived| {
            let mut states = arrived
                .messages
                .iter()
                .filter(|it| it.method == "exposureLens/status");
            let last =
                serde_json::from_value(states.next_back()?.params.clone()).expect("a status");
            wanted(&last).then_some(last)
        })
    }

    /// The state when nothing is being loaded any more.
    pub(crate) fn expect_quiescent(&self) -> StatusParams {
        self.expect_status(|it| it.quiescent)
    }

    /// How the client answers from now on.
    pub(crate) fn set_answer(&self, method: &str, answer: Answer) {
        self.inbox
            .answers
            .lock()
            .expect("no panics")
            .insert(method.to_owned(), answer);
    }

    /// Opens a file as it is on disk.
    pub(crate) fn open(&mut self, path: &Path) {
        let text = std::fs::read_to_string(path).expect("a file to open");
        self.open_text(path, &text);
    }

    pub(crate) fn open_text(&mut self, path: &Path, text: &str) {
        self.documents.insert(path.to_owned(), (1, text.to_owned()));
        let language = if path.extension().is_some_and(|it| it == "sql") {
            "sql"
        } else {
            "yaml"
        };
        self.tell("textDocument/didOpen", json!({
            "textDocument": { "uri": uri(path), "languageId": language, "version": 1, "text": text }
        }));
    }

    /// Replaces the whole text of an open file.
    pub(crate) fn set_text(&mut self, path: &Path, text: &str) {
        self.change(path, vec![json!({ "text": text })], text);
    }

    /// Tells changes, after which the file's text is `after`.
    pub(crate) fn change(&mut self, path: &Path, changes: Vec<Value>, after: &str) {
        let (version, text) = self.documents.get_mut(path).expect("an open file");
        *version += 1;
        *text = after.to_owned();
        let version = *version;
        self.tell(
            "textDocument/didChange",
            json!({
                "textDocument": { "uri": uri(path), "version": version }, "contentChanges": changes
            }),
        );
    }

    pub(crate) fn close(&mut self, path: &Path) {
        self.documents.remove(path);
        self.tell(
            "textDocument/didClose",
            json!({ "textDocument": { "uri": uri(path) } }),
        );
    }

    /// The lenses of a file: line and title.
    pub(crate) fn lenses(&mut self, path: &Path) -> Vec<(u32, String)> {
        let lenses = self.raw_lenses(path).into_iter();
        lenses
            .map(|it| {
                (
                    it.range.start.line,
                    it.command.expect("a lens is resolved").title,
                )
            })
            .collect()
    }

    pub(crate) fn raw_lenses(&mut self, path: &Path) -> Vec<lsp_types::CodeLens> {
        let params = json!({ "textDocument": { "uri": uri(path) } });
        self.request::<request::CodeLensRequest>(params)
            .expect("a list of lenses")
    }

    /// The lens titles of a file, one a line, with line numbers from 1.
    pub(crate) fn lens_text(&mut self, path: &Path) -> String {
        let lines = self
            .lenses(path)
            .into_iter()
            .map(|(line, title)| format!("{}: {title}\n", line + 1));
        lines.collect()
    }

    /// The hover at a place: its text and its range.
    pub(crate) fn hover(
        &mut self,
        path: &Path,
        at: (u32, u32),
    ) -> Option<(String, lsp_types::Range)> {
        let hover = self.request::<request::HoverRequest>(at_place(path, at))?;
        let lsp_types::HoverContents::Markup(markup) = hover.contents else {
            panic!("old hover contents")
        };
        Some((markup.value, hover.range.expect("a hover has a range")))
    }

    /// The code actions at a place.
    pub(crate) fn actions(
        &mut self,
        path: &Path,
        at: (u32, u32),
    ) -> Vec<lsp_types::CodeActionOrCommand> {
        let place = json!({ "line": at.0, "character": at.1 });
        let params = json!({
            "textDocument": { "uri": uri(path) }, "range": { "start": place, "end": place },
            "context": { "diagnostics": [] },
        });
        self.request::<request::CodeActionRequest>(params)
            .expect("a list of actions")
    }

    /// The action whose title starts with `title`, with its edit.
    pub(crate) fn action(
        &mut self,
        path: &Path,
        at: (u32, u32),
        title: &str,
    ) -> lsp_types::CodeAction {
        let actions = self.actions(path, at);
        let titles: Vec<String> = actions.iter().map(action_title).collect();
        let found = actions.into_iter().find_map(|it| match it {
            lsp_types::CodeActionOrCommand::CodeAction(it) if it.title.starts_with(title) => {
                Some(it)
            }
            _ => None,
        });
        let action = found.unwrap_or_else(|| panic!("no action {title:?} among {titles:?}"));
        if action.edit.is_some() || action.data.is_none() {
            return action;
        }
        self.request::<request::CodeActionResolveRequest>(
            serde_json::to_value(action).expect("JSON"),
        )
    }

    /// Does what an editor does with an edit: open files change in the editor, all
    /// others on disk. Returns the paths.
    pub(crate) fn apply(&mut self, edit: &lsp_types::WorkspaceEdit) -> Vec<PathBuf> {
        let edit = serde_json::to_value(edit).expect("JSON");
        let mut changed = Vec::new();
        for change in edit["documentChanges"].as_array().into_iter().flatten() {
            if change["kind"] == "create" {
                let path = path_of(change["uri"].as_str().expect("a URI"));
                std::fs::create_dir_all(path.parent().expect("a folder")).expect("make a folder");
                std::fs::write(&path, "").expect("make a file");
                continue;
            }
            let document = &change["textDocument"];
            let path = path_of(document["uri"].as_str().expect("a URI"));
            let version = self.documents.get(&path).map(|it| it.0);
            assert_eq!(
                document["version"].as_i64(),
                version.map(i64::from),
                "the edit is for this version"
            );
            self.apply_edits(&path, change["edits"].as_array().expect("edits"));
            changed.push(path);
        }
        for (uri, edits) in edit["changes"].as_object().into_iter().flatten() {
            let path = path_of(uri);
            self.apply_edits(&path, edits.as_array().expect("edits"));
            changed.push(path);
        }
        changed
    }

    fn apply_edits(&mut self, path: &Path, edits: &[Value]) {
        assert_eq!(edits.len(), 1, "one minimal edit");
        let open = self.documents.get(path).map(|it| it.1.clone());
        let text = open
            .clone()
            .unwrap_or_else(|| std::fs::read_to_string(path).unwrap_or_default());
        let mut after = text.clone();
        for edit in edits {
            let place = |at: &Value| offset(&text, at, &self.encoding);
            let range = place(&edit["range"]["start"])..place(&edit["range"]["end"]);
            after.replace_range(range, edit["newText"].as_str().expect("a text"));
        }
        if open.is_some() {
            let changes = edits
                .iter()
                .map(|it| json!({ "range": it["range"], "text": it["newText"] }));
            self.change(path, changes.collect(), &after);
        } else {
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("make a folder");
            std::fs::write(path, &after).expect("write a file");
        }
    }

    /// The text of an open file, as the editor has it.
    pub(crate) fn text(&self, path: &Path) -> &str {
        &self.documents[path].1
    }

    pub(crate) fn execute(&mut self, command: &str, argument: Value) -> Result<Value, Value> {
        self.call(
            "workspace/executeCommand",
            json!({ "command": command, "arguments": [argument] }),
        )
    }

    /// Clicks a lens.
    pub(crate) fn click(&mut self, lens: &lsp_types::CodeLens) {
        let command = lens.command.clone().expect("a lens is resolved");
        let argument = command.arguments.expect("an argument").remove(0);
        self.execute(&command.command, argument)
            .expect("the command is known");
    }

    /// Ends the input without a word.
    pub(crate) fn hang_up(&mut self) -> u8 {
        self.leave_unread = true;
        self.outbox = None;
        self.ended()
    }

    /// Says `exit` and returns the exit code.
    pub(crate) fn exit(&mut self) -> u8 {
        self.leave_unread = true;
        self.tell("exit", Value::Null);
        self.ended()
    }

    fn ended(&mut self) -> u8 {
        let serving = self.serving.take().expect("it ends once");
        let runtime = self.runtime.as_ref().expect("it runs");
        let ended = runtime.block_on(async { tokio::time::timeout(PATIENCE, serving).await });
        ended
            .expect("the server ends")
            .expect("the server does not panic")
    }

    /// Asks again until the answer is right.
    pub(crate) fn wait_until(&mut self, what: &str, mut is_so: impl FnMut(&mut Client) -> bool) {
        let until = Instant::now() + PATIENCE;
        while !is_so(self) {
            assert!(Instant::now() < until, "waited in vain until {what}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        if std::thread::panicking() {
            if let Some(runtime) = self.runtime.take() {
                runtime.shutdown_background();
            }
            return;
        }
        if self.serving.is_some() {
            self.begin("shutdown", Value::Null);
            let leave_unread = self.leave_unread;
            self.answer(self.last_id).expect("shutdown is answered");
            assert_eq!(self.exit(), 0, "the exit code after a shutdown");
            self.leave_unread = leave_unread;
        }
        let arrived = self.inbox.arrived.lock().expect("no panics");
        let for_the_user = [
            "window/showMessage",
            "window/showMessageRequest",
            "window/showDocument",
        ];
        let unread: Vec<&Message> = arrived
            .messages
            .iter()
            .filter(|it| !it.read && for_the_user.contains(&it.method.as_str()))
            .collect();
        assert!(
            self.leave_unread || unread.is_empty(),
            "the user was told, unread: {unread:#?}"
        );
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

pub(crate) fn at_place(path: &Path, at: (u32, u32)) -> Value {
    json!({ "textDocument": { "uri": uri(path) }, "position": { "line": at.0, "character": at.1 } })
}

pub(crate) fn action_title(action: &lsp_types::CodeActionOrCommand) -> String {
    match action {
        lsp_types::CodeActionOrCommand::CodeAction(it) => it.title.clone(),
        lsp_types::CodeActionOrCommand::Command(it) => it.title.clone(),
    }
}

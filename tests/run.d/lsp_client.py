"""A small LSP client for tests that need no editor: starts a server, keeps documents,
asks, and applies edits. Positions are UTF-16, as in most editors."""

import json
import queue
import re
import subprocess
import threading
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

PATIENCE_S = 30

CAPABILITIES = {
    "workspace": {
        "workspaceEdit": {"documentChanges": True, "resourceOperations": ["create"]},
        "configuration": False,
    },
    "textDocument": {
        "codeAction": {
            "codeActionLiteralSupport": {
                "codeActionKind": {"valueSet": ["", "quickfix", "refactor", "source"]}
            },
            "dataSupport": True,
            "disabledSupport": True,
            "resolveSupport": {"properties": ["edit"]},
        },
    },
}


class Client:
    def __init__(self, command, project, environment=None):
        self.project = project
        self.documents = {}
        self.next_id = 0
        self.status = queue.Queue()
        self.answers = queue.Queue()
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        self.reader = threading.Thread(target=self._read, daemon=True)

    def __enter__(self):
        self.reader.start()
        folder = {"uri": self.project.as_uri(), "name": self.project.name}
        self.request(
            "initialize",
            {
                "processId": None,
                "rootUri": folder["uri"],
                "workspaceFolders": [folder],
                "capabilities": CAPABILITIES,
            },
        )
        self.notify("initialized", {})
        return self

    def __exit__(self, *_):
        self.request("shutdown", None)
        self.notify("exit", None)
        self.process.stdin.close()
        self.process.wait(PATIENCE_S)

    def wait_until_loaded(self):
        while not self.status.get(timeout=PATIENCE_S)["quiescent"]:
            pass

    def open(self, path):
        if path in self.documents:
            return
        text = path.read_bytes().decode("utf-8")
        self.documents[path] = [1, text]
        language = {"yml": "yaml", "py": "python"}.get(path.suffix[1:], path.suffix[1:])
        document = {"uri": path.as_uri(), "languageId": language, "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def text(self, path):
        return self.documents[path][1]

    def change(self, path, text):
        document = self.documents[path]
        document[0] += 1
        document[1] = text
        self.notify(
            "textDocument/didChange",
            {
                "textDocument": {"uri": path.as_uri(), "version": document[0]},
                "contentChanges": [{"text": text}],
            },
        )

    def save(self, path):
        self.notify("textDocument/didSave", {"textDocument": {"uri": path.as_uri()}})

    def code_actions(self, path, line, character):
        at = {"line": line, "character": character}
        params = {
            "textDocument": {"uri": path.as_uri()},
            "range": {"start": at, "end": at},
            "context": {"diagnostics": []},
        }
        return self.request("textDocument/codeAction", params) or []

    def quick_fixes(self, path):
        """All that mends something in the file."""
        last = {"line": self.text(path).count("\n") + 1, "character": 0}
        params = {
            "textDocument": {"uri": path.as_uri()},
            "range": {"start": {"line": 0, "character": 0}, "end": last},
            "context": {"diagnostics": [], "only": ["quickfix"]},
        }
        return self.request("textDocument/codeAction", params) or []

    def resolve(self, action):
        """The action's edits, by path."""
        if "edit" not in action:
            action = self.request("codeAction/resolve", action)
        if "edit" not in action:
            raise RuntimeError(f"no edit comes of {action}")
        edit = action["edit"]
        changes = list(edit.get("changes", {}).items())
        for change in edit.get("documentChanges", []):
            if "textDocument" in change:
                changes.append((change["textDocument"]["uri"], change["edits"]))
        return {path_of(uri): edits for uri, edits in changes}

    def request(self, method, params):
        self.next_id += 1
        self._send({"id": self.next_id, "method": method, "params": params})
        answer = self.answers.get(timeout=PATIENCE_S)
        if answer is None:
            raise RuntimeError(f"the server ended instead of answering {method}")
        if answer["id"] != self.next_id or "error" in answer:
            raise RuntimeError(f"{method}: {answer}")
        return answer["result"]

    def notify(self, method, params):
        self._send({"method": method, "params": params})

    def _send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def _read(self):
        while (message := self._read_one()) is not None:
            if "method" not in message:
                self.answers.put(message)
            elif message["method"] == "exposureLens/status":
                self.status.put(message["params"])
            elif "id" in message:
                self._send({"id": message["id"], "result": None})
        self.answers.put(None)

    def _read_one(self):
        length = None
        while line := self.process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return None if length is None else json.loads(self.process.stdout.read(length))


def wait_until(holds):
    """Asks again until it holds; what the server is told, it may take in later."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > deadline:
            raise RuntimeError("waited in vain")
        time.sleep(0.02)


def path_of(uri):
    return Path(unquote(urlsplit(uri).path))


def apply_edits(text, edits):
    """The text after these edits; none of them overlap."""
    units = text.encode("utf-16-le")
    starts = [0]
    for line in re.findall(r"[^\r\n]*(?:\r\n|\r|\n)", text):
        starts.append(starts[-1] + len(line.encode("utf-16-le")))

    def offset(position):
        if position["line"] >= len(starts):
            return len(units)
        return min(starts[position["line"]] + 2 * position["character"], len(units))

    spans = [(offset(it["range"]["start"]), offset(it["range"]["end"]), it["newText"]) for it in edits]
    for start, end, new in sorted(spans, reverse=True):
        units = units[:start] + new.encode("utf-16-le") + units[end:]
    return units.decode("utf-16-le")

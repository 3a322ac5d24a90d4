// What the parts of the running extension share: the server, and ways to have it.

import type * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";

import type { Origin } from "./bootstrap";
import type { Status } from "./status";

/** A server that runs. */
export interface Running {
    readonly client: LanguageClient;
    /** The file of its program. */
    readonly program: string;
    readonly origin: Origin;
    /** What it cannot answer, since it is older than the extension. */
    readonly lacks: ReadonlySet<string>;
}

/** What commands and views need of the running extension. */
export interface Context {
    /** The server, once it has started: whoever asks while it does so waits. */
    readonly running: () => Promise<Running | undefined>;
    /** The same; where there is none, the user is told. */
    readonly runningOrWarn: () => Promise<Running | undefined>;
    readonly restart: () => Promise<void>;
    /** What the server last said of itself. */
    readonly status: Pick<Status, "current" | "onDidChange">;
    readonly log: vscode.LogOutputChannel;
}

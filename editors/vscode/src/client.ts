// One language client for the window: how it is put together and what is passed on.
// When it starts and stops is extension.ts's matter.

import * as readline from "node:readline";
import type { Readable } from "node:stream";

import * as vscode from "vscode";
import {
    type ApplyWorkspaceEditParams,
    CancellationToken,
    type CodeAction,
    CodeActionResolveRequest,
    DidChangeConfigurationNotification,
    ErrorCodes,
    LanguageClient,
    type LanguageClientOptions,
    ResponseError,
    RevealOutputChannelOn,
    ShowMessageNotification,
    ShowMessageRequest,
} from "vscode-languageclient/node";

import { abilities } from "./abilities";
import { copy } from "./clipboard";
import { SECTION, serverSettings } from "./config";
import { Life, type Listeners } from "./life";
import * as ext from "./lsp_ext";
import { ask } from "./picker";
import { firstFile, ticked, tickedAction } from "./review";
import { projectAt } from "./projects";
import { tell } from "./server_messages";
import type { Status } from "./status";

/**
 * What the server looks at, by file name: CSV has no language in a plain VS Code, and dbt
 * extensions rename SQL's. Which of these files belong to a dbt project the server knows.
 */
export const SELECTOR = [{ scheme: "file", pattern: "**/*.{sql,py,yml,yaml,csv}" }];

/** What a client tells of itself. */
export interface Surroundings extends Listeners {
    readonly context: vscode.ExtensionContext;
    /** Answers may be others now. */
    readonly changed: () => void;
}

/**
 * VS Code's own, but for its messages about the server's life: extension.ts has those.
 *
 * It is started again rather than made anew: some of the library's listeners stay for ever, even
 * after `dispose`, and each holds the whole client. In version 10.1.2 those are the three that
 * `NotebookDocumentSyncFeature` adds when it is made, and the two of `VisibleDocumentsImpl`.
 */
export class Client extends LanguageClient {
    constructor(
        readonly program: string,
        private readonly life: Life,
        options: LanguageClientOptions,
    ) {
        // On Linux memory would else be kept apart for each of many threads, with gaps in each.
        const env = { MALLOC_ARENA_MAX: "2", ...process.env };
        // The id names the trace setting: exposureLens.trace.server.
        super(SECTION, "Exposure Lens", { command: program, args: ["lsp"], options: { env } }, options);
        this.onDidChangeState(({ newState }) => life.isNow(newState));
    }

    /** Starts the server on purpose, for the first time or again. */
    async begin(): Promise<void> {
        this.life.begins();
        await this.start();
        // A server that ends at once may be told as one that has started.
        if (!this.isRunning()) {
            throw new ResponseError(ErrorCodes.ConnectionInactive, "the server has ended");
        }
    }

    override error(message: string, data?: unknown): void {
        super.error(message, data, false);
    }
}

/** A client for the program at `program`; not started yet. */
export function createClient(program: string, around: Surroundings): Client {
    const { context, log, status } = around;
    const life = new Life(around);
    const options: LanguageClientOptions = {
        documentSelector: SELECTOR,
        initializationOptions: () => serverSettings(context),
        outputChannel: log,
        traceOutputChannel: log,
        revealOutputChannelOn: RevealOutputChannelOn.Never,
        stdioOptions: { stdout: () => undefined, stderr: (lines) => forwardLog(lines, log) },
        errorHandler: life,
        // What is wrong is told once, by extension.ts.
        initializationFailedHandler: () => false,
        middleware: {
            sendRequest: async (type, params, token, next) => {
                const answer = await next(type, params, token);
                const method = typeof type === "string" ? type : type.method;
                return method === CodeActionResolveRequest.method
                    ? (tickedAction(answer as CodeAction) as typeof answer)
                    : answer;
            },
            workspace: {
                configuration: (params, token, next) =>
                    params.items.every((item) => item.section === SECTION)
                        ? params.items.map(() => serverSettings(context))
                        : next(params, token),
                // The library would send every default along: see config.ts.
                didChangeConfiguration: () => sendSettings(client, context),
                handleApplyEdit: async (params, next) => {
                    const shown = reviewed(params, status);
                    const answer = await next(shown, CancellationToken.None);
                    const isDiscarded = shown !== params && "applied" in answer && !answer.applied;
                    return isDiscarded ? { ...answer, failureReason: "the preview was discarded" } : answer;
                },
            },
        },
    };
    const client = new Client(program, life, options);
    client.registerFeature(abilities);
    client.onNotification(ext.copy, copy);
    client.onNotification(ext.changed, around.changed);
    client.onNotification(ext.status, (params) => status.show(params));
    client.onNotification(ShowMessageNotification.type, (params) => tell(params, context.workspaceState));
    client.onRequest(ShowMessageRequest.type, ask);
    return client;
}

/** An edit that wants to be looked at comes with all of it ticked. */
function reviewed(params: ApplyWorkspaceEditParams, status: Status): ApplyWorkspaceEditParams {
    const file = firstFile(params.edit);
    const project = file && projectAt(vscode.Uri.parse(file), status.current.projects);
    const edit = project ? ticked(params.edit, project.uri) : params.edit;
    return edit === params.edit ? params : { ...params, edit };
}

/** Tells the server that the settings have changed. It asks to be told once it has started. */
async function sendSettings(
    client: LanguageClient,
    context: vscode.ExtensionContext,
): Promise<void> {
    const settings = { [SECTION]: serverSettings(context) };
    await client.sendNotification(DidChangeConfigurationNotification.type, { settings });
}

/** The server's log comes on stderr, a line each, its level among the first words. */
function forwardLog(stderr: Readable, log: vscode.LogOutputChannel): void {
    readline.createInterface({ input: stderr }).on("line", (line) => {
        const level = /^\S*\s*(ERROR|WARN|DEBUG|TRACE)\b/.exec(line)?.[1];
        switch (level) {
            case "ERROR":
                return log.error(line);
            case "WARN":
                return log.warn(line);
            case "DEBUG":
                return log.debug(line);
            case "TRACE":
                return log.trace(line);
            default:
                return log.info(line);
        }
    });
}

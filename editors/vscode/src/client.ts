// One language client for the window: how it is put together and what is passed on.
// When it starts and stops is extension.ts's matter.

import * as readline from "node:readline";
import type { Readable } from "node:stream";

import * as vscode from "vscode";
import {
    type ApplyWorkspaceEditParams,
    CancellationToken,
    CloseAction,
    type CodeAction,
    CodeActionResolveRequest,
    DidChangeConfigurationNotification,
    ErrorAction,
    type ErrorHandler,
    LanguageClient,
    type LanguageClientOptions,
    RevealOutputChannelOn,
    ShowMessageNotification,
    ShowMessageRequest,
    State,
} from "vscode-languageclient/node";

import { abilities } from "./abilities";
import { copy } from "./clipboard";
import { SECTION, serverSettings } from "./config";
import { Crashes } from "./crashes";
import * as ext from "./lsp_ext";
import { ask, tell } from "./picker";
import { firstFile, ticked, tickedAction } from "./review";
import { projectAt } from "./projects";
import type { Status } from "./status";

/**
 * What the server looks at, by file name: CSV has no language in a plain VS Code, and dbt
 * extensions rename SQL's. Which of these files belong to a dbt project the server knows.
 */
export const SELECTOR = [{ scheme: "file", pattern: "**/*.{sql,py,yml,yaml,csv}" }];

/** What a client tells of itself. */
export interface Surroundings {
    readonly context: vscode.ExtensionContext;
    readonly log: vscode.LogOutputChannel;
    readonly status: Status;
    /** Answers may be others now. */
    readonly changed: () => void;
    /** The server ended by itself, and runs again. */
    readonly cameBack: () => void;
    /** It ended too often, or could not be started again. */
    readonly gaveUp: () => void;
}

/** VS Code's own, but for its messages about the server's life: extension.ts has those. */
class Client extends LanguageClient {
    override error(message: string, data?: unknown): void {
        super.error(message, data, false);
    }
}

/** A client for the program at `program`; not started yet. */
export function createClient(program: string, around: Surroundings): LanguageClient {
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
    // The id names the trace setting: exposureLens.trace.server.
    // On Linux memory would else be kept apart for each of many threads, with gaps in each.
    const env = { MALLOC_ARENA_MAX: "2", ...process.env };
    const server = { command: program, args: ["lsp"], options: { env } };
    const client: LanguageClient = new Client(SECTION, "Exposure Lens", server, options);
    client.registerFeature(abilities);
    client.onNotification(ext.copy, copy);
    client.onNotification(ext.changed, around.changed);
    client.onNotification(ext.status, (params) => status.show(params));
    client.onNotification(ShowMessageNotification.type, tell);
    client.onRequest(ShowMessageRequest.type, ask);
    client.onDidChangeState(({ newState }) => life.isNow(newState));
    return client;
}

/** Follows the server through its ends and starts. */
class Life implements ErrorHandler {
    private readonly crashes = new Crashes();
    private hasRun = false;
    private isBack: "unknown" | "told" | undefined;

    constructor(private readonly around: Surroundings) {}

    isNow(state: State): void {
        const { status } = this.around;
        if (state === State.Starting) {
            status.starting(this.hasRun ? "restarting" : "starting");
        } else if (state === State.Running) {
            this.hasRun = true;
            if (this.isBack === "unknown") {
                this.around.cameBack();
            }
            this.isBack = undefined;
        } else if (state === State.StartFailed && this.hasRun) {
            this.around.gaveUp();
        }
    }

    /** What cannot be written to a server that is gone: its end is told next, and decides. */
    error(): ReturnType<ErrorHandler["error"]> {
        return { action: ErrorAction.Continue, handled: true };
    }

    closed(): ReturnType<ErrorHandler["closed"]> {
        if (!this.hasRun) {
            return { action: CloseAction.DoNotRestart, handled: true };
        }
        const { restarts, tells } = this.crashes.ended(Date.now());
        this.around.log.error(`the server ended by itself${restarts ? "; it is started again" : " too often"}`);
        if (!restarts) {
            this.around.gaveUp();
            return { action: CloseAction.DoNotRestart, handled: true };
        }
        this.isBack = tells ? "unknown" : "told";
        return { action: CloseAction.Restart, handled: true };
    }
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

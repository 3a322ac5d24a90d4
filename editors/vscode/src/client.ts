// One language client for the window: how it is put together and what is passed on.
// When it starts and stops is extension.ts's matter.

import * as readline from "node:readline";
import type { Readable } from "node:stream";

import * as vscode from "vscode";
import {
    type CodeAction,
    CodeActionResolveRequest,
    DidChangeConfigurationNotification,
    LanguageClient,
    type LanguageClientOptions,
    RevealOutputChannelOn,
    ShowMessageNotification,
    ShowMessageRequest,
    State,
} from "vscode-languageclient/node";

import { copy, copying } from "./clipboard";
import { SECTION, serverSettings } from "./config";
import * as ext from "./lsp_ext";
import { ask, tell } from "./picker";
import { ticked } from "./review";
import type { Status } from "./status";

/**
 * What the server looks at, by file name: CSV has no language in a plain VS Code, and dbt
 * extensions rename SQL's. Which of these files belong to a dbt project the server knows.
 */
export const SELECTOR = [{ scheme: "file", pattern: "**/*.{sql,py,yml,yaml,csv}" }];

/** A client for the program at `program`; not started yet. */
export function createClient(
    context: vscode.ExtensionContext,
    program: string,
    log: vscode.LogOutputChannel,
    status: Status,
): LanguageClient {
    const options: LanguageClientOptions = {
        documentSelector: SELECTOR,
        initializationOptions: () => serverSettings(context),
        outputChannel: log,
        traceOutputChannel: log,
        revealOutputChannelOn: RevealOutputChannelOn.Never,
        stdioOptions: { stdout: () => undefined, stderr: (lines) => forwardLog(lines, log) },
        middleware: {
            sendRequest: async (type, params, token, next) => {
                const answer = await next(type, params, token);
                const method = typeof type === "string" ? type : type.method;
                return method === CodeActionResolveRequest.method ? (ticked(answer as CodeAction) as typeof answer) : answer;
            },
            workspace: {
                configuration: (params, token, next) =>
                    params.items.every((item) => item.section === SECTION)
                        ? params.items.map(() => serverSettings(context))
                        : next(params, token),
                // The library would send every default along: see config.ts.
                didChangeConfiguration: () => sendSettings(client, context),
            },
        },
    };
    // The id names the trace setting: exposureLens.trace.server.
    // On Linux memory would else be kept apart for each of many threads, with gaps in each.
    const env = { MALLOC_ARENA_MAX: "2", ...process.env };
    const server = { command: program, args: ["lsp"], options: { env } };
    const client: LanguageClient = new LanguageClient(SECTION, "Exposure Lens", server, options);
    client.registerFeature(copying);
    client.onNotification(ext.copy, copy);
    client.onNotification(ext.status, (params) => status.show(params));
    client.onNotification(ShowMessageNotification.type, tell);
    client.onRequest(ShowMessageRequest.type, ask);
    client.onDidChangeState(({ newState }) => {
        if (newState === State.Starting) {
            status.starting();
        } else if (newState === State.Stopped) {
            status.failed("the server has stopped");
        }
    });
    return client;
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

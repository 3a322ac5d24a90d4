// The extension's life: find the server, start it, restart it when asked. Starting is
// restarting: one path, one at a time.

import { accessSync, constants, statSync } from "node:fs";
import { homedir } from "node:os";

import * as vscode from "vscode";
import { State } from "vscode-languageclient/node";

import { findServer, type Machine, PATH_SETTING } from "./bootstrap";
import { type Client, createClient, SELECTOR, type Surroundings } from "./client";
import { registerCommands } from "./commands";
import { serverPath } from "./config";
import type { Context, Running } from "./context";
import { LineagePanel } from "./lineage_panel";
import * as ext from "./lsp_ext";
import { lacking, olderServer } from "./older_server";
import { tellCameBack, tellGaveUp, tellNoServer, tellNotRunning, tellOld } from "./server_messages";
import { Status } from "./status";
import { reasonOf } from "./text";
import { isLineGone } from "./unanswered";
import { Views } from "./views";

/** What is asked of the server beyond LSP. */
const CALLED = [ext.downstream, ext.lineage, ext.pull].map((it) => it.method);

let running: Running | undefined;
/** The last client that ran, to be started again: client.ts says why. */
let kept: Client | undefined;
/** The last step asked for; the next one waits for it. */
let last: Promise<void> = Promise.resolve();

export function activate(context: vscode.ExtensionContext): void {
    const log = vscode.window.createOutputChannel("Exposure Lens", { log: true });
    const status = new Status(SELECTOR, log);
    const restart = (): Promise<void> => inOrder(() => start(parts));
    const ctx: Context = { running: started, runningOrWarn, restart, status, log };
    const views = new Views(ctx, context.workspaceState);
    const lineage = new LineagePanel(ctx, context.extensionUri);
    const parts: Surroundings = {
        context,
        log,
        status,
        changed: () => {
            views.refresh();
            lineage.refresh();
        },
        cameBack: tellCameBack,
        gaveUp: () => gaveUp(status),
    };
    context.subscriptions.push(
        log,
        status,
        views,
        lineage,
        ...registerCommands(ctx),
        vscode.workspace.onDidChangeConfiguration((event) => {
            if (event.affectsConfiguration(PATH_SETTING)) {
                void restart();
            }
        }),
    );
    // The palette and the side bar show what works from now on.
    void vscode.commands.executeCommand("setContext", "exposureLens.active", true);
    // Whoever needs the server waits for it; the editor does not.
    void restart();
}

export async function deactivate(): Promise<void> {
    await inOrder(stop);
}

/** The server, once the last step asked for is done. */
function started(): Promise<Running | undefined> {
    return last.then(() => running);
}

async function runningOrWarn(): Promise<Running | undefined> {
    const it = await started();
    if (!it) {
        tellNotRunning();
    }
    return it;
}

function inOrder(step: () => Promise<void>): Promise<void> {
    last = last.then(step, step);
    return last;
}

async function start(parts: Surroundings): Promise<void> {
    await stop();
    const { context, log, status } = parts;
    status.starting("starting");
    const found = findServer(serverPath(), context.extensionPath, thisMachine());
    if (!found.ok) {
        fail(found.message, parts);
        return;
    }
    log.info(`server: ${found.path} (${found.origin})`);
    const client = clientFor(found.path, parts);
    try {
        await client.begin();
        kept = client;
        running = { client, program: found.path, origin: found.origin, lacks: lacking(CALLED, client.initializeResult) };
        if (running.lacks.size > 0) {
            tellOld(olderServer(found.path, client.initializeResult, found.origin), found.origin);
        }
    } catch (error) {
        kept = undefined;
        await client.dispose().catch(() => undefined);
        const message = `The server at ${found.path} did not start: ${whyNotStarted(error)}.`;
        fail(`${message} ${PATH_SETTING} can name another one.`, parts);
    }
}

function clientFor(program: string, parts: Surroundings): Client {
    const isFit = kept?.program === program && kept.state === State.Stopped;
    return kept && isFit ? kept : createClient(program, parts);
}

/** That a program is gone is told as a fault of the line to it. */
function whyNotStarted(error: unknown): string {
    return isLineGone(error) ? "it ended before it answered" : reasonOf(error);
}

async function stop(): Promise<void> {
    const client = running?.client;
    running = undefined;
    try {
        if (client?.state === State.Starting) {
            // It is on its way back by itself, and cannot be stopped before it is there.
            await client.start();
        }
        await client?.stop();
    } catch {
        // A server that has died, or that does not listen: its end is not to be taken for the
        // end of the next one.
        kept = undefined;
    }
}

function fail(message: string, { log, status }: Surroundings): void {
    log.error(message);
    status.failed("no server", message);
    tellNoServer(message);
}

function gaveUp(status: Status): void {
    running = undefined;
    status.failed("the server has stopped", "It ended by itself, and could not be kept running.");
    tellGaveUp();
}

function thisMachine(): Machine {
    return { platform: process.platform, env: process.env, home: homedir(), isExecutable };
}

function isExecutable(file: string): boolean {
    try {
        accessSync(file, constants.X_OK);
        return statSync(file).isFile();
    } catch {
        return false;
    }
}

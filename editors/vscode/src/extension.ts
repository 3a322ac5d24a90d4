// The extension's life: find the server, start it, restart it when asked. Starting is
// restarting: one path, one at a time.

import { accessSync, constants, statSync } from "node:fs";
import { homedir } from "node:os";

import * as vscode from "vscode";
import { ErrorCodes, ResponseError } from "vscode-languageclient/node";

import { findServer, type Machine, PATH_SETTING } from "./bootstrap";
import { createClient, SELECTOR, type Surroundings } from "./client";
import { type Context, registerCommands, type Running } from "./commands";
import { serverPath } from "./config";
import { LineagePanel } from "./lineage_panel";
import { Status } from "./status";
import { Views } from "./views";

let running: Running | undefined;
/** The last step asked for; the next one waits for it. */
let last: Promise<void> = Promise.resolve();

/** What is told where the server cannot run. */
const [OPEN_SETTINGS, SHOW_LOGS, RESTART] = ["Open Settings", "Show Logs", "Restart Server"];

const LINE_FAULTS: readonly number[] = [
    ErrorCodes.MessageWriteError,
    ErrorCodes.MessageReadError,
    ErrorCodes.PendingResponseRejected,
    ErrorCodes.ConnectionInactive,
];

/** What starting needs. */
type Parts = Surroundings & { readonly restart: () => Promise<void> };

export function activate(context: vscode.ExtensionContext): void {
    const log = vscode.window.createOutputChannel("Exposure Lens", { log: true });
    const status = new Status(SELECTOR, log);
    const restart = (): Promise<void> => inOrder(() => start(parts));
    const ctx: Context = { running: started, runningOrWarn, restart, status, log };
    const views = new Views(ctx, context.workspaceState);
    const lineage = new LineagePanel(ctx, context.extensionUri);
    const parts: Parts = {
        context,
        log,
        status,
        restart,
        changed: () => {
            views.refresh();
            lineage.refresh();
        },
        cameBack: () => cameBack(log),
        gaveUp: () => gaveUp(parts),
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
        void vscode.window.showWarningMessage("The Exposure Lens server is not running.");
    }
    return it;
}

function inOrder(step: () => Promise<void>): Promise<void> {
    last = last.then(step, step);
    return last;
}

async function start(parts: Parts): Promise<void> {
    await stop();
    const { context, log, status } = parts;
    status.starting("starting");
    const found = findServer(serverPath(), context.extensionPath, thisMachine());
    if (!found.ok) {
        fail(found.message, parts);
        return;
    }
    log.info(`server: ${found.path} (${found.origin})`);
    const starting = createClient(found.path, parts);
    try {
        await starting.start();
        running = { client: starting, program: found.path, origin: found.origin };
    } catch (error) {
        await starting.dispose().catch(() => undefined);
        const message = `The server at ${found.path} did not start: ${reasonOf(error)}.`;
        fail(`${message} ${PATH_SETTING} can name another one.`, parts);
    }
}

/** That a program is gone is told as a fault of the line to it. */
function reasonOf(error: unknown): string {
    const isGone = error instanceof ResponseError && LINE_FAULTS.includes(error.code);
    return isGone ? "it ended before it answered" : error instanceof Error ? error.message : String(error);
}

async function stop(): Promise<void> {
    const stopping = running;
    running = undefined;
    try {
        await stopping?.client.dispose();
    } catch {
        // A server that has died cannot be asked to stop: it has stopped.
    }
}

function fail(message: string, { log, status }: Parts): void {
    log.error(message);
    status.failed("no server", message);
    void vscode.window.showErrorMessage(message, OPEN_SETTINGS, SHOW_LOGS).then((choice) => {
        if (choice === OPEN_SETTINGS) {
            void vscode.commands.executeCommand("workbench.action.openSettings", PATH_SETTING);
        } else if (choice === SHOW_LOGS) {
            log.show();
        }
    });
}

/** Said once: what was lost is there again. */
function cameBack(log: vscode.LogOutputChannel): void {
    const message = "The Exposure Lens server ended by itself and was started again.";
    void vscode.window.showWarningMessage(message, SHOW_LOGS).then((choice) => choice && log.show());
}

function gaveUp({ log, status, restart }: Parts): void {
    running = undefined;
    status.failed("the server has stopped", "It ended by itself, and could not be kept running.");
    const message = "The Exposure Lens server does not stay up, and is not started again by itself.";
    void vscode.window.showErrorMessage(message, RESTART, SHOW_LOGS).then((choice) => {
        if (choice === RESTART) {
            void restart();
        } else if (choice === SHOW_LOGS) {
            log.show();
        }
    });
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

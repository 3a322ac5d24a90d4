// The extension's life: find the server, start it, restart it when asked. Starting is
// restarting: one path, one at a time.

import { accessSync, constants, statSync } from "node:fs";
import { homedir } from "node:os";

import * as vscode from "vscode";

import { findServer, type Machine, PATH_SETTING } from "./bootstrap";
import { createClient, SELECTOR } from "./client";
import { registerCommands, type Running } from "./commands";
import { serverPath } from "./config";
import { Status } from "./status";

let running: Running | undefined;
/** The last step asked for; the next one waits for it. */
let last: Promise<void> = Promise.resolve();

export async function activate(context: vscode.ExtensionContext): Promise<void> {
    const log = vscode.window.createOutputChannel("Exposure Lens", { log: true });
    const status = new Status(SELECTOR, log);
    const restart = (): Promise<void> => inOrder(() => start(context, log, status));
    context.subscriptions.push(
        log,
        status,
        ...registerCommands({ running: started, runningOrWarn, restart, sites: () => status.sites, log }),
        vscode.workspace.onDidChangeConfiguration((event) => {
            if (event.affectsConfiguration(PATH_SETTING)) {
                void restart();
            }
        }),
    );
    await restart();
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

async function start(
    context: vscode.ExtensionContext,
    log: vscode.LogOutputChannel,
    status: Status,
): Promise<void> {
    await stop();
    status.starting();
    const found = findServer(serverPath(), context.extensionPath, thisMachine());
    if (!found.ok) {
        fail(found.message, log, status);
        return;
    }
    log.info(`server: ${found.path} (${found.origin})`);
    const starting = createClient(context, found.path, log, status);
    try {
        await starting.start();
        running = { client: starting, program: found.path, origin: found.origin };
    } catch (error) {
        await starting.dispose().catch(() => undefined);
        const reason = error instanceof Error ? error.message : String(error);
        const message = `The server at ${found.path} did not start: ${reason}.`;
        fail(`${message} ${PATH_SETTING} can name another one.`, log, status);
    }
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

function fail(message: string, log: vscode.LogOutputChannel, status: Status): void {
    log.error(message);
    status.failed("no server", message);
    const [openSettings, showLogs] = ["Open Settings", "Show Logs"];
    void vscode.window.showErrorMessage(message, openSettings, showLogs).then((choice) => {
        if (choice === openSettings) {
            void vscode.commands.executeCommand("workbench.action.openSettings", PATH_SETTING);
        } else if (choice === showLogs) {
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

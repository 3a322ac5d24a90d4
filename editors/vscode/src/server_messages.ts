// What the user is told of the server's life, and what is offered.

import * as vscode from "vscode";

import { type Origin, PATH_SETTING } from "./bootstrap";
import { noLinks } from "./text";

/** What is offered, and the commands that do it. */
const [OPEN_SETTINGS, SHOW_LOGS, RESTART] = ["Open Settings", "Show Logs", "Restart Server"] as const;
const HELP: Readonly<Record<string, readonly [string, ...string[]]>> = {
    [OPEN_SETTINGS]: ["workbench.action.openSettings", PATH_SETTING],
    [SHOW_LOGS]: ["exposureLens.showLogs"],
    [RESTART]: ["exposureLens.restartServer"],
};

/** There is none, or it did not start. */
export function tellNoServer(message: string): void {
    void vscode.window.showErrorMessage(noLinks(message), OPEN_SETTINGS, SHOW_LOGS).then(help);
}

/** Something was asked of a server that does not run. */
export function tellNotRunning(): void {
    const message = "The Exposure Lens server is not running.";
    void vscode.window.showWarningMessage(message, RESTART, SHOW_LOGS).then(help);
}

/** What was lost is there again. */
export function tellCameBack(): void {
    const message = "The Exposure Lens server ended by itself and was started again.";
    void vscode.window.showWarningMessage(message, SHOW_LOGS).then(help);
}

/** It is left alone. */
export function tellGaveUp(): void {
    const message = "The Exposure Lens server does not stay up, and is not started again by itself.";
    void vscode.window.showErrorMessage(message, RESTART, SHOW_LOGS).then(help);
}

/** What was last told of a server that is too old. */
let toldOld = "";

/** Said once of each program; the views say it as long as it is so. */
export function tellOld(message: string, origin: Origin): void {
    if (toldOld !== message) {
        toldOld = message;
        const buttons = origin === "setting" ? [OPEN_SETTINGS] : [];
        void vscode.window.showWarningMessage(noLinks(message), ...buttons).then(help);
    }
}

async function help(choice: string | undefined): Promise<void> {
    const command = choice === undefined ? undefined : HELP[choice];
    if (command) {
        await vscode.commands.executeCommand(...command);
    }
}

// What the user is told of the server's life and by the server, and what is offered.

import * as vscode from "vscode";
import { MessageType, type ShowMessageParams } from "vscode-languageclient/node";

import { type Origin, PATH_SETTING } from "./bootstrap";
import { asksToSignIn } from "./sites";
import { isNoContent, noLinks } from "./text";

/** What is offered, and the commands that do it. */
const [OPEN_SETTINGS, SHOW_LOGS, RESTART] = ["Open Settings", "Show Logs", "Restart Server"] as const;
const [SIGN_IN, GET_STARTED] = ["Sign in to Tableau…", "Get Started"] as const;
const HELP: Readonly<Record<string, readonly [string, ...string[]]>> = {
    [OPEN_SETTINGS]: ["workbench.action.openSettings", PATH_SETTING],
    [SHOW_LOGS]: ["exposureLens.showLogs"],
    [RESTART]: ["exposureLens.restartServer"],
    [SIGN_IN]: ["exposureLens.signIn"],
    [GET_STARTED]: ["exposureLens.getStarted"],
};

/** Where it is kept that a workspace's user knows what a workspace without content lacks. */
const NO_CONTENT_KEY = "exposureLens.toldNoContent";

/** What the server tells. VS Code cuts a message without a button to one line. */
export function tell({ type, message }: ShowMessageParams, memory: vscode.Memento): void {
    const button = asksToSignIn(message) ? SIGN_IN : SHOW_LOGS;
    if (isNoContent(message)) {
        tellNoContent(memory);
    } else if (type === MessageType.Error) {
        void vscode.window.showErrorMessage(noLinks(message), button).then(help);
    } else if (type === MessageType.Warning) {
        void vscode.window.showWarningMessage(noLinks(message), button).then(help);
    } else {
        const buttons = button === SIGN_IN ? [button] : [];
        void vscode.window.showInformationMessage(noLinks(message), ...buttons).then(help);
    }
}

/** Said once of each workspace: the side bar and the status say it as long as it is so. */
function tellNoContent(memory: vscode.Memento): void {
    if (memory.get(NO_CONTENT_KEY) !== true) {
        void memory.update(NO_CONTENT_KEY, true);
        const message =
            "Exposure Lens knows no Tableau content yet. Sign in to Tableau, put workbook files (.twb, .twbx) " +
            "into the repository, or name a team snapshot in the settings.";
        void vscode.window.showInformationMessage(message, SIGN_IN, GET_STARTED).then(help);
    }
}

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

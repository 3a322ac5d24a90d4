// What the server asks. A list to choose from stands in for VS Code's own message
// where that has too little room: a dozen dashboards are no row of buttons.

import * as vscode from "vscode";
import {
    type MessageActionItem,
    MessageType,
    type ShowMessageRequestParams,
} from "vscode-languageclient/node";

import { noIcons, noLinks } from "./text";

/** More buttons than these VS Code cuts to unreadable stumps. */
const MAX_BUTTONS = 3;

/** Asks the user, and gives back what was chosen. */
export async function ask(params: ShowMessageRequestParams): Promise<MessageActionItem | null> {
    const actions = params.actions ?? [];
    if (isList(actions)) {
        return choose(params.message, actions);
    }
    return (await messageOf(params.type)(noLinks(params.message), ...actions)) ?? null;
}

/** The server's order stays: the most viewed first. Names of others make no icons. */
async function choose(title: string, actions: readonly MessageActionItem[]): Promise<MessageActionItem | null> {
    const items = actions.map((action) => ({
        label: noIcons(action.title),
        description: text(action["description"]),
        detail: text(action["detail"]),
        action,
    }));
    const options = { title, placeHolder: "Opens in Tableau", matchOnDescription: true, matchOnDetail: true };
    const chosen = await vscode.window.showQuickPick(items, options);
    return chosen?.action ?? null;
}

function text(it: unknown): string {
    return typeof it === "string" ? noIcons(it) : "";
}

/** Things to choose from have more to them than a title; answers to a question do not. */
function isList(actions: readonly MessageActionItem[]): boolean {
    return actions.length > MAX_BUTTONS || actions.some((it) => Object.keys(it).length > 1);
}

function messageOf(
    type: MessageType,
): (message: string, ...items: MessageActionItem[]) => Thenable<MessageActionItem | undefined> {
    switch (type) {
        case MessageType.Error:
            return vscode.window.showErrorMessage;
        case MessageType.Warning:
            return vscode.window.showWarningMessage;
        default:
            return vscode.window.showInformationMessage;
    }
}

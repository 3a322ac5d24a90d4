// Puts a list to choose from over what the server asks, where VS Code's own message has
// too little room: a dozen dashboards are no row of buttons.

import * as vscode from "vscode";
import {
    type MessageActionItem,
    MessageType,
    type ShowMessageRequestParams,
} from "vscode-languageclient/node";

/** More buttons than these VS Code cuts to unreadable stumps. */
const MAX_BUTTONS = 3;

/** Asks the user, and gives back what was chosen. */
export async function ask(params: ShowMessageRequestParams): Promise<MessageActionItem | null> {
    const actions = params.actions ?? [];
    if (isList(actions)) {
        const items = actions.map((action) => ({ label: action.title, action }));
        const chosen = await vscode.window.showQuickPick(items, { title: params.message });
        return chosen?.action ?? null;
    }
    return (await messageOf(params.type)(params.message, ...actions)) ?? null;
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

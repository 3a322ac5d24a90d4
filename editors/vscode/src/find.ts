// Finds the models behind a workbook, a dashboard or a pasted Tableau link.
//
// VS Code's own picker of workspace symbols compares what is typed with each symbol's
// name, and so hides what the server found for a link.

import * as vscode from "vscode";
import { type SymbolInformation, WorkspaceSymbolRequest } from "vscode-languageclient/node";

import type { Context } from "./commands";

interface Found extends vscode.QuickPickItem {
    readonly location: vscode.Location;
}

/** Asks what to find, lets the user choose among the models that feed it, and opens one. */
export async function find(ctx: Context): Promise<void> {
    const query = await vscode.window.showInputBox({
        title: "Find the models behind a Tableau dashboard",
        prompt: "A workbook's or dashboard's name, or a link copied from the browser",
        ignoreFocusOut: true,
    });
    const running = query && (await ctx.runningOrWarn());
    if (!query || !running) {
        return;
    }
    const { client } = running;
    const symbols = await client.sendRequest(WorkspaceSymbolRequest.type, { query: query.trim() });
    const found = ((symbols ?? []) as SymbolInformation[]).map((it): Found => ({
        label: it.name,
        description: it.containerName ?? "",
        location: client.protocol2CodeConverter.asLocation(it.location),
    }));
    if (found.length === 0) {
        void vscode.window.showInformationMessage(`No model is known to feed “${query.trim()}”.`);
        return;
    }
    const options = { title: "Opens the model", matchOnDescription: true };
    const chosen = await vscode.window.showQuickPick(found, options);
    if (chosen) {
        const { uri, range } = chosen.location;
        await vscode.window.showTextDocument(uri, { selection: range });
    }
}

// Opens a place that the server names. Its file may be gone: dbt's manifest is from before.

import * as vscode from "vscode";
import type { Location } from "vscode-languageclient/node";

import type { Context } from "./context";
import { noLinks } from "./text";

/** Shows the file, the cursor at the start of the place; where it cannot, the user is told. */
export async function openPlace(ctx: Context, location: Location): Promise<void> {
    const running = await ctx.runningOrWarn();
    if (!running) {
        return;
    }
    const { uri, range } = running.client.protocol2CodeConverter.asLocation(location);
    const selection = new vscode.Range(range.start, range.start);
    try {
        await vscode.window.showTextDocument(uri, { selection });
    } catch {
        const file = noLinks(vscode.workspace.asRelativePath(uri));
        const why = "it may have been moved since dbt last read the project";
        void vscode.window.showWarningMessage(`${file} cannot be opened: ${why}.`);
    }
}

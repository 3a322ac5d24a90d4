// What the lineage panel is to show: the graph as the server answers, or why there is none.

import * as path from "node:path";

import * as vscode from "vscode";

import type { Note, ToPage } from "../webview/messages";
import type { Context } from "./context";
import { failed, NO_EDITOR, NO_SERVER, noNode, OLD_SERVER } from "./lineage_notes";
import * as ext from "./lsp_ext";
import { reasonOf } from "./text";
import { isUnanswered } from "./unanswered";

/** What a graph is asked for. */
interface Wanted {
    /** The place of the cursor, or a node that was chosen. */
    readonly subject: ext.LineageParams | undefined;
    /** Where all of what was left out is wanted. */
    readonly expand: readonly string[];
}

/** Nothing where there is no answer yet. What is `wanted` is looked at once the server runs. */
export async function lineageOf(
    ctx: Context,
    wanted: () => Wanted,
    token: vscode.CancellationToken,
): Promise<ToPage | undefined> {
    const running = await ctx.running();
    const { subject, expand } = wanted();
    if (!running || !subject) {
        return noteOf(running ? NO_EDITOR : NO_SERVER);
    }
    if (running.lacks.has(ext.lineage.method)) {
        return noteOf(OLD_SERVER);
    }
    try {
        const graph = await running.client.sendRequest(ext.lineage, { ...subject, expand }, token);
        if (graph) {
            return { type: "graph", graph };
        }
        return ctx.status.current.quiescent ? noteOf(noNode(nameOf(subject))) : undefined;
    } catch (error) {
        return isUnanswered(error) ? undefined : noteOf(failed(reasonOf(error)));
    }
}

function noteOf(note: Note): ToPage {
    return { type: "note", note };
}

function nameOf({ textDocument, node }: ext.LineageParams): string {
    return textDocument ? path.posix.basename(vscode.Uri.parse(textDocument.uri).path) : (node ?? "this file");
}

// Runs one of the server's commands, and says why where it does not.

import * as vscode from "vscode";
import { ExecuteCommandRequest } from "vscode-languageclient/node";

import type { Context } from "./context";
import { reasonOf, sentence } from "./text";

/** Runs a command with one argument. The server tells what became of it by itself. */
export async function serverCommand(ctx: Context, command: string, argument?: unknown): Promise<void> {
    const running = await ctx.runningOrWarn();
    try {
        const params = { command, arguments: argument === undefined ? [] : [argument] };
        await running?.client.sendRequest(ExecuteCommandRequest.type, params);
    } catch (error) {
        void vscode.window.showWarningMessage(sentence(reasonOf(error)));
    }
}

// The extension's own commands. The server's (executeCommandProvider) are registered by
// the client library, never here.

import * as vscode from "vscode";
import {
    type CodeLens,
    CodeLensRequest,
    CodeLensResolveRequest,
    type Command,
    type LanguageClient,
    type Position,
    type TextDocumentIdentifier,
} from "vscode-languageclient/node";

import type { Context, Running } from "./context";
import { find } from "./find";
import * as ext from "./lsp_ext";
import { serverCommand } from "./server_command";
import { signIn, signOut } from "./sign_in";
import { noLinks } from "./text";
import { writeMissing } from "./write_missing";

/** The extension's own, and its name in package.json. */
const WALKTHROUGH = "exposure-lens.exposure-lens#start";

/** Registers all commands. */
export function registerCommands(ctx: Context): vscode.Disposable[] {
    return [
        vscode.commands.registerCommand("exposureLens.showDashboards", () => showDashboards(ctx)),
        vscode.commands.registerCommand("exposureLens.find", () => find(ctx)),
        vscode.commands.registerCommand("exposureLens.signIn", (address?: unknown) =>
            signIn(ctx, typeof address === "string" ? address : undefined),
        ),
        vscode.commands.registerCommand("exposureLens.signOut", () => signOut(ctx)),
        vscode.commands.registerCommand("exposureLens.pull", () => serverCommand(ctx, ext.PULL_NOW)),
        vscode.commands.registerCommand("exposureLens.writeMissing", () => writeMissing(ctx)),
        vscode.commands.registerCommand("exposureLens.getStarted", () =>
            vscode.commands.executeCommand("workbench.action.openWalkthrough", WALKTHROUGH, false),
        ),
        vscode.commands.registerCommand("exposureLens.restartServer", () => ctx.restart()),
        vscode.commands.registerCommand("exposureLens.showLogs", () => ctx.log.show()),
        vscode.commands.registerCommand("exposureLens.showServerVersion", () => showVersion(ctx)),
    ];
}

/** A click on the lens, for the keyboard: the lens at the cursor, else the one above it. */
async function showDashboards(ctx: Context): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (!editor) {
        void vscode.window.showInformationMessage("Open a model of a dbt project, or go to its tab, first.");
        return;
    }
    const running = await ctx.runningOrWarn();
    if (!running) {
        return;
    }
    const { client } = running;
    const textDocument = client.code2ProtocolConverter.asTextDocumentIdentifier(editor.document);
    const lenses = (await client.sendRequest(CodeLensRequest.type, { textDocument })) ?? [];
    const { active } = editor.selection;
    const lens = nearest(lenses, active.line);
    const command = lens ? (await resolved(client, lens)).command : await withoutLens(running, textDocument, active);
    if (command?.command !== ext.LIST_DASHBOARDS && command?.command !== ext.OPEN_DASHBOARD) {
        const hint = command?.title ?? "this file lies in no dbt project";
        void vscode.window.showInformationMessage(`No dashboards to list: ${noLinks(hint)}.`);
        return;
    }
    await serverCommand(ctx, command.command, command.arguments?.[0]);
}

/** What a click would do if there were a lens: they may be switched off, or nothing be known of
 * Tableau. The title says why there is nothing to do. */
async function withoutLens(
    { client, lacks }: Running,
    textDocument: TextDocumentIdentifier,
    position: Position,
): Promise<Command | undefined> {
    if (lacks.has(ext.downstream.method)) {
        return { title: "this file has no lens", command: "" };
    }
    const answer = await client.sendRequest(ext.downstream, { textDocument, position });
    const [subject] = answer?.subjects ?? [];
    if (!answer || !subject || !answer.hasContent) {
        return answer ? { title: answer.headline, command: "" } : undefined;
    }
    const about = { project: answer.project.uri, node: subject.id };
    return { title: answer.headline, command: ext.LIST_DASHBOARDS, arguments: [about] };
}

function nearest(lenses: readonly CodeLens[], line: number): CodeLens | undefined {
    const sorted = [...lenses].sort((a, b) => a.range.start.line - b.range.start.line);
    return sorted.findLast((it) => it.range.start.line <= line) ?? sorted[0];
}

async function resolved(client: LanguageClient, lens: CodeLens): Promise<CodeLens> {
    return lens.command ? lens : client.sendRequest(CodeLensResolveRequest.type, lens);
}

async function showVersion(ctx: Context): Promise<void> {
    const running = await ctx.runningOrWarn();
    const server = running?.client.initializeResult?.serverInfo;
    if (running && server) {
        const version = `${server.name} ${server.version ?? "(no version)"}`;
        void vscode.window.showInformationMessage(`${version} (${running.origin})`);
    }
}

// The lineage panel: asks the server for the graph around what the cursor is on, has it drawn
// (webview/), and does what is pressed there. A panel that nobody sees asks nothing.

import * as vscode from "vscode";

import { fromPage, type Action, type FromPage, type ToPage } from "../webview/messages";
import { PATH_SETTING } from "./bootstrap";
import { SELECTOR } from "./client";
import type { Context } from "./context";
import { lineageOf } from "./lineage_answer";
import { pageFolder, pageOf } from "./lineage_page";
import * as ext from "./lsp_ext";
import { openPlace } from "./open_file";
import { serverCommand } from "./server_command";
import { showIfSlow } from "./slow";
import { type Current, whenOther } from "./status";

const VIEW = "exposureLens.lineage";

/** Moves of the cursor come in rows: the last one counts. */
const SETTLED_MS = 150;

/** What the page's menu gives to its commands: draw.ts puts it there. */
interface PageContext {
    readonly exposureLensNode?: unknown;
}

/** The panel. */
export class LineagePanel implements vscode.WebviewViewProvider, vscode.Disposable {
    private view: vscode.WebviewView | undefined;
    /** What the graph is asked for: the place of the cursor, or a node that was chosen. */
    private subject: ext.LineageParams | undefined;
    /** Where all of what was left out is wanted. */
    private expand: readonly string[] = [];
    /** What the page shows. */
    private shown: ToPage | undefined;
    private timer: NodeJS.Timeout | undefined;
    private asking: vscode.CancellationTokenSource | undefined;
    private wantsFocus = false;
    private readonly disposables: vscode.Disposable[];

    constructor(
        private readonly ctx: Context,
        private readonly extension: vscode.Uri,
    ) {
        const { registerCommand } = vscode.commands;
        this.disposables = [
            vscode.window.registerWebviewViewProvider(VIEW, this),
            vscode.window.onDidChangeActiveTextEditor((editor) => this.follow(editor)),
            vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => this.moved(textEditor)),
            vscode.workspace.onDidCloseTextDocument((document) => this.closed(document)),
            whenOther(ctx.status, graphDependsOn, () => this.refresh()),
            registerCommand("exposureLens.showLineage", () => this.show()),
            registerCommand("exposureLens.lineage.open", (it?: PageContext) => this.withNode(it, "open")),
            registerCommand("exposureLens.lineage.center", (it?: PageContext) => this.withNode(it, "center")),
        ];
        this.follow(vscode.window.activeTextEditor);
    }

    /** VS Code wants the view to be drawn. */
    resolveWebviewView(view: vscode.WebviewView): void {
        this.view = view;
        const listeners = [
            view.webview.onDidReceiveMessage((message: unknown) => this.heard(fromPage(message))),
            view.onDidChangeVisibility(() => this.refresh()),
        ];
        view.onDidDispose(() => {
            listeners.forEach((it) => it.dispose());
            this.view = undefined;
            this.refresh();
        });
        view.webview.options = { enableScripts: true, localResourceRoots: [pageFolder(this.extension)] };
        view.webview.html = pageOf(view.webview, this.extension);
    }

    /** Answers may be others now. What is asked already may be answered from before. */
    refresh(): void {
        this.asking?.cancel();
        clearTimeout(this.timer);
        this.timer = this.view?.visible ? setTimeout(() => void this.ask(), SETTLED_MS) : undefined;
    }

    private async show(): Promise<void> {
        this.wantsFocus = true;
        this.follow(vscode.window.activeTextEditor);
        await vscode.commands.executeCommand(`${VIEW}.focus`);
        this.giveFocus();
    }

    /** Files that are not dbt's, such as a log, leave the graph as it is; so does a page in front. */
    private follow(editor: vscode.TextEditor | undefined): void {
        if (editor && vscode.languages.match(SELECTOR, editor.document) > 0) {
            const { line, character } = editor.selection.active;
            this.about({
                textDocument: { uri: editor.document.uri.toString() },
                position: { line, character },
            });
        }
    }

    /** A document whose language changes is told as closed too, and is not. */
    private closed({ uri, isClosed }: vscode.TextDocument): void {
        if (isClosed && this.subject?.textDocument?.uri === uri.toString()) {
            this.about(undefined);
        }
    }

    /** Nodes begin at the start of a line: where in it the cursor is does not matter. */
    private moved(editor: vscode.TextEditor): void {
        const { line } = editor.selection.active;
        const isThere =
            this.subject?.textDocument?.uri === editor.document.uri.toString() && this.subject.position?.line === line;
        if (editor === vscode.window.activeTextEditor && !isThere) {
            this.follow(editor);
        }
    }

    private about(subject: ext.LineageParams | undefined): void {
        this.subject = subject;
        this.refresh();
    }

    private async ask(): Promise<void> {
        const asking = new vscode.CancellationTokenSource();
        this.asking = asking;
        const answer = lineageOf(this.ctx, () => ({ subject: this.subject, expand: this.expand }), asking.token);
        const next = await showIfSlow(VIEW, answer);
        asking.dispose();
        if (next && !asking.token.isCancellationRequested) {
            this.draw(next);
        }
    }

    private draw(next: ToPage): void {
        if (graphIn(next)?.center !== graphIn(this.shown)?.center) {
            this.expand = [];
        }
        if (JSON.stringify(next) !== JSON.stringify(this.shown)) {
            this.shown = next;
            this.post(next);
        }
        if (this.view) {
            const graph = graphIn(next);
            this.view.description = graph?.nodes.find((it) => it.id === graph.center)?.label ?? "";
        }
        this.giveFocus();
    }

    private heard(message: FromPage | undefined): void {
        switch (message?.type) {
            case "ready":
                return this.pageIsThere();
            case "open":
                return void this.open(message.id);
            case "center":
                return this.center(message.id);
            case "expand":
                this.expand = [...new Set([...this.expand, message.id])];
                return this.refresh();
            case "run":
                return void this.run(message.action);
            case "leave":
                return void vscode.commands.executeCommand("workbench.action.focusActiveEditorGroup");
        }
    }

    /** A page that was hidden has forgotten what it showed. */
    private pageIsThere(): void {
        if (this.shown) {
            this.post(this.shown);
        }
        this.giveFocus();
        this.refresh();
    }

    private withNode(context: PageContext | undefined, then: "open" | "center"): void {
        const id = context?.exposureLensNode;
        this.heard(fromPage({ type: then, id }));
    }

    private async open(id: string): Promise<void> {
        const graph = graphIn(this.shown);
        const node = graph?.nodes.find((it) => it.id === id);
        if (graph && node?.location) {
            await openPlace(this.ctx, node.location);
        } else if (graph && node?.url) {
            await serverCommand(this.ctx, ext.OPEN_DASHBOARD, { project: graph.project.uri, url: node.url });
        } else if (node) {
            const message = `There is nothing to open: no file and no page of this ${node.kind} is known.`;
            void vscode.window.showInformationMessage(message);
        }
    }

    private center(node: string): void {
        const graph = graphIn(this.shown);
        if (graph?.nodes.some((it) => it.id === node)) {
            this.about({ project: graph.project.uri, node });
        }
    }

    private async run(action: Action): Promise<void> {
        switch (action) {
            case "retry":
                return this.refresh();
            case "restart":
                return this.ctx.restart();
            case "logs":
                return this.ctx.log.show();
            case "settings":
                await vscode.commands.executeCommand("workbench.action.openSettings", PATH_SETTING);
                return;
            case "find":
                await vscode.commands.executeCommand("exposureLens.find");
        }
    }

    /** Once the page has something that can take it. */
    private giveFocus(): void {
        if (this.wantsFocus && this.view?.visible && this.shown) {
            this.wantsFocus = false;
            this.post({ type: "focus" });
        }
    }

    private post(message: ToPage): void {
        void this.view?.webview.postMessage(message);
    }

    dispose(): void {
        clearTimeout(this.timer);
        this.asking?.cancel();
        this.disposables.forEach((it) => it.dispose());
    }
}

function graphDependsOn({ health, quiescent, projects }: Current): unknown {
    return [health, quiescent, projects.map((it) => it.uri)];
}

function graphIn(message: ToPage | undefined): ext.LineageGraph | undefined {
    return message?.type === "graph" ? message.graph : undefined;
}

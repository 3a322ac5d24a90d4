// A tree of Tableau's content in the side bar. It asks while it can be seen, once things are
// at rest, and the latest question wins. What it asks about is views.ts's matter.

import * as vscode from "vscode";

import type { Context } from "./context";
import * as ext from "./lsp_ext";
import { showIfSlow } from "./slow";
import { type Row, rowsOf } from "./tree_rows";
import { descriptionOf, messageOf, type State, stateOf, staysFor } from "./tree_states";
import { isUnanswered } from "./unanswered";

/** How long cursor, filter and server are at rest before a question. */
const REST_MS = 150;

/** What to ask for, or why there is nothing to ask. */
export type Question = ext.DownstreamParams | Extract<State, "stopped" | "loading" | "noEditor" | "noProject" | "unloaded" | "noNode">;

/** A view, its rows and its filter. */
export class TreeView implements vscode.TreeDataProvider<Row>, vscode.Disposable {
    private readonly view: vscode.TreeView<Row>;
    private readonly redrawn = new vscode.EventEmitter<void>();
    readonly onDidChangeTreeData = this.redrawn.event;
    private readonly contexts = new Map<string, unknown>();
    private rows: readonly Row[] = [];
    /** What is shown, to draw nothing twice. */
    private shown = "";
    private filter = "";
    /** Where the filter is typed, while it is. */
    private input: vscode.InputBox | undefined;
    private isStale = true;
    private timer: NodeJS.Timeout | undefined;
    /** The node that was shown last. */
    private last: ext.DownstreamParams | undefined;
    private asking = new vscode.CancellationTokenSource();

    constructor(
        private readonly name: "downstream" | "project",
        private readonly ctx: Context,
        private readonly question: () => Question,
    ) {
        this.view = vscode.window.createTreeView(this.id, { treeDataProvider: this, showCollapseAll: true });
        this.view.onDidChangeVisibility(({ visible }) => visible && this.isStale && this.refresh());
        this.show(null, "loading");
    }

    private get id(): string {
        return `exposureLens.${this.name}`;
    }

    /** Asks again, now or once the view is seen. */
    refresh(): void {
        this.isStale = true;
        clearTimeout(this.timer);
        if (this.view.visible) {
            this.timer = setTimeout(() => void this.ask(), REST_MS);
        }
    }

    /** Lets the user say what is to be shown; the tree follows while it is typed. */
    async askFilter(): Promise<void> {
        const before = this.filter;
        const input = (this.input = vscode.window.createInputBox());
        input.title = "Filter by name or owner";
        input.placeholder = "Part of a name; nothing shows all";
        input.value = before;
        // A look at the rows, or a click on one, is no wish to have the old filter back.
        input.ignoreFocusOut = true;
        const typing = input.onDidChangeValue((text) => this.setFilter(text));
        const isMeant = await new Promise<boolean>((resolve) => {
            input.onDidAccept(() => resolve(true));
            input.onDidHide(() => resolve(false));
            input.show();
        });
        typing.dispose();
        this.input = undefined;
        input.dispose();
        if (!isMeant) {
            this.setFilter(before);
        }
    }

    /** Shows only what has this text in a name; all where it is empty. */
    setFilter(text: string): void {
        const filter = text.trim();
        if (filter !== this.filter) {
            this.filter = filter;
            this.setContext("filtered", filter !== "");
            this.refresh();
        }
        // A button in the empty tree clears it while it is typed, too.
        if (this.input && this.input.value.trim() !== filter) {
            this.input.value = filter;
        }
    }

    private async ask(): Promise<void> {
        this.isStale = false;
        this.asking.cancel();
        this.asking.dispose();
        const { token } = (this.asking = new vscode.CancellationTokenSource());
        const question = this.question();
        const asksOfFile = typeof question !== "string" && question.textDocument !== undefined;
        const { filter } = this;
        try {
            const answer = await showIfSlow(this.id, this.answer(question, filter, token));
            if (token.isCancellationRequested) {
                return;
            }
            if (typeof answer === "string") {
                return this.show(null, answer);
            }
            const isEarly = answer === null && !this.ctx.status.current.quiescent;
            this.show(answer, isEarly ? "loading" : stateOf(answer, asksOfFile, filter), asksOfFile, filter);
        } catch (error) {
            if (!token.isCancellationRequested && !isUnanswered(error)) {
                this.ctx.log.warn(`${this.id}: ${String(error)}`);
                this.show(null, "failed");
            }
        }
    }

    /** The tree, null where the server knows no project, or why nothing can be asked. */
    private async answer(
        question: Question,
        filter: string,
        token: vscode.CancellationToken,
    ): Promise<ext.Downstream | null | State> {
        const running = await this.ctx.running();
        if (running?.lacks.has(ext.downstream.method)) {
            return "old";
        }
        if (!running || typeof question === "string") {
            return typeof question === "string" ? question : "stopped";
        }
        const { textDocument, position, ...whole } = question;
        const how = { ...whole, ...(filter ? { filter } : {}) };
        const answer = await running.client.sendRequest(ext.downstream, { ...question, ...how }, token);
        const [subject] = answer?.subjects ?? [];
        if (answer && subject) {
            this.last = { project: answer.project.uri, node: subject.id };
        }
        const stays = staysFor(textDocument?.uri ?? "", answer) && this.last?.project === answer?.project.uri;
        return stays ? running.client.sendRequest(ext.downstream, { ...how, ...this.last }, token) : answer;
    }

    private show(answer: ext.Downstream | null, state: State, asksOfFile = false, filter = this.filter): void {
        const shown = JSON.stringify([answer, state, filter]);
        if (shown === this.shown) {
            return;
        }
        this.shown = shown;
        this.setContext("state", state);
        this.view.message = messageOf(answer, state, filter);
        this.view.description = descriptionOf(answer, asksOfFile, filter);
        this.rows = answer ? rowsOf(answer, state) : [];
        this.redrawn.fire();
    }

    private setContext(key: string, value: unknown): void {
        if (this.contexts.get(key) !== value) {
            this.contexts.set(key, value);
            void vscode.commands.executeCommand("setContext", `${this.id}.${key}`, value);
        }
    }

    getChildren(row?: Row): Row[] {
        return [...(row?.children ?? this.rows)];
    }

    getTreeItem(row: Row): vscode.TreeItem {
        const item = new vscode.TreeItem(row.item.label, FOLDS[row.fold]);
        item.id = row.item.id;
        item.description = row.description;
        item.iconPath = new vscode.ThemeIcon(row.icon);
        item.tooltip = row.tooltip;
        item.contextValue = row.context;
        item.accessibilityInformation = { label: row.spoken };
        if (row.fold === "none" && row.item.url) {
            item.command = { command: "exposureLens.row.open", title: "Open in Tableau", arguments: [row] };
        }
        return item;
    }

    dispose(): void {
        clearTimeout(this.timer);
        this.asking.cancel();
        this.asking.dispose();
        this.view.dispose();
        this.redrawn.dispose();
    }
}

const FOLDS = {
    none: vscode.TreeItemCollapsibleState.None,
    open: vscode.TreeItemCollapsibleState.Expanded,
    closed: vscode.TreeItemCollapsibleState.Collapsed,
};

// The two views of the side bar: "Downstream" follows the file and the cursor, "Project" shows
// all of one dbt project. Which rows there are the server says.

import * as vscode from "vscode";

import { SELECTOR } from "./client";
import { copy } from "./clipboard";
import type { Context } from "./context";
import * as ext from "./lsp_ext";
import { openPlace } from "./open_file";
import { chooseProject, projectAt } from "./projects";
import { serverCommand } from "./server_command";
import { type Current, whenOther } from "./status";
import type { Row } from "./tree_rows";
import { type Question, TreeView } from "./tree_view";
import { writeMissing } from "./write_missing";

/** Where the order of the whole project is kept, a window each. */
const ORDER_KEY = "exposureLens.project.order";

/** Both views. */
export class Views implements vscode.Disposable {
    private readonly downstream: TreeView;
    private readonly project: TreeView;
    private readonly disposables: vscode.Disposable[];
    /** The last file that was looked at: what is not a file, such as a log, is none. */
    private editor: vscode.TextEditor | undefined;
    /** The dbt project that the user has chosen; else it is the one of the file. */
    private chosen: string | undefined;

    constructor(
        private readonly ctx: Context,
        private readonly memory: vscode.Memento,
    ) {
        this.downstream = new TreeView("downstream", ctx, () => this.atCursor());
        this.project = new TreeView("project", ctx, () => this.wholeProject());
        this.disposables = [
            this.downstream,
            this.project,
            vscode.window.onDidChangeActiveTextEditor((editor) => this.follow(editor)),
            vscode.workspace.onDidCloseTextDocument((document) => {
                // One whose language changes is told as closed too, and is not.
                if (document === this.editor?.document && document.isClosed) {
                    this.editor = undefined;
                    this.refresh();
                }
            }),
            vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
                if (textEditor === this.editor) {
                    this.downstream.refresh();
                }
            }),
            whenOther(ctx.status, treesDependOn, () => this.statusChanged()),
            ...this.commands(),
        ];
        this.setOrder(this.order);
        this.follow(vscode.window.activeTextEditor);
    }

    /** Answers may be others now. */
    refresh(): void {
        this.downstream.refresh();
        this.project.refresh();
    }

    /** A page or a log in front is no other file: the last one stays until it is closed. */
    private follow(editor: vscode.TextEditor | undefined): void {
        if (editor?.document.uri.scheme === "file") {
            this.editor = editor;
            this.refresh();
        }
    }

    private statusChanged(): void {
        const isSeveral = this.ctx.status.current.projects.length > 1;
        void vscode.commands.executeCommand("setContext", "exposureLens.severalProjects", isSeveral);
        this.refresh();
    }

    private atCursor(): Question {
        if (!this.editor) {
            return "noEditor";
        }
        const { document, selection } = this.editor;
        if (vscode.languages.match(SELECTOR, document) === 0) {
            return "noNode";
        }
        const { line, character } = selection.active;
        return { textDocument: { uri: document.uri.toString() }, position: { line, character } };
    }

    private wholeProject(): Question {
        const { projects, memory, quiescent, isDown } = this.ctx.status.current;
        if (isDown) {
            return "stopped";
        }
        const project = projects.find((it) => it.uri === this.chosen) ?? projectAt(this.editor?.document.uri, projects) ?? projects[0];
        if (!project) {
            const isNone = (memory?.known ?? 0) === 0;
            return !quiescent ? "loading" : isNone ? "noProject" : "unloaded";
        }
        return { project: project.uri, order: this.order };
    }

    private get order(): ext.Order {
        return this.memory.get<ext.Order>(ORDER_KEY, "name");
    }

    private setOrder(order: ext.Order): void {
        void this.memory.update(ORDER_KEY, order);
        void vscode.commands.executeCommand("setContext", ORDER_KEY, order);
        this.project.refresh();
    }

    private async choose(): Promise<void> {
        const project = await chooseProject(this.ctx.status.current.projects, "The dbt project to show");
        if (project) {
            this.chosen = project.uri;
            this.project.refresh();
        }
    }

    /** Of the project whose tree it is: the file in front may be another one's. */
    private async writeMissing(): Promise<void> {
        const question = this.wholeProject();
        await writeMissing(this.ctx, typeof question === "string" ? undefined : question.project);
    }

    private commands(): vscode.Disposable[] {
        const { ctx } = this;
        const register = (name: string, run: () => unknown): vscode.Disposable =>
            vscode.commands.registerCommand(`exposureLens.${name}`, run);
        // A key that somebody binds brings no row.
        const onRow = (name: string, run: (row: Row) => unknown): vscode.Disposable =>
            vscode.commands.registerCommand(`exposureLens.row.${name}`, (row?: Row) => row && run(row));
        return [
            ...(["downstream", "project"] as const).flatMap((name) => [
                register(`${name}.filter`, () => this[name].askFilter()),
                register(`${name}.clearFilter`, () => this[name].setFilter("")),
                register(`${name}.refresh`, () => this[name].refresh()),
            ]),
            register("project.sortByViews", () => this.setOrder("views")),
            register("project.sortByName", () => this.setOrder("name")),
            register("project.choose", () => this.choose()),
            register("project.writeMissing", () => this.writeMissing()),
            onRow("open", ({ project, item }) => serverCommand(ctx, ext.OPEN_DASHBOARD, { project, url: item.url })),
            onRow("writeExposure", ({ item }) => item.write && serverCommand(ctx, ext.WRITE, item.write)),
            onRow("copyLink", ({ item }) => item.url && copy({ text: item.url })),
            onRow("goToExposure", ({ item }) => item.exposure?.location && openPlace(ctx, item.exposure.location)),
        ];
    }

    dispose(): void {
        this.disposables.forEach((it) => it.dispose());
    }
}

function treesDependOn({ quiescent, isDown, projects, memory }: Current): unknown {
    return [quiescent, isDown, projects.map((it) => it.uri), memory?.known];
}

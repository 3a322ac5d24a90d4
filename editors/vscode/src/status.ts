// The language status: what the server last said of itself and of Tableau's sites, a line
// each. Shown for the files that the server looks at.

import * as vscode from "vscode";

import type { ProjectStatus } from "./lsp_ext";
import { type Row, rows, type Shown, wording } from "./sites";

/** What the server last said of itself. */
export type Current = Shown & {
    /** Those that are loaded. */
    readonly projects: readonly ProjectStatus[];
    /** There is no server. */
    readonly isDown?: boolean;
};

const NOTHING = { detail: null, sites: [], projects: [] };

/** Ages grow without a word from the server. */
const REDRAW_MS = 60_000;

/** The lines, and the ways they change. */
export class Status implements vscode.Disposable {
    private readonly items: vscode.LanguageStatusItem[] = [];
    private readonly redraw = setInterval(() => this.draw(), REDRAW_MS);
    private readonly changed = new vscode.EventEmitter<void>();
    readonly onDidChange = this.changed.event;
    private status: Current = { ...NOTHING, health: "ok", message: "starting", quiescent: false };

    constructor(
        private readonly selector: vscode.DocumentSelector,
        private readonly log: vscode.LogOutputChannel,
    ) {
        this.draw();
    }

    get current(): Current {
        return this.status;
    }

    /** A server was asked to start, or to start again. */
    starting(message: "starting" | "restarting"): void {
        this.show({ ...NOTHING, health: "ok", message, quiescent: false });
    }

    /** There is no server, and why. */
    failed(message: string, detail: string | null = null): void {
        this.show({ ...NOTHING, health: "error", message, detail, quiescent: true, isDown: true });
    }

    /** The server said how it is. The lines are short: what does not fit is in the log. */
    show(status: Current): void {
        const words = wording(status);
        if (status.health !== "ok" && words !== wording(this.status)) {
            this.log.warn(words);
        }
        this.status = status;
        this.draw();
        this.changed.fire();
    }

    private draw(): void {
        const wanted = rows(this.status, Date.now());
        this.items.splice(wanted.length).forEach((it) => it.dispose());
        wanted.forEach((row, n) => draw(row, (this.items[n] ??= this.newItem(n))));
    }

    /** VS Code sorts lines by their ids. */
    private newItem(n: number): vscode.LanguageStatusItem {
        const id = `exposureLens.status.${String(n).padStart(3, "0")}`;
        const item = vscode.languages.createLanguageStatusItem(id, this.selector);
        item.name = n === 0 ? "Exposure Lens" : `Exposure Lens, line ${n + 1}`;
        return item;
    }

    dispose(): void {
        clearInterval(this.redraw);
        this.changed.dispose();
        this.items.forEach((it) => it.dispose());
    }
}

/**
 * Runs something whenever the part of the status that it depends on is another one: progress of
 * a fetch changes no answer, what it brings the server tells by itself.
 */
export function whenOther(
    status: Pick<Status, "current" | "onDidChange">,
    part: (current: Current) => unknown,
    run: () => void,
): vscode.Disposable {
    let before: string | undefined;
    return status.onDidChange(() => {
        const now = JSON.stringify(part(status.current));
        if (now !== before) {
            before = now;
            run();
        }
    });
}

function draw({ text, health, busy, button }: Row, item: vscode.LanguageStatusItem): void {
    item.text = text;
    item.busy = busy;
    item.severity = severity(health);
    item.command = button && { ...button, arguments: [...button.arguments] };
}

function severity(health: string): vscode.LanguageStatusSeverity {
    switch (health) {
        case "error":
            return vscode.LanguageStatusSeverity.Error;
        case "warning":
            return vscode.LanguageStatusSeverity.Warning;
        default:
            return vscode.LanguageStatusSeverity.Information;
    }
}

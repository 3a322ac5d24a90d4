// The language status item: what the server last said of itself. Shown for the files
// that the server looks at; a click on its command shows the log.

import * as vscode from "vscode";

import type { StatusParams } from "./lsp_ext";

type Shown = Pick<StatusParams, "health" | "message" | "detail" | "quiescent">;

/** The item, and the ways it changes. */
export class Status implements vscode.Disposable {
    private readonly item: vscode.LanguageStatusItem;

    constructor(selector: vscode.DocumentSelector) {
        this.item = vscode.languages.createLanguageStatusItem("exposureLens.status", selector);
        this.item.name = "Exposure Lens";
        this.item.command = { command: "exposureLens.showLogs", title: "Show Logs" };
        this.starting();
    }

    /** A server was asked to start. */
    starting(): void {
        this.show({ health: "ok", message: "starting", detail: null, quiescent: false });
    }

    /** There is no server, and why. */
    failed(message: string, detail: string | null = null): void {
        this.show({ health: "error", message, detail, quiescent: true });
    }

    /** The server said how it is. */
    show(status: Shown): void {
        this.item.text = `Exposure Lens: ${status.message}`;
        this.item.busy = !status.quiescent;
        this.item.severity = severity(status.health);
        if (status.detail) {
            this.item.detail = status.detail;
        } else {
            delete this.item.detail;
        }
    }

    dispose(): void {
        this.item.dispose();
    }
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

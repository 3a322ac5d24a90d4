// The language status item: what the server last said of itself and of Tableau's sites.
// Shown for the files that the server looks at; a click on its command signs in where that
// is what is missing, else shows the log.

import * as vscode from "vscode";

import type { SiteStatus, StatusParams } from "./lsp_ext";
import { details, isSignedOut, noLinks, toSignInTo } from "./sites";

type Shown = Pick<StatusParams, "health" | "message" | "detail" | "quiescent" | "sites">;

const STARTING: Shown = { health: "ok", message: "starting", detail: null, quiescent: false, sites: [] };

/** Ages grow without a word from the server. */
const REDRAW_MS = 60_000;

/** The item, and the ways it changes. */
export class Status implements vscode.Disposable {
    private readonly item: vscode.LanguageStatusItem;
    private readonly redraw = setInterval(() => this.draw(), REDRAW_MS);
    private status: Shown = STARTING;

    constructor(selector: vscode.DocumentSelector) {
        this.item = vscode.languages.createLanguageStatusItem("exposureLens.status", selector);
        this.item.name = "Exposure Lens";
        this.draw();
    }

    /** What the server last said of Tableau's sites. */
    get sites(): readonly SiteStatus[] {
        return this.status.sites;
    }

    /** A server was asked to start. */
    starting(): void {
        this.show(STARTING);
    }

    /** There is no server, and why. */
    failed(message: string, detail: string | null = null): void {
        this.show({ health: "error", message, detail, quiescent: true, sites: [] });
    }

    /** The server said how it is. */
    show(status: Shown): void {
        this.status = status;
        this.draw();
    }

    private draw(): void {
        const { health, message, quiescent, sites } = this.status;
        this.item.text = `Exposure Lens: ${noLinks(message)}`;
        this.item.busy = !quiescent;
        this.item.severity = severity(health);
        this.item.detail = details(this.status, Date.now());
        this.item.command = command(sites);
    }

    dispose(): void {
        clearInterval(this.redraw);
        this.item.dispose();
    }
}

/** The one button: it names the site where there is only one to sign in to. */
function command(sites: readonly SiteStatus[]): vscode.Command {
    const missing = toSignInTo(sites).filter(isSignedOut);
    if (missing.length === 0) {
        return { command: "exposureLens.showLogs", title: "Show Logs" };
    }
    const only = missing.length === 1 ? missing[0]?.address : undefined;
    return { command: "exposureLens.signIn", title: "Sign In", arguments: only ? [only] : [] };
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

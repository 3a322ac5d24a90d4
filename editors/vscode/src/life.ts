// Follows a server through its ends and starts: what is done when it ends by itself, and who
// hears of it.

import type * as vscode from "vscode";
import { CloseAction, ErrorAction, type ErrorHandler, State } from "vscode-languageclient/node";

import { Crashes } from "./crashes";
import type { Status } from "./status";

/** Who hears of it. */
export interface Listeners {
    readonly log: vscode.LogOutputChannel;
    readonly status: Status;
    /** The server ended by itself, and runs again. */
    readonly cameBack: () => void;
    /** It ended too often, or could not be started again. */
    readonly gaveUp: () => void;
}

/** The life of one client's servers. */
export class Life implements ErrorHandler {
    private crashes = new Crashes();
    private hasRun = false;
    private isBack: "unknown" | "told" | undefined;

    constructor(private readonly listeners: Listeners) {}

    /** It is started on purpose: what was before does not count. */
    begins(): void {
        this.crashes = new Crashes();
        this.hasRun = false;
        this.isBack = undefined;
    }

    isNow(state: State): void {
        const { status, cameBack, gaveUp } = this.listeners;
        if (state === State.Starting) {
            status.starting(this.hasRun ? "restarting" : "starting");
        } else if (state === State.Running) {
            this.hasRun = true;
            if (this.isBack === "unknown") {
                cameBack();
            }
            this.isBack = undefined;
        } else if (state === State.StartFailed && this.hasRun) {
            gaveUp();
        }
    }

    /** What cannot be written to a server that is gone: its end is told next, and decides. */
    error(): ReturnType<ErrorHandler["error"]> {
        return { action: ErrorAction.Continue, handled: true };
    }

    closed(): ReturnType<ErrorHandler["closed"]> {
        if (!this.hasRun) {
            return { action: CloseAction.DoNotRestart, handled: true };
        }
        const { restarts, tells } = this.crashes.ended(Date.now());
        this.listeners.log.error(`the server ended by itself${restarts ? "; it is started again" : " too often"}`);
        if (!restarts) {
            this.listeners.gaveUp();
            return { action: CloseAction.DoNotRestart, handled: true };
        }
        this.isBack = tells ? "unknown" : "told";
        return { action: CloseAction.Restart, handled: true };
    }
}

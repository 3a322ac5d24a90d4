// The methods that LSP does not have. Mirrors server/exposure-lens/lsp/ext.rs: what
// changes there changes here, in the same commit.

import { NotificationType } from "vscode-languageclient/node";

/** How the server is. An unknown value is to be read as "ok". */
export type Health = "ok" | "warning" | "error";

/** What the server knows of itself, sent whenever it changes. */
export interface StatusParams {
    readonly health: Health;
    /** One line. */
    readonly message: string;
    /** Whether nothing is being loaded any more. */
    readonly quiescent: boolean;
    /** More lines, for whoever looks closer. */
    readonly detail?: string | null;
}

/** `exposureLens/status` */
export const status = new NotificationType<StatusParams>("exposureLens/status");

/** The server's command behind a lens. The server announces it, so the client library
 * registers it: it must not be registered here too. */
export const LIST_DASHBOARDS = "exposureLens.listDashboards";

// What the lineage page and the extension say to each other. Free of both, so that a test
// can read it.

import type { LineageGraph } from "../src/lsp_ext";

/** To the page. */
export type ToPage =
    /** The graph to draw. */
    | { readonly type: "graph"; readonly graph: LineageGraph }
    /** There is nothing to draw: why, and what to do about it. */
    | { readonly type: "note"; readonly note: Note }
    /** The user has asked for the view: the focus goes into it. */
    | { readonly type: "focus" };

/** Why there is no graph. */
export interface Note {
    readonly title: string;
    /** What to do. */
    readonly text: string;
    readonly buttons: readonly NoteButton[];
}

/** A button below a note. */
export interface NoteButton {
    readonly title: string;
    readonly action: Action;
}

/** What a note can offer. Only these are ever run for the page. */
export type Action = (typeof ACTIONS)[number];
const ACTIONS = ["retry", "restart", "logs", "settings", "find"] as const;

/** From the page. A node is named by its id in the graph that was sent last. */
export type FromPage =
    /** The page can draw. */
    | { readonly type: "ready" }
    /** A dbt node's file is wanted, or a Tableau page. */
    | { readonly type: "open"; readonly id: string }
    /** The graph around another dbt node is wanted. */
    | { readonly type: "center"; readonly id: string }
    /** What was left out at a node is wanted. */
    | { readonly type: "expand"; readonly id: string }
    | { readonly type: "run"; readonly action: Action }
    /** The focus goes back to the editor. */
    | { readonly type: "leave" };

/** What the page says, or nothing if it is no message of ours. */
export function fromPage(message: unknown): FromPage | undefined {
    if (typeof message !== "object" || message === null || !("type" in message)) {
        return undefined;
    }
    const { type } = message;
    switch (type) {
        case "ready":
        case "leave":
            return { type };
        case "open":
        case "center":
        case "expand":
            return "id" in message && typeof message.id === "string" ? { type, id: message.id } : undefined;
        case "run": {
            const action = "action" in message && ACTIONS.find((it) => it === message.action);
            return action ? { type, action } : undefined;
        }
        default:
            return undefined;
    }
}

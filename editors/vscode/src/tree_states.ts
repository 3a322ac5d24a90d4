// What stands above a tree, and what stands in its place where it is empty: never a zero
// that is not one. Free of VS Code, so that a test can read it.

import type { Downstream } from "./lsp_ext";

/** Why a tree is empty, or `some` where it is not. package.json has a text for each but the
 * last two, whose words are the server's. */
export type State =
    /** There is no server, or it does not answer. */
    | "stopped"
    | "loading"
    /** No file is open. */
    | "noEditor"
    | "noProject"
    /** The file has no node of dbt's. */
    | "noNode"
    /** No workbook of any source is known. */
    | "noContent"
    /** Nothing uses it, and that is known. */
    | "zero"
    /** The filter hides all. */
    | "unfit"
    /** Nothing is found, and not all is known. */
    | "unknown"
    | "some";

/** Of the lines that say what is missing, so many stand above a tree. */
const MAX_MISSING = 4;

/** How an answer is to be shown. */
export function stateOf(answer: Downstream | null, asksOfFile: boolean, filter: string): State {
    if (!answer) {
        return "noProject";
    }
    if (answer.items.length > 0) {
        return "some";
    }
    if (asksOfFile && answer.subjects.length === 0) {
        return "noNode";
    }
    if (!answer.hasContent) {
        return "noContent";
    }
    if (filter) {
        return "unfit";
    }
    return answer.complete ? "zero" : "unknown";
}

/** The lines above the tree; nothing where a text of package.json stands in its place. */
export function messageOf(answer: Downstream | null, state: State, filter: string): string {
    if (!answer || (state !== "some" && state !== "unknown")) {
        return "";
    }
    const { headline, complete, missing, leftOut } = answer;
    const lines = [`${headline.charAt(0).toUpperCase()}${headline.slice(1)}.`];
    if (filter) {
        lines.push(`Shown is only what has “${filter}” in a name.`);
    }
    if (leftOut > 0) {
        lines.push(`${leftOut} more workbook${leftOut === 1 ? " is" : "s are"} not shown: filter to find ${leftOut === 1 ? "it" : "them"}.`);
    }
    if (!complete) {
        const what = state === "unknown" ? "This is not a zero" : "Not all is known";
        lines.push(missing.length > 0 ? `${what}: ${listed(missing)}.` : `${what}.`);
    }
    return lines.join(" ");
}

function listed(missing: readonly string[]): string {
    const shown = missing.slice(0, MAX_MISSING).map((it) => it.replace(/\.$/, ""));
    const more = missing.length - shown.length;
    return [...shown, ...(more > 0 ? [`${more} more`] : [])].join("; ");
}

/** What stands beside the view's title: whose tree it is, and the filter. */
export function descriptionOf(answer: Downstream | null, asksOfFile: boolean, filter: string): string {
    const labels = answer?.subjects.map((it) => it.label) ?? [];
    const whose = asksOfFile ? several(labels) : (answer?.project.name ?? "");
    return [whose, filter && `filter: ${filter}`].filter(Boolean).join(" · ");
}

function several([first, ...others]: readonly string[]): string {
    return others.length > 0 ? `${first} +${others.length}` : (first ?? "");
}

// What stands above a tree, and what stands in its place where it is empty: never a zero
// that is not one. Free of VS Code, so that a test can read it.

import type { Downstream } from "./lsp_ext";

/** Why a tree is empty, or `some` where it is not. package.json has a text for each but the
 * last three, whose words are the server's. */
export type State =
    /** There is no server. */
    | "stopped"
    /** The server is older than the extension, and knows no trees. */
    | "old"
    /** The server could not answer. */
    | "failed"
    | "loading"
    /** No file is open. */
    | "noEditor"
    | "noProject"
    /** There are projects, and none is loaded. */
    | "unloaded"
    /** The file has no node of dbt's; the server may know why. */
    | "noNode"
    /** No workbook of any source is known. */
    | "noContent"
    /** The filter lets nothing through, be there anything or not. */
    | "unfit"
    /** Nothing uses it, in all that could be read. */
    | "zero"
    /** Nothing is found, and not all is known. */
    | "unknown"
    | "some";

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

/** Whether the last tree stays for a file without a node: an exposures file is read beside it. A
 * model that is not known yet must not look like another one. */
export function staysFor(uri: string, answer: Downstream | null): boolean {
    return /\.ya?ml$/i.test(uri) && answer !== null && answer.subjects.length === 0;
}

/** The lines above the tree; none where a text of package.json stands in its place. They are
 * few: what is not known has rows of its own. */
export function messageOf(answer: Downstream | null, state: State, filter: string): string {
    if (!answer) {
        return "";
    }
    switch (state) {
        case "some":
            return [headline(answer), ...narrowed(answer, filter), ...unexplained(answer)].join(" ");
        case "unknown":
            return `${headline(answer)} This is not a zero.`;
        case "noNode":
            return `Nothing to show: ${answer.headline}.`;
        case "zero":
            return `${headline(answer)} All that is known of Tableau could be read.`;
        default:
            return "";
    }
}

function headline({ headline }: Downstream): string {
    return `${headline.charAt(0).toUpperCase()}${headline.slice(1)}.`;
}

/** What of it is not in the tree. */
function narrowed({ leftOut: n }: Downstream, filter: string): string[] {
    const filtered = filter ? [`Shown is only what has “${filter}” in a name.`] : [];
    return n > 0 ? [...filtered, `${n} more workbook${n === 1 ? "" : "s"} left out: filter to find what you need.`] : filtered;
}

/** That something is not known, where nobody says what. */
function unexplained({ complete, missing }: Downstream): string[] {
    return complete || missing.length > 0 ? [] : ["Not all is known."];
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

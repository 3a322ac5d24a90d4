// The rows of a tree, as they are drawn and read aloud. Free of VS Code, so that a test can
// read them. The words are the server's; all of them stay plain text.

import type { Downstream, TreeItem } from "./lsp_ext";
import type { State } from "./tree_states";

/** Up to so many workbooks show their dashboards without a click. */
const MAX_OPEN_WORKBOOKS = 8;

/** A row. */
export interface Row {
    readonly item: TreeItem;
    /** The dbt project's folder, which every command on the row names. */
    readonly project: string;
    /** What stands beside the label, in grey. */
    readonly description: string;
    /** The name of one of VS Code's icons. */
    readonly icon: string;
    readonly tooltip: string;
    /** What a screen reader says. */
    readonly spoken: string;
    /** What can be done with it, in words that package.json's menus look for. */
    readonly context: string;
    readonly fold: "none" | "open" | "closed";
    readonly children: readonly Row[];
}

const KINDS: Readonly<Record<string, { readonly icon: string; readonly word: string }>> = {
    node: { icon: "table", word: "dbt node" },
    site: { icon: "globe", word: "Tableau site" },
    // Its label says what it is.
    files: { icon: "files", word: "" },
    project: { icon: "folder", word: "Tableau project" },
    workbook: { icon: "book", word: "workbook" },
    dashboard: { icon: "dashboard", word: "dashboard" },
    sheet: { icon: "graph", word: "sheet" },
    datasource: { icon: "database", word: "datasource" },
    // These are ours.
    unknown: { icon: "warning", word: "" },
    reason: { icon: "circle-small", word: "" },
};

/** The rows of an answer, after one for what is not known. */
export function rowsOf(answer: Downstream, state: State = "some"): Row[] {
    const { project, items } = answer;
    const opens = count(items, "workbook") <= MAX_OPEN_WORKBOOKS;
    return [...unknown(answer, state), ...items.map((it) => rowOf(it, project.uri, opens))];
}

/** Rows, since there is no scrolling in what stands above a tree: a few reasons left it no room.
 * They are open where there is nothing else to see. */
function unknown({ project, complete, missing }: Downstream, state: State): Row[] {
    if (complete || missing.length === 0 || (state !== "some" && state !== "unknown")) {
        return [];
    }
    const reasons = missing.map((text, n) => own(`reason ${n}`, "reason", text));
    const description = missing.length === 1 ? "1 reason" : `${missing.length} reasons`;
    const row = rowOf({ ...own("unknown", "unknown", "Not all is known"), description, children: reasons }, project.uri, true);
    return [{ ...row, fold: state === "unknown" ? "open" : "closed" }];
}

/** What is no thing of Tableau's. The server's ids have no blanks before a colon or a dot. */
function own(id: string, kind: string, label: string): TreeItem {
    const nothing = { description: null, tooltip: [], url: null, views: null, exposure: null, write: null };
    return { id: ` ${id}`, kind, label, direct: false, ...nothing, children: [] };
}

function rowOf(item: TreeItem, project: string, opensWorkbooks: boolean): Row {
    const { icon, word } = KINDS[item.kind] ?? { icon: "circle-outline", word: item.kind };
    const description = item.description ?? "";
    const isOpen = item.kind !== "workbook" || opensWorkbooks;
    return {
        item,
        project,
        description,
        icon,
        tooltip: [item.label, ...item.tooltip].join("\n"),
        spoken: [`${word} ${item.label}`.trim(), ...description.split(" · ")].filter(Boolean).join(", "),
        context: [item.kind, ...abilities(item)].join(" "),
        fold: item.children.length === 0 ? "none" : isOpen ? "open" : "closed",
        children: item.children.map((it) => rowOf(it, project, opensWorkbooks)),
    };
}

function abilities({ url, write, exposure }: TreeItem): string[] {
    const words: [string, unknown][] = [
        ["page", url],
        ["unwritten", write],
        ["exposure", exposure?.location],
    ];
    return words.filter(([, has]) => has).map(([word]) => word);
}

function count(items: readonly TreeItem[], kind: string): number {
    return items.reduce((n, it) => n + (it.kind === kind ? 1 : 0) + count(it.children, kind), 0);
}

// The rows of a tree, as they are drawn and read aloud. Free of VS Code, so that a test can
// read them. The words are the server's; all of them stay plain text.

import type { Downstream, TreeItem } from "./lsp_ext";

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
};

/** The rows of an answer. */
export function rowsOf({ project, items }: Downstream): Row[] {
    const opens = count(items, "workbook") <= MAX_OPEN_WORKBOOKS;
    return items.map((it) => rowOf(it, project.uri, opens));
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

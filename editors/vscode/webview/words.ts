// All that is read or heard of a box. Free of the page, so that a test can read it.

import type { LineageGraph } from "../src/lsp_ext";
import { type Graph, isAside, isNode, isOfDbt, type Item, type MoreItem, type NodeItem } from "./graph";
import type { Heading } from "./layout";

/** More names than these are a number. */
const MAX_NAMES = 2;

/** What stands in a box: a name, and a line below it. */
export interface Lines {
    readonly label: string;
    readonly detail: string;
}

export function linesOf(item: Item): Lines {
    if (isAside(item)) {
        return { label: `+${item.count}`, detail: "" };
    }
    if (!isNode(item)) {
        return { label: `+${item.count} more`, detail: item.side === "upstream" ? "that it reads" : "that read it" };
    }
    const { node, isCenter } = item;
    const kind = saysKind(item) ? node.kind : undefined;
    const isSaid = node.detail?.includes("probable") ?? false;
    const probable = node.probable && !isSaid ? "probable" : undefined;
    const parts = [isCenter ? "current" : undefined, kind, probable, node.detail];
    return { label: node.label, detail: said(parts).join(" · ") };
}

/** The heading says what most are; what it does not say, the box does. */
function saysKind({ node, lane }: NodeItem): boolean {
    return node.kind !== lane || node.detail === null;
}

/** All that is known of a box, for whoever hears it. */
export function nameOf(graph: Graph, item: Item): string {
    return isNode(item) ? nodeName(graph, item) : moreName(item);
}

/** What is seen comes in one piece: whoever speaks to the computer says what they see. */
function nodeName(graph: Graph, item: NodeItem): string {
    const { id, node } = item;
    const { label, detail } = linesOf(item);
    const read = nodesOf(graph, graph.reads(id));
    const readers = nodesOf(graph, graph.readers(id));
    const parts = [
        said([saysKind(item) ? undefined : node.kind, label, detail]).join(" "),
        item.isIndirect ? "indirect, by way of another model" : undefined,
        node.probable ? "the match is probable, not sure" : undefined,
        read.length > 0 ? `reads ${listed(read)}` : undefined,
        readers.length > 0 ? `read by ${listed(readers)}` : undefined,
        opens(item),
    ];
    return said(parts).join(", ");
}

/** What Enter does. */
export function opens(item: NodeItem): string {
    if (isOfDbt(item)) {
        return item.node.location ? "opens its file" : "its file is not known";
    }
    return item.node.url === null ? "its page is not known" : "opens in Tableau";
}

function moreName({ of, side, count }: MoreItem): string {
    const which = side === "upstream" ? `that it reads, of ${of.label}` : `that read it, of ${of.label}`;
    return `+${count} more ${which}, show ${count === 1 ? "it" : "them"}`;
}

function nodesOf(graph: Graph, ids: readonly string[]): NodeItem[] {
    return ids.flatMap((id) => graph.items.get(id) ?? []).filter(isNode);
}

function listed(items: readonly NodeItem[]): string {
    if (items.length <= MAX_NAMES) {
        return items.map((it) => it.node.label).join(" and ");
    }
    const kinds = new Map<string, number>();
    items.forEach(({ node }) => kinds.set(node.kind, (kinds.get(node.kind) ?? 0) + 1));
    return [...kinds].map(([kind, n]) => counted(n, kind)).join(" and ");
}

function counted(n: number, kind: string): string {
    return `${n} ${n === 1 ? kind : plural(kind)}`;
}

function plural(kind: string): string {
    return `${kind}s`;
}

/** What stands above columns: `Models`, `Sources and seeds`. */
export function headingText({ lane, kinds }: Heading): string {
    const text = (kinds.length === 0 ? [lane] : kinds).map(plural).join(" and ");
    return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What is not known, a line each, and what that means for what is drawn. */
export function missingLines(
    graph: Graph,
    { complete, missing }: Pick<LineageGraph, "complete" | "missing">,
): string[] {
    if (complete) {
        return [...missing];
    }
    const isEmpty = ![...graph.items.values()].some((it) => isNode(it) && it.lane === "dashboard");
    const meaning = isEmpty ? "This is not a zero" : "Not all is known";
    return missing.length === 0 ? [`${meaning}.`] : missing.map((it, n) => (n === 0 ? `${meaning}: ${it}` : it));
}

/** What is told when another graph is drawn. */
export function announcement(graph: Graph, headline: string): string {
    const center = graph.items.get(graph.center);
    const nodes = [...graph.items.values()].filter(isNode).length;
    const label = center && isNode(center) ? center.node.label : "a node";
    return `Lineage of ${label}: ${headline}. ${nodes} nodes.`;
}

function said(parts: readonly (string | null | undefined)[]): string[] {
    return parts.filter((it) => it !== undefined && it !== null && it !== "") as string[];
}

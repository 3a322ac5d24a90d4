// The graph as the page looks at it: who reads whom, what is indirect, and a box for what
// was left out. Free of the page, so that a test can read it.

import type { GraphNode, LineageGraph } from "../src/lsp_ext";

/** A box of the drawing. */
export type Item = NodeItem | MoreItem;

/** A node's box. */
export interface NodeItem {
    readonly id: string;
    readonly node: GraphNode;
    readonly lane: Lane;
    readonly isCenter: boolean;
    /** Whether it is Tableau's and reads the center only by way of other dbt nodes. */
    readonly isIndirect: boolean;
}

/** What was left out on one side of a node. */
export interface MoreItem {
    readonly id: string;
    readonly of: GraphNode;
    readonly side: "upstream" | "downstream";
    readonly count: number;
    /** Whether it leads neither to what the center is made from nor to what reads it: a small
     * button on its node's box is enough. */
    readonly isAside: boolean;
}

/** Where a node stands, from left to right. */
export const LANES = ["source", "model", "datasource", "workbook", "dashboard"] as const;
export type Lane = (typeof LANES)[number];

/** One box reads another. */
export interface Link {
    readonly from: string;
    readonly to: string;
    readonly isIndirect: boolean;
    readonly isProbable: boolean;
}

/** All boxes, and who reads whom. */
export interface Graph {
    readonly center: string;
    readonly items: ReadonlyMap<string, Item>;
    readonly links: readonly Link[];
    /** What a box reads. */
    readonly reads: (id: string) => readonly string[];
    /** What reads a box. */
    readonly readers: (id: string) => readonly string[];
}

/** Whether it is drawn on another box, and has no place of its own. */
export function isAside(item: Item): item is MoreItem & { readonly isAside: true } {
    return !isNode(item) && item.isAside;
}

export function isNode(item: Item): item is NodeItem {
    return "node" in item;
}

/** Whether it is dbt's: these have files, and can be the center. */
export function isOfDbt({ lane }: NodeItem): boolean {
    return lane === "source" || lane === "model";
}

/** Reads the server's answer. What it names twice or not at all is left out. */
export function graphOf(answer: LineageGraph): Graph {
    const nodes = new Map(answer.nodes.map((it) => [it.id, it]));
    const edges = answer.edges.filter(({ from, to }) => nodes.has(from) && nodes.has(to) && from !== to);
    const direct = reached(answer.center, edges, (id) => !isDbtLane(laneOf(nodes.get(id)?.kind)));
    const items = new Map<string, Item>();
    const links: Link[] = edges.map(({ from, to }) => ({
        from,
        to,
        isIndirect: !isDbtLane(laneOf(nodes.get(to)?.kind)) && !direct.has(from),
        isProbable: nodes.get(to)?.probable ?? false,
    }));
    for (const node of nodes.values()) {
        const { id } = node;
        const lane = laneOf(node.kind);
        const isIndirect = !isDbtLane(lane) && !direct.has(id);
        items.set(id, { id, node, lane, isCenter: id === answer.center, isIndirect });
    }
    const { reads, readers } = neighbours(edges);
    const ways = { upstream: follow(answer.center, reads), downstream: follow(answer.center, readers) };
    // After all nodes, so that the drawing has it below them where it can.
    for (const more of [...nodes.values()].flatMap((it) => leftOut(it, ways))) {
        items.set(more.id, more);
        if (!more.isAside) {
            const [from, to] = more.side === "upstream" ? [more.id, more.of.id] : [more.of.id, more.id];
            links.push({ from, to, isIndirect: false, isProbable: false });
        }
    }
    return { center: answer.center, items, links, ...neighbours(links) };
}

/** A kind that is not known is some node of dbt's: those are what dbt has more kinds of. */
function laneOf(kind: string | undefined): Lane {
    switch (kind) {
        case "source":
        case "seed":
            return "source";
        case "datasource":
        case "workbook":
        case "dashboard":
            return kind;
        case "sheet":
            return "dashboard";
        default:
            return "model";
    }
}

function isDbtLane(lane: Lane): boolean {
    return lane === "source" || lane === "model";
}

function leftOut(of: GraphNode, ways: Readonly<Record<MoreItem["side"], ReadonlySet<string>>>): MoreItem[] {
    const on = (side: MoreItem["side"], count: number): MoreItem => ({
        id: `more ${side} ${of.id}`,
        of,
        side,
        count,
        isAside: !ways[side].has(of.id),
    });
    return [on("upstream", of.moreUpstream), on("downstream", of.moreDownstream)].filter(({ count }) => count > 0);
}

/** What reads `start`, at once or by way of others that `goes` allows; `start` too. */
function reached(
    start: string,
    edges: readonly { readonly from: string; readonly to: string }[],
    goes: (id: string) => boolean,
): Set<string> {
    const { readers } = neighbours(edges);
    const seen = new Set([start]);
    // A set gives what is added while it is walked.
    for (const id of seen) {
        readers(id).filter(goes).forEach((it) => seen.add(it));
    }
    return seen;
}

function neighbours(
    edges: readonly { readonly from: string; readonly to: string }[],
): Pick<Graph, "reads" | "readers"> {
    const reads = new Map<string, string[]>();
    const readers = new Map<string, string[]>();
    for (const { from, to } of edges) {
        append(readers, from, to);
        append(reads, to, from);
    }
    return { reads: (id) => reads.get(id) ?? [], readers: (id) => readers.get(id) ?? [] };
}

function append(map: Map<string, string[]>, key: string, value: string): void {
    const there = map.get(key);
    if (there) {
        there.push(value);
    } else {
        map.set(key, [value]);
    }
}

/** All that is upstream of a box, and all that is downstream: what stands out while it has the focus. */
export function wayTo(graph: Graph, id: string): [ReadonlySet<string>, ReadonlySet<string>] {
    return [follow(id, graph.reads), follow(id, graph.readers)];
}

function follow(start: string, next: (id: string) => readonly string[]): Set<string> {
    const seen = new Set([start]);
    for (const id of seen) {
        next(id).forEach((it) => seen.add(it));
    }
    return seen;
}

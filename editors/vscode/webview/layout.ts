// Where each box stands, and how the lines between them run. The columns are ours; dagre
// finds an order with few crossings, and room for each line.

import { Graph as Dagre, layout } from "@dagrejs/dagre";

import { columnsOf } from "./columns";
import { type Graph, isAside, isNode, type Item, type Lane, type Link, type MoreItem } from "./graph";

/** A box: its left upper corner, and its size. */
export interface Box {
    readonly item: Item;
    readonly column: number;
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
}

/** A line from box to box. */
export interface Route {
    readonly link: Link;
    /** In the words of an SVG path. */
    readonly path: string;
}

/** A heading above the columns of a lane. */
export interface Heading {
    readonly lane: Lane;
    readonly kinds: readonly string[];
    readonly x: number;
    readonly width: number;
}

/** The whole drawing. */
export interface Layout {
    /** Column by column, and there from the top. */
    readonly boxes: readonly Box[];
    readonly routes: readonly Route[];
    readonly headings: readonly Heading[];
    readonly width: number;
    readonly height: number;
}

const BOX_HEIGHT = 36;
/** Between two columns: room for the lines to bend. */
const COLUMN_GAP = 44;
const ROW_GAP = 10;
/** Between a line and what it passes. */
const LINE_GAP = 10;
const MARGIN = 16;

type Columns = ReadonlyMap<string, number>;
interface Point {
    readonly x: number;
    readonly y: number;
}
interface Placed {
    x: number;
    y: number;
    width: number;
    height: number;
}

/** Lays a graph out; `widthOf` says how wide the texts of a box are. */
export function layOut(graph: Graph, widthOf: (item: Item) => number): Layout {
    const columns = columnsOf(graph);
    const own = [...graph.items.values()].filter((it) => !isAside(it));
    const widths = columnWidths(own, columns, widthOf);
    const dagre = drawnBy(graph, columns, widths);
    const boxes = own.map((item) => boxOf(item, columns, dagre.node(keyOf(item.id))));
    const byId = new Map(boxes.map((it) => [it.item.id, it]));
    boxes.push(...[...graph.items.values()].filter(isAside).flatMap((it) => corner(it, byId.get(it.of.id))));
    boxes.sort((a, b) => a.column - b.column || a.y - b.y);
    const routes = graph.links.flatMap((link): Route[] => {
        const [from, to] = [byId.get(link.from), byId.get(link.to)];
        const points = dagre.edge(keyOf(link.from), keyOf(link.to))?.points ?? [];
        return from && to ? [{ link, path: pathOf(from, to, points, widths) }] : [];
    });
    const { width = 0, height = 0 } = dagre.graph();
    return { boxes, routes, headings: headingsOf(boxes), width, height };
}

/** All boxes of a column are as wide as its widest text. */
function columnWidths(items: readonly Item[], columns: Columns, widthOf: (item: Item) => number): number[] {
    const widths: number[] = [];
    for (const item of items) {
        const column = columns.get(item.id) ?? 0;
        widths[column] = Math.max(widths[column] ?? 0, Math.ceil(widthOf(item)));
    }
    return widths;
}

interface Sheet {
    width?: number;
    height?: number;
}

function drawnBy(
    graph: Graph,
    columns: Columns,
    widths: readonly number[],
): Dagre<Sheet, Placed, { points: Point[] }> {
    const dagre = new Dagre<Sheet, Placed, { points: Point[] }>();
    const byKey = new Map([...columns].map(([id, column]) => [keyOf(id), column]));
    dagre.setGraph({
        rankdir: "LR",
        ranksep: COLUMN_GAP,
        nodesep: ROW_GAP,
        edgesep: LINE_GAP,
        marginx: MARGIN,
        marginy: MARGIN,
        ranker: (inner: Dagre<Sheet, { rank: number }>) => setRanks(inner, byKey),
    } as Sheet);
    for (const id of columns.keys()) {
        const width = widths[columns.get(id) ?? 0] ?? 0;
        dagre.setNode(keyOf(id), { x: 0, y: 0, width, height: BOX_HEIGHT });
    }
    for (const { from, to } of graph.links) {
        // Only a ring has lines that run to the left: they are drawn, and order nothing.
        if ((columns.get(from) ?? 0) < (columns.get(to) ?? 0)) {
            dagre.setEdge(keyOf(from), keyOf(to), { points: [] });
        }
    }
    layout(dagre);
    return dagre;
}

/** dagre keeps nodes in a plain object, where `__proto__` is no key. */
function keyOf(id: string): string {
    return `node ${id}`;
}

/** dagre keeps every second rank for the labels of lines, and has a root of its own before all. */
function setRanks(dagre: Dagre<Sheet, { rank: number }>, columns: Columns): void {
    for (const id of dagre.nodes()) {
        const column = columns.get(id);
        dagre.node(id).rank = column === undefined ? -1 : column * 2;
    }
}

function boxOf(item: Item, columns: Columns, { x, y, width, height }: Placed): Box {
    const column = columns.get(item.id) ?? 0;
    return { item, column, x: x - width / 2, y: y - height / 2, width, height };
}

/** At a lower corner of its node's box, on the side where the others are. */
function corner(item: MoreItem, of: Box | undefined): Box[] {
    if (!of) {
        return [];
    }
    const [width, height] = [14 + 7 * String(item.count).length, 16];
    const x = item.side === "upstream" ? of.x - width / 2 : of.x + of.width - width / 2;
    return [{ item, column: of.column, x, y: of.y + of.height - height / 2, width, height }];
}

/**
 * From the right of one box to the left of the other. The line bends between columns alone,
 * and is straight where it passes one: so it never runs behind a box.
 */
function pathOf(from: Box, to: Box, points: readonly Point[], widths: readonly number[]): string {
    const start = { x: from.x + from.width, y: from.y + from.height / 2 };
    const end = { x: to.x, y: to.y + to.height / 2 };
    let path = `M${at(start)}`;
    let last = start;
    for (let column = from.column + 1, left = start.x + COLUMN_GAP; column < to.column; column += 1) {
        const width = widths[column] ?? 0;
        const y = heightAt(points, left + width / 2);
        path += bend(last, { x: left, y }) + `H${round(left + width)}`;
        last = { x: left + width, y };
        left += width + COLUMN_GAP;
    }
    return path + bend(last, end);
}

function bend(from: Point, to: Point): string {
    const middle = (from.x + to.x) / 2;
    return `C${at({ x: middle, y: from.y })} ${at({ x: middle, y: to.y })} ${at(to)}`;
}

/** Where the line through these points is at `x`. */
function heightAt(points: readonly Point[], x: number): number {
    const nearest = points.toSorted((a, b) => Math.abs(a.x - x) - Math.abs(b.x - x))[0];
    return nearest?.y ?? 0;
}

function at({ x, y }: Point): string {
    return `${round(x)} ${round(y)}`;
}

function round(number: number): number {
    return Math.round(number * 10) / 10;
}

function headingsOf(boxes: readonly Box[]): Heading[] {
    const headings = new Map<Lane, { kinds: Set<string>; left: number; right: number }>();
    for (const { item, x, width } of boxes) {
        if (isNode(item)) {
            const it = headings.get(item.lane) ?? { kinds: new Set(), left: x, right: x };
            headings.set(item.lane, it);
            it.kinds.add(item.node.kind);
            it.left = Math.min(it.left, x);
            it.right = Math.max(it.right, x + width);
        }
    }
    return [...headings].map(([lane, { kinds, left, right }]) => ({
        lane,
        kinds: [...kinds],
        x: left,
        width: right - left,
    }));
}

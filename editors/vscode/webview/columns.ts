// Which column each box stands in: sources, models by who reads whom, datasources,
// workbooks, dashboards; never the one left of what it reads.

import { type Graph, isNode, type Item, LANES, type NodeItem } from "./graph";

/** The column of each box that has a place of its own, from 0, none of them empty. */
export function columnsOf(graph: Graph): Map<string, number> {
    const nodes = [...graph.items.values()].filter(isNode);
    const depths = depthsOfModels(graph, nodes);
    const place = (it: NodeItem): number => LANES.indexOf(it.lane) * (nodes.length + 1) + (depths.get(it.id) ?? 0);
    const columns = compact(new Map(nodes.map((it) => [it.id, place(it)])));
    for (const item of graph.items.values()) {
        if (!isNode(item) && !item.isAside) {
            const beside = columns.get(item.of.id) ?? 0;
            columns.set(item.id, item.side === "upstream" ? beside - 1 : beside + 1);
        }
    }
    return compact(columns);
}

/**
 * How many models at most stand between a model and the left. One that reads none of those
 * shown stands just before what reads it, not far to the left.
 */
function depthsOfModels(graph: Graph, nodes: readonly NodeItem[]): Map<string, number> {
    const isModel = (id: string): boolean => isOfLane(graph.items.get(id), "model");
    const models = nodes.filter((it) => it.lane === "model").map((it) => it.id);
    const depths = new Map(models.map((id) => [id, 0]));
    const depth = (id: string): number => depths.get(id) ?? 0;
    // As often as there are models is enough, and ends even where they read each other in a ring.
    for (let round = 0, moved = true; moved && round < models.length; round += 1) {
        moved = false;
        for (const id of models) {
            const least = Math.max(0, ...graph.reads(id).filter(isModel).map((it) => depth(it) + 1));
            if (least > depth(id) && least < models.length) {
                depths.set(id, least);
                moved = true;
            }
        }
    }
    for (const id of models) {
        const readers = graph.readers(id).filter(isModel);
        if (readers.length > 0 && !graph.reads(id).some(isModel)) {
            depths.set(id, Math.max(0, Math.min(...readers.map(depth)) - 1));
        }
    }
    return depths;
}

function isOfLane(item: Item | undefined, lane: string): boolean {
    return item !== undefined && isNode(item) && item.lane === lane;
}

function compact(places: ReadonlyMap<string, number>): Map<string, number> {
    const used = [...new Set(places.values())].sort((a, b) => a - b);
    const columns = new Map(used.map((place, n) => [place, n]));
    return new Map([...places].map(([id, place]) => [id, columns.get(place) ?? 0]));
}

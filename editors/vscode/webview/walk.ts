// Where an arrow key leads: along the lines to the left and to the right, within a column
// up and down, by the small buttons on the boxes too. Free of the page, so that a test can read it.

import { type Graph, isAside } from "./graph";
import type { Box } from "./layout";

/** The box that a key leads to from another; nothing where there is none that way. */
export function step(graph: Graph, boxes: readonly Box[], from: string, key: string): string | undefined {
    const here = boxes.find((it) => it.item.id === from);
    if (!here) {
        return undefined;
    }
    if (isAside(here.item) && (key === "ArrowLeft" || key === "ArrowRight")) {
        return here.item.of.id;
    }
    const column = boxes.filter((it) => it.column === here.column);
    const row = column.indexOf(here);
    switch (key) {
        case "ArrowLeft":
            return nearest(boxes, graph.reads(from), here);
        case "ArrowRight":
            return nearest(boxes, graph.readers(from), here);
        case "ArrowUp":
            return column[row - 1]?.item.id;
        case "ArrowDown":
            return column[row + 1]?.item.id;
        case "PageUp":
            return column[0]?.item.id;
        case "PageDown":
            return column.at(-1)?.item.id;
        case "Home":
            return graph.center;
        default:
            return undefined;
    }
}

/** In the nearest column that has any, the one whose height differs least. */
function nearest(boxes: readonly Box[], ids: readonly string[], here: Box): string | undefined {
    const distance = (it: Box): number => Math.abs(it.column - here.column) * 1e6 + Math.abs(it.y - here.y);
    const there = boxes.filter((it) => ids.includes(it.item.id));
    return there.toSorted((a, b) => distance(a) - distance(b))[0]?.item.id;
}

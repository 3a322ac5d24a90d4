// How wide a box must be for its texts, in the page's own font.

import type { Item } from "./graph";
import { linesOf } from "./words";

/** A box is no wider than this: its texts are cut, and whole in its tooltip. */
const MAX_WIDTH = 200;
const MIN_WIDTH = 96;
/** The icon, the edges and the space between. */
const AROUND = 50;

const context = document.createElement("canvas").getContext("2d");

/** The width of a box. */
export function measure(item: Item): number {
    const { label, detail } = linesOf(item);
    const width = Math.max(textWidth(label, "600 13px"), textWidth(detail, "11px"));
    return Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, width + AROUND));
}

function textWidth(text: string, font: string): number {
    if (!context) {
        return MAX_WIDTH;
    }
    context.font = `${font} ${getComputedStyle(document.body).fontFamily}`;
    return context.measureText(text).width;
}

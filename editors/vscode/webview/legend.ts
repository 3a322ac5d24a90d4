// What the lines mean: only those that are drawn.

import { element } from "./draw";
import type { Graph } from "./graph";
import { line, sheet } from "./icons";

/** A sample of each kind of line that is in the graph, with its meaning. */
export function legendOf({ links }: Graph): HTMLElement[] {
    const isAny = links.some((it) => it.isIndirect || it.isProbable);
    const entries = [
        { className: "", text: "direct", isUsed: isAny },
        { className: "indirect", text: "by way of another model", isUsed: links.some((it) => it.isIndirect) },
        { className: "probable", text: "probable match", isUsed: links.some((it) => it.isProbable) },
    ];
    return entries.filter((it) => it.isUsed).map(({ className, text }) => entry(className, text));
}

function entry(className: string, text: string): HTMLElement {
    const svg = sheet(28, 8);
    const path = line("M0 4H28");
    path.setAttribute("class", className);
    svg.append(path);
    const it = element("span", "sample");
    it.append(svg, text);
    return it;
}

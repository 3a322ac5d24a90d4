// The drawing: a button for each box, and the lines behind them. Texts are set as texts,
// never as markup.

import { type Graph, isAside, isNode, isOfDbt, type Item, wayTo } from "./graph";
import { icon, line, sheet } from "./icons";
import type { Box, Heading, Layout, Route } from "./layout";
import { headingText, linesOf, nameOf, opens } from "./words";

/** A box's button, and the lines, to change how they look. */
export interface Drawing {
    readonly buttons: ReadonlyMap<string, HTMLButtonElement>;
    readonly lines: readonly { readonly route: Route; readonly path: SVGPathElement }[];
}

/** Draws into `canvas` instead of what is there. */
export function draw(canvas: HTMLElement, graph: Graph, layout: Layout): Drawing {
    canvas.style.width = `${layout.width}px`;
    const lines = layout.routes.map((route) => ({ route, path: drawnLine(route) }));
    const buttons = new Map(layout.boxes.map((box) => [box.item.id, drawnBox(graph, box)]));
    const behind = sheet(layout.width, layout.height);
    behind.append(...lines.map((it) => it.path));
    const plane = element("div", "plane");
    plane.style.height = `${layout.height}px`;
    plane.append(behind, ...buttons.values());
    canvas.replaceChildren(drawnHeadings(layout.headings), plane);
    return { buttons, lines };
}

/** Makes the ways to and from a box stand out, or all look alike again: as for the center, whose ways are all. */
export function light({ lines }: Drawing, graph: Graph, id: string | undefined): void {
    const isOne = id !== undefined && id !== graph.center;
    const ways = isOne ? wayTo(graph, id) : [];
    for (const { route, path } of lines) {
        const { from, to } = route.link;
        path.classList.toggle("lit", ways.some((it) => it.has(from) && it.has(to)));
        path.classList.toggle("dim", isOne && !path.classList.contains("lit"));
    }
}

function drawnHeadings(headings: readonly Heading[]): HTMLElement {
    const row = element("div", "headings");
    // What they say is in the name of each box.
    row.setAttribute("aria-hidden", "true");
    for (const heading of headings) {
        const it = element("span", "heading", headingText(heading));
        it.style.left = `${heading.x}px`;
        row.append(it);
    }
    return row;
}

function drawnLine({ link, path }: Route): SVGPathElement {
    const it = line(path);
    it.classList.toggle("indirect", link.isIndirect);
    it.classList.toggle("probable", link.isProbable);
    return it;
}

function drawnBox(graph: Graph, { item, x, y, width, height }: Box): HTMLButtonElement {
    const button = element("button", "box");
    button.type = "button";
    button.dataset["id"] = item.id;
    button.tabIndex = -1;
    button.setAttribute("aria-label", nameOf(graph, item));
    button.title = tooltip(item);
    button.style.left = `${x}px`;
    button.style.top = `${y}px`;
    button.style.width = `${width}px`;
    button.style.height = `${height}px`;
    button.append(...insideOf(item));
    mark(button, item);
    return button;
}

function insideOf(item: Item): Element[] {
    const { label, detail } = linesOf(item);
    const name = element("span", "label", label);
    if (isAside(item)) {
        return [name];
    }
    const texts = element("span", "texts");
    // The blank keeps two words apart where they are heard or found as one text.
    texts.append(name, " ", element("span", "detail", detail));
    return [icon(isNode(item) ? item.node.kind : "more"), texts];
}

function mark(button: HTMLButtonElement, item: Item): void {
    if (!isNode(item)) {
        button.classList.add(item.isAside ? "aside" : "more");
        return;
    }
    button.dataset["lane"] = item.lane;
    button.classList.toggle("probable", item.node.probable);
    if (item.isCenter) {
        button.setAttribute("aria-current", "true");
    }
    // Which entries the menu of the right mouse button has: package.json, webview/context.
    const context = { webviewSection: isOfDbt(item) ? "dbt" : "tableau", preventDefaultContextMenuItems: true };
    button.dataset["vscodeContext"] = JSON.stringify({ ...context, exposureLensNode: item.id });
}

function tooltip(item: Item): string {
    if (!isNode(item)) {
        const { of, side, count } = item;
        return `Show ${count} more that ${side === "upstream" ? `${of.label} reads` : `read ${of.label}`}`;
    }
    const { kind, label, detail } = item.node;
    return [`${kind} ${label}`, detail, `(${opens(item)})`].filter((it) => it !== null).join("\n");
}

/** An element with a text. */
export function element<K extends keyof HTMLElementTagNameMap>(
    tag: K,
    className: string,
    text = "",
): HTMLElementTagNameMap[K] {
    const it = document.createElement(tag);
    it.className = className;
    it.textContent = text;
    return it;
}

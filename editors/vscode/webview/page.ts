// The lineage page: draws what the extension sends, and tells it what was pressed. It asks
// nothing itself, and loads nothing.

import type { LineageGraph } from "../src/lsp_ext";
import { draw, type Drawing, element, light } from "./draw";
import { type Graph, graphOf, isNode, isOfDbt } from "./graph";
import { icon } from "./icons";
import { type Box, type Layout, layOut } from "./layout";
import { legendOf } from "./legend";
import { measure } from "./measure";
import type { Action, FromPage, Note, ToPage } from "./messages";
import { draggable } from "./pan";
import { step } from "./walk";
import { announcement, missingLines } from "./words";
import { type Chosen, Zoom } from "./zoom";

/** What VS Code keeps while the page is hidden. */
interface Kept {
    readonly center: string;
    readonly at: string;
    readonly zoom: Chosen | undefined;
    readonly left: number;
    readonly top: number;
}

declare function acquireVsCodeApi(): {
    postMessage(message: FromPage): void;
    getState(): Kept | undefined;
    setState(state: Kept): void;
};

/** All that belongs to what is drawn. */
interface Shown {
    readonly graph: Graph;
    readonly layout: Layout;
    readonly drawing: Drawing;
}

const vscode = acquireVsCodeApi();
const headline = byId("headline");
const legend = byId("legend");
const missing = byId("missing");
const note = byId("note");
const scroller = byId("scroller");
const canvas = byId("canvas");
const live = byId("live");
const zoom = new Zoom(scroller, canvas, keep);
zoom.chosen = vscode.getState()?.zoom;

let shown: Shown | undefined;
/** The box that Tab leads to. */
let at = "";
/** A press gives a box the focus, too: were it scrolled then, its release would hit another one. */
let isPressed = false;

window.addEventListener("message", ({ data }: MessageEvent<ToPage>) => {
    switch (data.type) {
        case "graph":
            return showGraph(data.graph);
        case "note":
            return showNote(data.note);
        case "focus":
            return focusShown();
    }
});
window.addEventListener("focus", () => {
    if (document.activeElement === document.body) {
        focusShown();
    }
});
canvas.addEventListener("click", (event) => press(boxOf(event), event.shiftKey));
canvas.addEventListener("keydown", walk);
canvas.addEventListener("focusin", (event) => point(boxOf(event), true));
canvas.addEventListener("focusout", () => point(undefined, false));
canvas.addEventListener("pointerover", (event) => point(boxOf(event), false));
canvas.addEventListener("pointerleave", () => point(undefined, false));
canvas.addEventListener("pointerdown", () => (isPressed = true));
for (const end of ["pointerup", "pointercancel"]) {
    window.addEventListener(end, () => (isPressed = false), true);
}
document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
        vscode.postMessage({ type: "leave" });
    }
});
scroller.addEventListener("scrollend", keep);
draggable(scroller);
vscode.postMessage({ type: "ready" });

function showGraph(answer: LineageGraph): void {
    const before = shown?.graph.center ?? vscode.getState()?.center;
    const isSame = before === answer.center;
    const hadFocus = canvas.contains(document.activeElement);
    const graph = graphOf(answer);
    const layout = layOut(graph, measure);
    document.body.dataset["shows"] = "graph";
    headline.textContent = answer.headline;
    headline.title = answer.headline;
    legend.replaceChildren(...legendOf(graph));
    showMissing(graph, answer);
    canvas.setAttribute("aria-label", `Lineage of ${labelOf(graph, graph.center)}`);
    shown = { graph, layout, drawing: draw(canvas, graph, layout) };
    zoom.shows(layout);
    place(isSame);
    if (hadFocus) {
        shown.drawing.buttons.get(at)?.focus();
    }
    live.textContent = announcement(graph, answer.headline);
    keep();
}

/** Where the eye was stays where it was, unless the graph is about another node. */
function place(isSame: boolean): void {
    const kept = vscode.getState();
    const wanted = isSame ? (shown?.drawing.buttons.has(at) ? at : kept?.at) : undefined;
    at = wanted !== undefined && shown?.drawing.buttons.has(wanted) ? wanted : (shown?.graph.center ?? "");
    shown?.drawing.buttons.get(at)?.setAttribute("tabindex", "0");
    if (isSame && kept) {
        zoom.restore(kept.left, kept.top);
    } else {
        zoom.begin(boxAt(shown?.graph.center));
    }
}

function showMissing(graph: Graph, answer: LineageGraph): void {
    missing.replaceChildren(
        ...missingLines(graph, answer).map((text) => {
            const it = element("li", "");
            it.append(icon("warning"), element("span", "", text));
            return it;
        }),
    );
}

function showNote({ title, text, buttons }: Note): void {
    shown = undefined;
    document.body.dataset["shows"] = "note";
    canvas.replaceChildren();
    const row = element("div", "buttons");
    row.append(...buttons.map((it) => noteButton(it.title, it.action)));
    note.replaceChildren(element("h2", "", title), element("p", "", text), row);
    live.textContent = `${title} ${text}`;
}

function noteButton(title: string, action: Action): HTMLButtonElement {
    const button = element("button", "action", title);
    button.type = "button";
    button.addEventListener("click", () => vscode.postMessage({ type: "run", action }));
    return button;
}

function focusShown(): void {
    const target = shown?.drawing.buttons.get(at) ?? note.querySelector("button");
    target?.focus();
}

function press(id: string | undefined, isShifted: boolean): void {
    const item = id === undefined ? undefined : shown?.graph.items.get(id);
    if (!item) {
        return;
    }
    if (!isNode(item)) {
        // It will be gone: its node stays.
        at = item.of.id;
        vscode.postMessage({ type: "expand", id: item.of.id });
    } else if (!isShifted) {
        vscode.postMessage({ type: "open", id: item.id });
    } else if (isOfDbt(item)) {
        vscode.postMessage({ type: "center", id: item.id });
    } else {
        live.textContent = "Only a node of dbt's can be the center.";
    }
}

/** Keys that lead from box to box. The rest is VS Code's. */
function walk(event: KeyboardEvent): void {
    if (zoom.takes(event)) {
        event.preventDefault();
        event.stopPropagation();
        return;
    }
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    const next = isPlain && shown && step(shown.graph, shown.layout.boxes, at, event.key);
    if (!next) {
        return;
    }
    event.preventDefault();
    event.stopPropagation();
    shown?.drawing.buttons.get(next)?.focus({ preventScroll: true });
}

/** A box has the focus, or the mouse is on it. */
function point(id: string | undefined, isFocus: boolean): void {
    if (!shown) {
        return;
    }
    const focused = canvas.contains(document.activeElement) ? at : undefined;
    if (id !== undefined && isFocus) {
        shown.drawing.buttons.get(at)?.setAttribute("tabindex", "-1");
        at = id;
        shown.drawing.buttons.get(at)?.setAttribute("tabindex", "0");
        if (!isPressed) {
            zoom.reveal(boxAt(id));
        }
        keep();
    }
    light(shown.drawing, shown.graph, id ?? focused);
}

function keep(): void {
    if (shown) {
        const { scrollLeft: left, scrollTop: top } = scroller;
        vscode.setState({ center: shown.graph.center, at, zoom: zoom.chosen, left, top });
    }
}

function boxOf(event: Event): string | undefined {
    const box = event.target instanceof Element ? event.target.closest<HTMLElement>(".box") : null;
    return box?.dataset["id"];
}

function boxAt(id: string | undefined): Box | undefined {
    return shown?.layout.boxes.find((it) => it.item.id === id);
}

function labelOf(graph: Graph, id: string): string {
    const item = graph.items.get(id);
    return item && isNode(item) ? item.node.label : "a node";
}

function byId(id: string): HTMLElement {
    const it = document.getElementById(id);
    if (!it) {
        throw new Error(`the page has no #${id}`);
    }
    return it;
}

// A picture for each kind of node, drawn in the colour of the text around it.

const SVG = "http://www.w3.org/2000/svg";

/** Lines on a square of 16 by 16. */
const LINES = {
    source: "M2.5 4c0-1.1 2.5-2 5.5-2s5.5.9 5.5 2-2.5 2-5.5 2-5.5-.9-5.5-2v8c0 1.1 2.5 2 5.5 2s5.5-.9 5.5-2V4M2.5 8c0 1.1 2.5 2 5.5 2s5.5-.9 5.5-2",
    seed: "M8 14V7.5M8 8C8 5 5.8 3 2.5 3 2.5 6 4.7 8 8 8M8 10.5c0-2.4 2-4 5.5-4 0 2.6-2 4-5.5 4",
    snapshot: "M2.5 5h2.7l1-1.8h3.6l1 1.8h2.7v8h-11zM8 11.3a2.4 2.4 0 1 0 0-4.8 2.4 2.4 0 0 0 0 4.8",
    model: "M8 1.8l5.5 3v6.4L8 14.2l-5.5-3V4.8zM2.7 5L8 7.9 13.3 5M8 7.9v6.1",
    datasource: "M2 4.2c0-1 1.8-1.7 4-1.7s4 .7 4 1.7-1.8 1.7-4 1.7-4-.7-4-1.7v6.6c0 1 1.8 1.7 4 1.7M10 4.2v2.3M8.5 10.5H14M11.8 8.2l2.4 2.3-2.4 2.3",
    workbook: "M3.5 2.5h8.2c.5 0 .8.3.8.8v10.2H4.6c-.6 0-1.1-.5-1.1-1.1zM3.5 12.2c0-.6.5-1.1 1.1-1.1h7.9M6.2 5.4h3.6M6.2 7.8h3.6",
    dashboard: "M2.5 3h11v10h-11zM2.5 6.2h11M7 6.2V13M9.3 10.8V9.2M11.3 10.8V8",
    sheet: "M2.5 13.5h11M4.5 11V8M8 11V3.5M11.5 11V6",
    more: "M4 8h.1M8 8h.1M12 8h.1",
    warning: "M8 2.2l6.3 11.3H1.7zM8 6.5v3.3M8 11.6v.2",
} as const;

/** The picture of a kind; of one that is not known, a model's. */
export function icon(kind: string): SVGSVGElement {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 16 16");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    svg.append(line(Object.hasOwn(LINES, kind) ? LINES[kind as keyof typeof LINES] : LINES.model));
    return svg;
}

/** A line of an SVG. */
export function line(path: string): SVGPathElement {
    const it = document.createElementNS(SVG, "path");
    it.setAttribute("d", path);
    return it;
}

/** What lines are drawn on. */
export function sheet(width: number, height: number): SVGSVGElement {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("width", String(width));
    svg.setAttribute("height", String(height));
    svg.setAttribute("aria-hidden", "true");
    return svg;
}

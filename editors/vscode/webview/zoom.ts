// How large the graph is, and which part of it is seen. Scrolling is the browser's own.

import type { Box, Layout } from "./layout";

const MIN = 0.25;
const MAX = 2;
const STEP = 1.2;
/** Smaller letters than these nobody reads: what does not fit then is scrolled to. */
const READABLE = 0.7;
/** Most of what is looked for lies to the right. */
const FROM_LEFT = 0.4;
/** Kept free around a box that is brought into view, and below it, where the keys are told. */
const ROOM = 24;
const FOOT = 40;

/** What the user has chosen: a size, or to see all of each graph. */
export type Chosen = number | "fit";

export class Zoom {
    /** Nothing as long as it is left to us. */
    chosen: Chosen | undefined;
    private level = 1;
    private layout: Layout | undefined;

    constructor(
        private readonly scroller: HTMLElement,
        private readonly canvas: HTMLElement,
        private readonly changed: () => void,
    ) {
        button("zoom-out", () => this.choose(this.level / STEP));
        button("zoom-in", () => this.choose(this.level * STEP));
        button("zoom-fit", () => {
            this.choose(this.fitting());
            this.chosen = "fit";
            this.changed();
        });
        scroller.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    }

    /** Another graph is drawn. */
    shows(layout: Layout): void {
        this.layout = layout;
    }

    /** The size that shows most and can be read, with this box near the middle. */
    begin(center: Box | undefined): void {
        this.set(this.wanted());
        if (center) {
            const { scroller, level } = this;
            scroller.scrollLeft = (center.x + center.width / 2) * level - scroller.clientWidth * FROM_LEFT;
            scroller.scrollTop = (center.y + center.height / 2) * level - scroller.clientHeight / 2;
        }
    }

    /** As it was. */
    restore(left: number, top: number): void {
        this.set(this.wanted());
        this.scroller.scrollLeft = left;
        this.scroller.scrollTop = top;
    }

    /** Scrolls as little as brings a box into view, and no farther than it takes. */
    reveal(box: Box | undefined): void {
        if (box) {
            const { scroller, level } = this;
            const head = this.headHeight();
            const [left, right] = [box.x * level - ROOM, (box.x + box.width) * level + ROOM];
            const [top, bottom] = [box.y * level - ROOM, (box.y + box.height) * level + head + FOOT];
            scroller.scrollLeft = Math.min(left, Math.max(scroller.scrollLeft, right - scroller.clientWidth));
            scroller.scrollTop = Math.min(top, Math.max(scroller.scrollTop, bottom - scroller.clientHeight));
        }
    }

    /** Whether a key is one of ours, and done. */
    takes({ key, ctrlKey, metaKey }: KeyboardEvent): boolean {
        if (!ctrlKey && !metaKey) {
            return false;
        }
        switch (key) {
            case "+":
            case "=":
                this.choose(this.level * STEP);
                return true;
            case "-":
                this.choose(this.level / STEP);
                return true;
            case "0":
                this.choose(1);
                return true;
            default:
                return false;
        }
    }

    private wheel(event: WheelEvent): void {
        if (event.ctrlKey || event.metaKey) {
            event.preventDefault();
            const { left, top } = this.scroller.getBoundingClientRect();
            this.choose(this.level * STEP ** (-event.deltaY / 100), event.clientX - left, event.clientY - top);
        }
    }

    /** What is at this place of the view stays there. */
    private choose(level: number, x = this.scroller.clientWidth / 2, y = this.scroller.clientHeight / 2): void {
        const { scroller } = this;
        const before = this.level;
        this.set(level);
        this.chosen = this.level;
        scroller.scrollLeft = ((scroller.scrollLeft + x) * this.level) / before - x;
        scroller.scrollTop = ((scroller.scrollTop + y) * this.level) / before - y;
        this.changed();
    }

    private wanted(): number {
        const all = this.fitting();
        return this.chosen === "fit" ? all : (this.chosen ?? Math.max(READABLE, all));
    }

    private set(level: number): void {
        this.level = Math.min(MAX, Math.max(MIN, level));
        this.canvas.style.setProperty("zoom", String(this.level));
    }

    /** The size at which all can be seen; never larger than life. */
    private fitting(): number {
        const { scroller, layout } = this;
        if (!layout || layout.width === 0) {
            return 1;
        }
        const height = layout.height + this.headHeight() / this.level;
        return Math.min(1, scroller.clientWidth / layout.width, scroller.clientHeight / height);
    }

    private headHeight(): number {
        const head = this.canvas.firstElementChild;
        return head instanceof HTMLElement ? head.offsetHeight * this.level : 0;
    }
}

function button(id: string, run: () => void): void {
    document.getElementById(id)?.addEventListener("click", run);
}

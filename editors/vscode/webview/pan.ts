// Dragging what is between the boxes moves the graph, as in maps. Wheel and bars scroll too.

/** Lets the mouse drag what `scroller` shows. Fingers scroll by themselves. */
export function draggable(scroller: HTMLElement): void {
    scroller.addEventListener("pointerdown", (event) => {
        // The bars are the scroller's own.
        const isBetween = event.target instanceof Element && event.target !== scroller && !event.target.closest(".box");
        if (isBetween && event.button === 0 && event.pointerType === "mouse") {
            scroller.setPointerCapture(event.pointerId);
        }
    });
    scroller.addEventListener("pointermove", (event) => {
        if (scroller.hasPointerCapture(event.pointerId)) {
            scroller.scrollBy(-event.movementX, -event.movementY);
        }
    });
}

// Keeps what was to be seen for a moment only: each message that popped up, and each way
// the lenses of a file were drawn. A script inside the page looks after each frame that
// shows a change: what was never painted, nobody saw.

/**
 * Texts of messages since the window opened, and of each file (by its path) the lenses that
 * stood in it, a list for each time that they changed.
 *
 * @typedef {{messages: string[], lenses: Record<string, string[][]>}} Seen
 */

/** Watches every window that this page opens from now on. @param {any} page */
export async function watch(page) {
    await page.addInitScript(note);
    /** @returns {Promise<Seen>} */
    const seen = () => page.evaluate("exposureLensSeen");
    /** Forgets what was seen. */
    const forget = () => page.evaluate("exposureLensForget()");
    return { seen, forget };
}

/** Runs inside the page, where nothing of this file is at hand. */
function note() {
    const window = /** @type {any} */ (globalThis);
    const { document } = window;
    window.exposureLensForget = () => (window.exposureLensSeen = { messages: [], lenses: {} });
    window.exposureLensForget();

    const texts = (/** @type {string} */ selector) => [...document.querySelectorAll(selector)];
    const noteMessages = (/** @type {Seen} */ seen) => {
        for (const it of texts(".notification-toast .notification-list-item-message")) {
            const text = it.textContent.trim();
            if (text && !seen.messages.includes(text)) {
                seen.messages.push(text);
            }
        }
    };
    const noteLenses = (/** @type {Seen} */ seen) => {
        for (const editor of texts(".editor-instance .monaco-editor[data-uri]")) {
            // Where it stands counts too: a lens that moves its line is what annoys.
            const lenses = [...editor.querySelectorAll(".codelens-decoration")].filter((it) => it.textContent.trim());
            const drawn = lenses.map((it) => `${it.style.top} ${it.textContent.trim()}`).sort();
            const before = (seen.lenses[decodeURIComponent(new URL(editor.dataset.uri).pathname)] ??= []);
            if (before.at(-1)?.join("\n") !== drawn.join("\n") && before.length + drawn.length > 0) {
                before.push(drawn);
            }
        }
    };
    let isDue = false;
    const look = () => {
        isDue = false;
        noteMessages(window.exposureLensSeen);
        noteLenses(window.exposureLensSeen);
    };
    new window.MutationObserver(() => {
        if (!isDue) {
            isDue = true;
            window.requestAnimationFrame(() => setTimeout(look, 0));
        }
    }).observe(document, { subtree: true, childList: true, characterData: true });
}

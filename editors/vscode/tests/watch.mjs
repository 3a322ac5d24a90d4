// Keeps what was to be seen for a moment only: each message that popped up, and each way
// the lenses of a file were drawn. A script inside the page notes it as it changes.

/**
 * Texts of messages since the window opened, and of each file (by its address) the lenses
 * that stood above it, a list for each time that they changed.
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
            const lenses = [...editor.querySelectorAll(".codelens-decoration")];
            // Where it stands counts too: a lens that moves its line is what annoys.
            const drawn = lenses.map((it) => `${it.style.top} ${it.textContent.trim()}`);
            const wanted = drawn.filter((it) => !/^\S* *$/.test(it)).sort();
            const before = (seen.lenses[editor.dataset.uri] ??= []);
            if (before.at(-1)?.join("\n") !== wanted.join("\n") && (before.length > 0 || wanted.length > 0)) {
                before.push(wanted);
            }
        }
    };
    new window.MutationObserver(() => {
        noteMessages(window.exposureLensSeen);
        noteLenses(window.exposureLensSeen);
    }).observe(document, { subtree: true, childList: true, characterData: true });
}

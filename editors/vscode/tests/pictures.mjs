// Takes pictures. Those of the gallery are cropped to what they show, and the words on them
// are kept: by these gallery.mjs tells whether a committed picture still says what is so.

import path from "node:path";

import { plain } from "./waiting.mjs";

/** What surrounds the things in a picture, in pixels of the page, where they lie in a file. */
const MARGIN = 10;

/**
 * @typedef {{x: number, y: number, width: number, height: number}} Box
 * @typedef {{of: any[], words?: any[], margin?: number}} Subject the things in the picture,
 *     and those of them whose words it is about; or the words themselves, where others come
 *     and go
 */

/** @param {any} page @param {string} folder */
export function pictures(page, folder) {
    /** The words on each picture of the gallery that was taken. @type {Map<string, string[]>} */
    const taken = new Map();

    const fileOf = (/** @type {string} */ name) => path.join(folder, `${name}.png`);

    /** The whole window, for whoever looks at a run. @param {string} name */
    async function screenshot(name) {
        await page.screenshot({ path: fileOf(name), animations: "disabled", caret: "hide" });
    }

    /** A picture of the gallery. @param {string} name @param {Subject} subject */
    async function picture(name, { of, words = of, margin = MARGIN }) {
        const clip = await around(of, margin);
        await page.screenshot({ path: fileOf(name), clip, animations: "disabled", caret: "hide" });
        taken.set(name, await wordsOf(words));
    }

    /**
     * The least part of the window that holds all of these, without a rim of what lies above
     * the open files and below them.
     *
     * @param {any[]} things
     * @param {number} margin
     * @returns {Promise<Box>}
     */
    async function around(things, margin) {
        const boxes = (await Promise.all(things.map(boxesOf))).flat();
        const { width, height } = page.viewportSize();
        const foot = (await page.locator(".part.statusbar").boundingBox())?.y ?? height;
        const x = Math.max(0, Math.min(...boxes.map((it) => it.x)) - margin);
        const y = Math.max(0, Math.min(...boxes.map((it) => it.y)));
        const right = Math.min(width, Math.max(...boxes.map((it) => it.x + it.width)) + margin);
        const bottom = Math.max(...boxes.map((it) => it.y + it.height));
        const end = bottom <= foot ? Math.min(foot, bottom + margin) : Math.min(height, bottom);
        return { x, y, width: right - x, height: end - y };
    }

    /** The open file, as wide and as high as its text. */
    const editor = [".tab", ".monaco-breadcrumb-item", ".line-numbers", ".view-line > span", ".codelens-decoration > *"].map(
        (it) => page.locator(`.editor-group-container ${it}`),
    );

    return { screenshot, picture, editor, taken };
}

/** All at once: VS Code draws its lines anew at any time. @param {any} thing @returns {Promise<Box[]>} */
function boxesOf(thing) {
    return thing.filter({ visible: true }).evaluateAll((/** @type {any[]} */ shown) =>
        shown.map((it) => {
            const { x, y, width, height } = it.getBoundingClientRect();
            return { x, y, width, height };
        }),
    );
}

/** The lines that these things show, in order. @param {any[]} things @returns {Promise<string[]>} */
async function wordsOf(things) {
    const texts = await Promise.all(
        things.map((it) => (typeof it === "string" ? [it] : it.filter({ visible: true }).allInnerTexts())),
    );
    return texts.flat().flatMap((text) => text.split("\n")).map(steady).filter((it) => it !== "");
}

/** Without what differs from run to run. @param {string} text */
function steady(text) {
    return plain(text)
        .replaceAll(/\s+/g, " ")
        .replaceAll(/\/\S*exposure-lens-vscode-\w+/g, "…")
        .replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:PORT")
        .replaceAll(/\b(?:just now|\d+ \w+ ago)\b/g, "AGE");
}

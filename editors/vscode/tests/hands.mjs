// What a person does in VS Code's window: opens folders and files, runs commands, reads
// texts, presses keys. Whoever meets an answer that is late looks again, and presses again.

import path from "node:path";

import { plain, soon, until } from "./waiting.mjs";

/** @typedef {ReturnType<typeof hands>} Hands */

/**
 * @param {any} page
 * @param {string} url of the VS Code server
 */
export function hands(page, url) {
    let folder = "";
    let isWorkspace = false;
    const quickInputWidget = page.locator(".quick-input-widget").filter({ visible: true });
    const input = quickInputWidget.locator("input").first();
    /** What a list on top offers. */
    const choices = quickInputWidget.locator(".quick-input-list .monaco-list-row");

    /**
     * Opens a project, trusted or not. Where a port is named, the process that runs the
     * extensions lets itself be inspected there.
     *
     * @param {string} project
     * @param {{isTrusted?: boolean, inspect?: number}} options
     */
    async function openFolder(project, { isTrusted = true, inspect } = {}) {
        folder = project;
        isWorkspace = false;
        const payload = inspect === undefined ? [] : [["inspect-extensions", String(inspect)]];
        const query = new URLSearchParams({ folder: project, payload: JSON.stringify(payload) });
        await openWindow(query, isTrusted);
    }

    /** Opens a workspace; files are then named from its own folder. @param {string} file */
    async function openWorkspace(file) {
        folder = path.dirname(file);
        isWorkspace = true;
        await openWindow(new URLSearchParams({ workspace: file }), true);
    }

    /** @param {URLSearchParams} query @param {boolean} isTrusted */
    async function openWindow(query, isTrusted) {
        await page.goto(`${url}/?${query}`);
        await page.locator(".monaco-workbench").waitFor();
        await page.getByText(isTrusted ? "Yes, I trust the authors" : "No, I don't trust the authors").click();
        await page.locator(".part.sidebar").waitFor();
        await page.keyboard.press("Control+B");
        await page.locator(".part.sidebar").waitFor({ state: "hidden" });
    }

    /**
     * Opens a file of the project, or brings it to the front. By its whole path: to look
     * for names, VS Code needs ripgrep, which this one lacks.
     *
     * @param {string} file
     */
    async function open(file) {
        const name = path.basename(file);
        // Projects of one window may have files of the same name.
        const [project = ""] = isWorkspace ? file.split(path.sep) : [];
        await quickInput("Control+P", path.join(folder, file), [name, project]);
        await page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
        await page.locator(".editor-instance .view-line").first().waitFor();
    }

    /** Runs a command by its title. @param {string} title */
    async function command(title) {
        await quickInput("F1", `>${title}`, [title]);
    }

    async function clearMessages() {
        await command("Notifications: Clear All Notifications");
        await page.locator(".notification-toast").first().waitFor({ state: "detached" });
    }

    /**
     * Types into the box on top and chooses the row that has all of these texts.
     *
     * @param {string} key
     * @param {string} text
     * @param {string[]} row
     */
    async function quickInput(key, text, row) {
        const chosen = row.reduce((rows, it) => rows.filter({ hasText: it }), choices);
        await submit(key, text, () => chosen.first().click());
        // Away from what it would explain in a picture.
        await page.mouse.move(0, 0);
    }

    /**
     * Opens the box on top, types and enters. The box has done its work when it no longer
     * shows what was typed: what was chosen may have opened the next box at once.
     *
     * @param {string} key
     * @param {string} text
     * @param {() => Promise<void>} enter
     */
    async function submit(key, text, enter) {
        const isDone = async () => !(await input.isVisible()) || (await typed()) !== text;
        await page.keyboard.press(key);
        await input.waitFor();
        await input.fill(text);
        await enter();
        await until(`the box with ${text} is done`, async () => {
            if (await soon(isDone)) {
                return true;
            }
            await page.keyboard.press("Enter");
            return isDone();
        });
    }

    /** What stands in the box on top, if it is there still. @returns {Promise<string | undefined>} */
    function typed() {
        return input.inputValue({ timeout: 1_000 }).catch(() => undefined);
    }

    /** Waits until one of these elements has a text like this. @param {any} locator @param {RegExp} text */
    async function textOf(locator, text) {
        let seen = "";
        await until(`${text}`, async () => {
            const texts = (await locator.allInnerTexts()).map(plain);
            seen = texts.join(" | ");
            return texts.some((/** @type {string} */ it) => text.test(it));
        }).catch((error) => {
            throw new Error(`${error.message}; seen: ${seen || "nothing"}`);
        });
    }

    /** Puts the cursor at the start of a line, or at a column of it. @param {number} line @param {number} column */
    async function cursorTo(line, column = 1) {
        await page.keyboard.press("Control+1");
        await submit("Control+G", `:${line}:${column}`, () => page.keyboard.press("Enter"));
    }

    /** Rests the mouse on the first word of a line. @param {number} line */
    async function hoverLine(line) {
        await page.locator(".editor-instance .view-line").nth(line - 1).locator("span span").first().hover();
    }

    /**
     * Opens the menu of actions at the cursor, and puts the focus on one. The menu takes no
     * clicks while it opens, keys it does.
     *
     * @param {RegExp} title
     */
    async function offer(title) {
        const menu = page.locator(".action-widget");
        const focused = menu.locator(".monaco-list-row.action.focused");
        // VS Code says that there is none where it has dropped its own question: a person
        // presses the keys again.
        const none = page.locator(".monaco-editor-overlaymessage", { hasText: "No code actions available" });
        const rows = menu.locator(".monaco-list-row.action");
        await until(`a menu with ${title}`, async () => {
            await page.keyboard.press("Control+.");
            await rows.or(none).first().waitFor();
            const texts = (await rows.allInnerTexts()).map(plain);
            if (texts.some((/** @type {string} */ it) => title.test(it))) {
                return true;
            }
            await page.keyboard.press("Escape");
            await none.waitFor({ state: "hidden" });
            return false;
        });
        await until(`${title} has the focus`, async () => {
            if (title.test(plain(await focused.innerText()))) {
                return true;
            }
            await page.keyboard.press("ArrowDown");
            return false;
        });
    }

    /** Chooses an action at the cursor. @param {RegExp} title */
    async function act(title) {
        await offer(title);
        await page.keyboard.press("Enter");
        await page.locator(".action-widget").waitFor({ state: "hidden" });
    }

    /** VS Code saves what a code action has changed, save where it shows the file. @param {string} file */
    async function saveIfDirty(file) {
        if (await page.locator(`.tab.dirty[data-resource-name="${file}"]`).count()) {
            await page.keyboard.press("Control+K");
            await page.keyboard.press("s");
        }
    }

    return {
        choices,
        openFolder,
        openWorkspace,
        open,
        command,
        clearMessages,
        textOf,
        cursorTo,
        hoverLine,
        offer,
        act,
        saveIfDirty,
    };
}

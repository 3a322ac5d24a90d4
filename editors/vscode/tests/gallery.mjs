// The pictures of README, docs and walkthrough: where each one is kept, and whether it still
// shows what is so. Beside the pictures stand the words on them (gallery.json); each run of
// the steps sees the words anew. Pixels are not compared: they differ by machine.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const IMAGES = "editors/vscode/images";
const DOCS = "server/docs/images";
const CAPTIONS = "editors/vscode/tests/gallery.json";

/** Each picture's folder and what it shows, in a few words: its alternative text. */
export const GALLERY = {
    lens: [IMAGES, "A lens above a dbt model counts the Tableau dashboards that read it"],
    hover: [IMAGES, "The hover behind a lens names the workbooks"],
    list: [IMAGES, "The list of dashboards behind a lens"],
    tree: [IMAGES, "The side bar with what Tableau makes of a model"],
    find: [DOCS, "A dashboard is found by some letters of its name"],
    panel: [IMAGES, "The lineage of a model, from its sources to the dashboards"],
    actions: [DOCS, "The actions on a model: write the missing exposures, list the dashboards"],
    exposure: [IMAGES, "The exposure that an action has written"],
    exposures: [IMAGES, "An exposure that lacks what Tableau shows is marked"],
    preview: [IMAGES, "Changes of two files are shown before they are written"],
    lost: [DOCS, "A warning: another alias takes a table away from 11 dashboards"],
    proposal: [DOCS, "Dashboards that are probable, and the action that accepts the name rule"],
    "sign-in": [IMAGES, "The question for a personal access token, with a button that opens Tableau"],
    refused: [DOCS, "A wrong token is refused, with what to do"],
    "site-hover": [IMAGES, "The hover behind a lens, with what only a Tableau site knows"],
    pull: [DOCS, "The status bar while a site is fetched"],
    status: [DOCS, "The language status: the project's health, and a line for each site"],
    roots: [DOCS, "Several projects in one window, one of them broken"],
    restricted: [DOCS, "In restricted mode the lens is there all the same"],
    "terminal-usages": [DOCS, "Who reads a model, in the terminal"],
    terminal: [IMAGES, "A terminal with what exposure-lens exposures --check prints"],
    walkthrough: [DOCS, "The walkthrough of the extension"],
};

/**
 * @typedef {{file: string, shows: string, sha256: string, words: string[]}} Caption
 * @typedef {Record<string, Caption>} Captions
 */

/**
 * What is wrong with the pictures that were taken, a line each.
 *
 * @param {string} root
 * @param {Map<string, string[]>} taken
 * @param {{isWhole: boolean}} run whether all steps were run
 */
export function staleness(root, taken, { isWhole }) {
    const captions = readCaptions(root);
    const names = new Set([...taken.keys(), ...(isWhole ? [...Object.keys(GALLERY), ...Object.keys(captions)] : [])]);
    return [...names].sort().flatMap((name) => {
        const why = whyStale(root, name, captions[name], taken.get(name));
        return why === undefined ? [] : [`the picture ${name} is stale: ${why}`];
    });
}

/** @param {string} root @param {string} name @param {Caption | undefined} caption @param {string[] | undefined} words */
function whyStale(root, name, caption, words) {
    const place = placeOf(name);
    if (place === undefined) {
        return "the table in gallery.mjs does not name it";
    }
    if (words === undefined) {
        return "no step takes it";
    }
    if (caption === undefined || caption.file !== place.file || caption.shows !== place.shows) {
        return "the table in gallery.mjs says another place or another text";
    }
    if (digest(path.join(root, caption.file)) !== caption.sha256) {
        return `${caption.file} is not the one that was taken`;
    }
    // VS Code keeps the rows of a list in no order that is seen, and some of them twice.
    const difference = firstDifference(distinct(caption.words), distinct(words));
    return difference && `it shows ${difference[0]}, and now there is ${difference[1]}`;
}

/**
 * Puts the pictures that are stale in their places, with their words.
 *
 * @param {string} root
 * @param {string} screenshots
 * @param {Map<string, string[]>} taken
 */
export async function updateGallery(root, screenshots, taken) {
    const captions = readCaptions(root);
    for (const [name, words] of taken) {
        const place = placeOf(name);
        if (place && whyStale(root, name, captions[name], words) !== undefined) {
            const file = path.join(root, place.file);
            mkdirSync(path.dirname(file), { recursive: true });
            await writeSmall(root, path.join(screenshots, `${name}.png`), file);
            captions[name] = { ...place, sha256: digest(file), words };
        }
    }
    const kept = Object.entries(captions).filter(([name]) => placeOf(name) !== undefined);
    const sorted = Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)));
    writeFileSync(path.join(root, CAPTIONS), `${JSON.stringify(sorted, null, 2)}\n`);
}

/** With a palette a picture takes less than half the room, and looks the same. @param {string} root @param {string} from @param {string} to */
async function writeSmall(root, from, to) {
    execFileSync(path.join(root, "tests/run.d/tools"), ["pictures"], { stdio: "inherit" });
    const sharp = createRequire(path.join(root, ".tools/pictures/package.json"))("sharp");
    await sharp(from).png({ palette: true, effort: 10, compressionLevel: 9, dither: 0 }).toFile(to);
}

/** @param {string} name */
function placeOf(name) {
    const entry = Object.entries(GALLERY).find(([it]) => it === name)?.[1];
    return entry && { file: `${entry[0]}/${name}.png`, shows: entry[1] ?? "" };
}

/** @param {string} root @returns {Captions} */
function readCaptions(root) {
    const file = path.join(root, CAPTIONS);
    return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
}

/** @param {string} file */
function digest(file) {
    return existsSync(file) ? createHash("sha256").update(readFileSync(file)).digest("hex") : "";
}

/** @param {string[]} words */
function distinct(words) {
    return [...new Set(words)].sort();
}

/** @param {string[]} shown @param {string[]} seen */
function firstDifference(shown, seen) {
    const length = Math.max(shown.length, seen.length);
    const n = Array.from({ length }, (_, it) => it).find((it) => shown[it] !== seen[it]);
    const quoted = (/** @type {string[]} */ lines) => (n === undefined || lines[n] === undefined ? "no more" : `"${lines[n]}"`);
    return n === undefined ? undefined : [quoted(shown), quoted(seen)];
}

// What an installed extension takes, on disk and in time.

import { readdirSync, statSync } from "node:fs";
import path from "node:path";

/** No more than this, the program apart. */
export const SIZE_BAR = 1024 * 1024;

/** The folder of our extension, and its bytes: those of the code, and all but the program. @param {string} data */
export function installed(data) {
    const extensions = path.join(data, "extensions");
    const name = readdirSync(extensions).find((it) => it.startsWith("exposure-lens."));
    const folder = path.join(extensions, name ?? "exposure-lens is not installed");
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((it) => statSync(path.join(folder, it)).isFile());
    const bytes = (/** @type {(file: string) => boolean} */ wanted) =>
        files.filter(wanted).reduce((sum, it) => sum + statSync(path.join(folder, it)).size, 0);
    return {
        folder,
        code: bytes((it) => it.startsWith("dist/")),
        all: bytes((it) => !it.startsWith("bundled/")),
    };
}

/**
 * How long VS Code waited for our extension when it started it: loading its code, and the
 * call of `activate` until it had to wait for something itself. In VS Code's own words.
 *
 * @param {import("./workbench.mjs").Workbench} at
 */
export async function activation(at) {
    await at.command("Developer: Show Running Extensions");
    const row = at.page.locator(".runtime-extensions-editor .extension", { hasText: "Exposure Lens" });
    return row.locator(".activation-time").innerText();
}

// Finds the server's program. Pure: what it asks of the machine is passed in, so that a
// test can answer for any machine. Starting the program is left to client.ts.

import * as path from "node:path";

/** The setting that mends whatever goes wrong here. */
export const PATH_SETTING = "exposureLens.server.path";
/** For developers of the server: names the program without touching a setting. */
export const PATH_VARIABLE = "EXPOSURE_LENS_PATH";

/** What the search has to know of the machine. */
export interface Machine {
    readonly platform: NodeJS.Platform;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly home: string;
    /** Whether a file is there and may be run. */
    readonly isExecutable: (file: string) => boolean;
}

/** Where a program was found. */
export type Origin = "setting" | "environment" | "bundled" | "PATH";

/** A program to start, or what to tell the user. */
export type Found =
    | { readonly ok: true; readonly path: string; readonly origin: Origin }
    | { readonly ok: false; readonly message: string };

/**
 * The program named by the setting, else by the environment, else the one inside the
 * extension, else the one on PATH. What somebody named on purpose is never passed over in
 * silence: if it is not there, that is the answer.
 */
export function findServer(
    setting: string | null | undefined,
    extensionFolder: string,
    machine: Machine,
): Found {
    const named = setting?.trim();
    if (named) {
        return checkNamed(named, "setting", `the setting ${PATH_SETTING}`, machine);
    }
    const variable = machine.env[PATH_VARIABLE]?.trim();
    if (variable) {
        return checkNamed(variable, "environment", `the variable ${PATH_VARIABLE}`, machine);
    }
    return findUnnamed(extensionFolder, machine);
}

function checkNamed(named: string, origin: Origin, what: string, machine: Machine): Found {
    const file = expandHome(named, machine);
    if (!pathsOf(machine).isAbsolute(file)) {
        const message = `${capital(what)} needs an absolute path and holds "${named}".`;
        return { ok: false, message: withHint(message, origin) };
    }
    if (!machine.isExecutable(file)) {
        const message = `No program that can be run is at ${file}, which ${what} names.`;
        return { ok: false, message: withHint(message, origin) };
    }
    return { ok: true, path: file, origin };
}

function withHint(message: string, origin: Origin): string {
    const remove = origin === "environment" ? `, or correct ${PATH_VARIABLE}` : "";
    return `${message} Set ${PATH_SETTING} to the exposure-lens program${remove}.`;
}

function findUnnamed(extensionFolder: string, machine: Machine): Found {
    const paths = pathsOf(machine);
    const program = machine.platform === "win32" ? "exposure-lens.exe" : "exposure-lens";
    const bundled = paths.join(extensionFolder, "bundled", program);
    if (machine.isExecutable(bundled)) {
        return { ok: true, path: bundled, origin: "bundled" };
    }
    for (const folder of searchPath(machine)) {
        const file = paths.join(folder, program);
        if (machine.isExecutable(file)) {
            return { ok: true, path: file, origin: "PATH" };
        }
    }
    const message =
        `This build of the extension has no server for ${machine.platform} inside, ` +
        `and ${program} is not on PATH. Set ${PATH_SETTING} to the exposure-lens program.`;
    return { ok: false, message };
}

/** The folders of PATH. A relative one would mean the workspace's own files: left out. */
function searchPath(machine: Machine): string[] {
    const paths = pathsOf(machine);
    const key = Object.keys(machine.env).find((name) =>
        machine.platform === "win32" ? name.toUpperCase() === "PATH" : name === "PATH",
    );
    const value = key === undefined ? "" : (machine.env[key] ?? "");
    return value.split(paths.delimiter).filter((folder) => paths.isAbsolute(folder));
}

function expandHome(file: string, machine: Machine): string {
    const isHome = file === "~" || file.startsWith("~/") || file.startsWith("~\\");
    return isHome ? pathsOf(machine).join(machine.home, file.slice(1)) : file;
}

function pathsOf(machine: Machine): path.PlatformPath {
    return machine.platform === "win32" ? path.win32 : path.posix;
}

function capital(text: string): string {
    return text.charAt(0).toUpperCase() + text.slice(1);
}

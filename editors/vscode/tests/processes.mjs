// The processes behind a window, as Linux tells of them in /proc.

import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** The processes whose program lies below a folder. @param {string} folder */
export function processesOf(folder) {
    return pids().filter((pid) => programOf(pid)?.startsWith(`${folder}/`));
}

/** All that a process has started, and what that has started. @param {number} pid @returns {number[]} */
export function descendantsOf(pid) {
    const children = pids().filter((it) => parentOf(it) === pid);
    return children.flatMap((it) => [it, ...descendantsOf(it)]);
}

/** How a process was called. @param {number} pid */
export function commandOf(pid) {
    return readOf(pid, "cmdline")?.replaceAll("\0", " ").trim() ?? "";
}

/** The memory that a process holds, in KiB. @param {number} pid */
export function residentKib(pid) {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readOf(pid, "status") ?? "")?.[1]);
}

function pids() {
    return readdirSync("/proc").filter((it) => /^\d+$/.test(it)).map(Number);
}

/** @param {number} pid */
function parentOf(pid) {
    return Number(/^PPid:\s+(\d+)/m.exec(readOf(pid, "status") ?? "")?.[1]);
}

/** @param {number} pid */
function programOf(pid) {
    try {
        return readlinkSync(`/proc/${pid}/exe`);
    } catch {
        // It has ended, or is not ours.
        return undefined;
    }
}

/** @param {number} pid @param {string} what */
function readOf(pid, what) {
    try {
        return readFileSync(`/proc/${pid}/${what}`, "utf8");
    } catch {
        return undefined;
    }
}

// Starts the stand-in Tableau site (tests/support/tableau), and the project that goes with it.

import { execFileSync, spawn } from "node:child_process";
import { cpSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import readline from "node:readline";

import { root } from "./workbench.mjs";

/** @typedef {Awaited<ReturnType<typeof startSite>>} Site */

/**
 * The site of the sample project. It ends with its stdin.
 *
 * @param {string} program
 * @param {number} delay before each answer, in milliseconds
 */
export async function startSite(program, delay) {
    const child = spawn(program, ["--scenario", "shop", "--delay", String(delay)], { stdio: ["pipe", "pipe", "inherit"] });
    const ended = new Promise((resolve) => child.once("close", resolve));
    /** @type {string} */
    const line = await new Promise((resolve, reject) => {
        child.once("error", reject);
        child.once("exit", (code) => reject(new Error(`the stand-in site ended with ${code}`)));
        readline.createInterface({ input: child.stdout }).once("line", resolve);
    });
    const { address, tokenName, tokenSecret } = JSON.parse(line);
    const stop = () => {
        child.stdin.end();
        return ended;
    };
    return { address: String(address), name: String(tokenName), secret: String(tokenSecret), stop };
}

/**
 * The sample project as a team has it whose workbooks are on a site alone.
 *
 * @param {string} folder
 * @param {string} address
 */
export function copyProjectFor(folder, address) {
    cpSync(path.join(root, "tests/fixtures/shop"), folder, { recursive: true });
    rmSync(path.join(folder, "tableau"), { recursive: true });
    const settings = `tableau:\n  sites:\n    - url: "${address}"\n`;
    writeFileSync(path.join(folder, "exposure-lens.yml"), settings);
}

/**
 * Signs in by the program, for steps that are not about signing in.
 *
 * @param {string} server
 * @param {Site} site
 * @param {Record<string, string>} env
 */
export function signIn(server, { address, name, secret }, env) {
    const input = JSON.stringify({ name, secret });
    const args = ["login", "--stdin", "--", address];
    execFileSync(server, args, { input, env: { ...process.env, ...env }, stdio: ["pipe", "ignore", "inherit"] });
}
